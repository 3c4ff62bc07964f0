"""What is not a change: AWS answers the same thing in other words, or only something volatile moved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from driftkeeper.collect.spec import Item
from driftkeeper.domain.types import Step
from tests.cases.answers import (
    ACCESS_KEY,
    ACCOUNT,
    ALIAS,
    AS_OF,
    KEY,
    KEY_POLICY,
    OIDC_PROVIDER,
    PAB,
    PASSWORD_POLICY,
    POLICY,
    ROLE,
    ROOT,
    SINCE,
    TEAM,
    TRAIL,
    advanced,
    allow,
    basic,
    credential,
    document,
    edited,
    granted,
    group,
    key,
    kms_key,
    rule,
    statement,
    trail,
    user,
    virtual,
)
from tests.cases.border_answers import (
    BUCKET,
    acl,
    bucket,
    entry,
    full_control,
    prefix_list,
    to_group,
    vpc_block,
    without_tls,
)
from tests.cases.case import bodies_of, changes_between, named, scope_of, step_between

_ROOT_ARN = f"arn:aws:iam::{ACCOUNT}:root"
_LAMBDA = {"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}
_S3 = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::a/", "arn:aws:s3:::b/"]}
_S3_TURNED = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::b/", "arn:aws:s3:::a/"]}
_ALL = advanced("all", eventCategory=["Management"], readOnly=["true", "false"])
_ALL_TURNED = {**_ALL, "FieldSelectors": [*reversed(_ALL["FieldSelectors"])]}
_DATA = advanced("data", eventCategory=["Data"], resources__type=["AWS::S3::Object"])
_SOURCES = ["kms.amazonaws.com", "rdsdata.amazonaws.com"]


_GRANTS = [full_control(), to_group("s3/LogDelivery", "WRITE")]
_OWNS = [{**full_control(), "Grantee": {**full_control()["Grantee"], "DisplayName": "x"}}]
_OF_ACCOUNT = statement(
    ["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::orders/*", Principal={"AWS": ACCOUNT}
)
_OF_ROOT = {
    **_OF_ACCOUNT,
    "Action": ["s3:putobject", "s3:GetObject"],
    "Principal": {"AWS": [_ROOT_ARN]},
}


def _tags(*rows: tuple[str, str], name: str = "Key", value: str = "Value") -> dict[str, object]:
    return {"Tags": [{name: key, value: text} for key, text in rows]}


def _selected(*selectors: Item) -> Item:
    return trail(
        {"Selectors": {"TrailARN": TRAIL["TrailARN"], "AdvancedEventSelectors": [*selectors]}}
    )


def _inline(*documents: Item) -> Item:
    rows = [{"PolicyName": f"p{n}", "PolicyDocument": found} for n, found in enumerate(documents)]
    return user({"UserPolicyList": rows})


_PUT = statement(["s3:PutObject", "s3:GetObject"], ["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"])
_PUT_TURNED = statement(["s3:GetObject", "s3:putobject"], ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"])
_TLS = statement("s3:*", effect="Deny", Condition={"Bool": {"aws:SecureTransport": False}})
_TLS_TEXT = statement(["s3:*"], ["*"], "Deny", Condition={"Bool": {"AWS:securetransport": "false"}})


def _trusting(*principals: Item) -> Item:
    rows = [
        {k: v for k, v in statement("sts:AssumeRole", Principal=each).items() if k != "Resource"}
        for each in principals
    ]
    return edited(ROLE, {"AssumeRolePolicyDocument": document(*rows)})


_SERVICES = {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}
_TRUSTS_ACCOUNT = {
    "Sid": "Ours",
    "Effect": "Allow",
    "Principal": {"AWS": [ACCOUNT]},
    "Action": ["sts:assumerole"],
}
_LISTS = {
    "AttachedManagedPolicies": [
        {"PolicyName": name, "PolicyArn": f"arn:aws:iam::aws:policy/{name}"}
        for name in ("ReadOnlyAccess", "SecurityAudit")
    ],
    "InstanceProfileList": [
        {"Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/{name}"} for name in ("a", "b")
    ],
    "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
}

NOISE: dict[str, tuple[str, Item, Item]] = {
    # ---- policies
    "a key policy is saved anew with its lists in another order": (
        "kms.key",
        kms_key({"Policy": granted({"AWS": ["a", "b"]}, ["kms:Encrypt", "kms:Decrypt"])}),
        kms_key(
            {
                "Policy": {
                    "Statement": [
                        *reversed(
                            granted({"AWS": ["b", "a"]}, ["kms:decrypt", "kms:encrypt"])[
                                "Statement"
                            ]
                        )
                    ],
                    "Version": "2012-10-17",
                }
            }
        ),
    ),
    "a key policy names the account instead of its root": (
        "kms.key",
        kms_key({"Policy": document(statement("kms:*", Principal={"AWS": ACCOUNT}))}),
        kms_key({"Policy": document(statement("kms:*", Principal={"AWS": _ROOT_ARN}))}),
    ),
    "a key policy gets another Sid": (
        "kms.key",
        kms_key(),
        kms_key({"Policy": document({**KEY_POLICY["Statement"][0], "Sid": "Other"})}),
    ),
    "an inline policy is saved anew with its lists in another order": (
        "iam.user",
        _inline(document(_PUT, _TLS)),
        _inline(document(_TLS_TEXT, _PUT_TURNED)),
    ),
    "a bucket policy is saved anew with its lists in another order, and says the account's root": (
        "s3.bucket",
        bucket(Policy=document(_OF_ACCOUNT, without_tls())),
        bucket(Policy=document(without_tls(Sid="tls"), _OF_ROOT)),
    ),
    # ---- the credential report
    "the report swaps the slots of two keys": (
        "iam.credential",
        credential(**key(1, "2025-01-01T00:00:00Z", "false"), **key(2, "2026-01-01T00:00:00Z")),
        credential(**key(1, "2026-01-01T00:00:00Z"), **key(2, "2025-01-01T00:00:00Z", "false")),
    ),
    "the report swaps the slots of two certificates": (
        "iam.credential",
        credential(
            cert_1_active="true",
            cert_1_last_rotated="2025-01-01T00:00:00Z",
            cert_2_last_rotated="2026-01-01T00:00:00Z",
        ),
        credential(
            cert_2_active="true",
            cert_2_last_rotated="2025-01-01T00:00:00Z",
            cert_1_last_rotated="2026-01-01T00:00:00Z",
        ),
    ),
    "a password is used, by a user who uses it": (
        "iam.credential",
        credential(),
        credential(password_last_used="2026-03-01T10:00:00Z"),
    ),
    "a key is used, here and for this": (
        "iam.credential",
        credential(**key(1, "2026-01-01T00:00:00Z", used="2026-02-27T00:00:00Z")),
        credential(
            **{
                **key(1, "2026-01-01T00:00:00Z", used="2026-03-01T10:00:00Z"),
                "access_key_1_last_used_region": "us-east-1",
                "access_key_1_last_used_service": "s3",
            }
        ),
    ),
    "the next rotation of a password moves": (
        "iam.credential",
        credential(),
        credential(password_next_rotation="2026-05-01T00:00:00Z"),
    ),
    # ---- volatile times
    "a trail delivers": (
        "cloudtrail.trail",
        trail(),
        trail(
            {
                "Status.LatestDeliveryTime": "2026-03-02T02:55:00Z",
                "Status.LatestDeliveryAttemptTime": "2026-03-02T02:55:00Z",
                "Status.LatestDigestDeliveryTime": "2026-03-02T02:00:00Z",
                "Status.LatestNotificationTime": "2026-03-02T02:00:00Z",
                "Status.TimeLoggingStarted": "2026-03-02T02:00:00Z",
                "HasCustomEventSelectors": True,
            }
        ),
    ),
    "the next rotation of a key moves": (
        "kms.key",
        kms_key(),
        kms_key({"Rotation.NextRotationDate": "2027-01-01T00:00:00Z"}),
    ),
    "an alias is dated anew": (
        "kms.key",
        kms_key(),
        kms_key({"Aliases": [{**ALIAS, "LastUpdatedDate": "2026-03-01T00:00:00Z"}]}),
    ),
    "a service gives itself a grant": (
        "kms.key",
        kms_key({"Grants": []}),
        kms_key({"Grants": [{"GrantId": "g", "GranteePrincipal": "rds.amazonaws.com"}]}),
    ),
    "past rotations of a key are listed": (
        "kms.key",
        kms_key({"Rotations": None}),
        kms_key({"Rotations": [{"RotationDate": "2025-12-01T00:00:00Z"}]}),
    ),
    "a bucket is edited, and so created at another time": (
        "s3.bucket",
        bucket(),
        bucket(CreationDate="2026-03-01T10:00:00Z"),
    ),
    "the owner of a bucket is called otherwise": (
        "s3.bucket",
        bucket(),
        bucket(Acl={"Owner": {**BUCKET["Acl"]["Owner"], "DisplayName": "x"}, "Grants": _OWNS}),
    ),
    "a subnet leaves its network ACL and comes back": (
        "ec2.network_acl",
        acl(),
        {**acl(), "Associations": [{"NetworkAclAssociationId": "new", "SubnetId": "subnet-1"}]},
    ),
    "a prefix list is in its next version": (
        "ec2.prefix_list",
        prefix_list("10.1.0.0/16"),
        prefix_list("10.1.0.0/16", Version=2, State="modify-complete"),
    ),
    "the block on networks is updated to what it was": (
        "ec2.vpc_block_public_access",
        vpc_block(),
        vpc_block(LastUpdateTimestamp="2026-03-01T10:00:00Z", State="update-in-progress"),
    ),
    "an alias points to another key, which the keys tell": (
        "kms.alias",
        ALIAS,
        {**ALIAS, "TargetKeyId": "5678efgh", "LastUpdatedDate": "2026-03-01T00:00:00Z"},
    ),
    "a rule is described anew, which its group tells": (
        "ec2.security_group_rule",
        rule(),
        rule({"Description": "shop and office"}),
    ),
    "an MFA device is dated for the first time": (
        "iam.user",
        user({"MFADevices": [{**virtual("alice"), "EnableDate": None}]}),
        user({"MFADevices": [virtual("alice")]}),
    ),
    # ---- order
    "the tags of a user turn round": (
        "iam.user",
        user(_tags(("a", "1"), ("b", "2"))),
        user(_tags(("b", "2"), ("a", "1"))),
    ),
    "the tags of a group turn round": (
        "ec2.security_group",
        group(edits=_tags(("a", "1"), ("b", "2"))),
        group(edits=_tags(("b", "2"), ("a", "1"))),
    ),
    "the tags of a key turn round": (
        "kms.key",
        kms_key(_tags(("a", "1"), ("b", "2"), name="TagKey", value="TagValue")),
        kms_key(_tags(("b", "2"), ("a", "1"), name="TagKey", value="TagValue")),
    ),
    "the groups of a user turn round": (
        "iam.user",
        user({"GroupList": ["a", "b", "c"]}),
        user({"GroupList": ["c", "a", "b"]}),
    ),
    "the policies of a user turn round": (
        "iam.user",
        user(
            {
                "AttachedManagedPolicies": [
                    {"PolicyName": "a", "PolicyArn": "arn:a"},
                    {"PolicyName": "b", "PolicyArn": "arn:b"},
                ],
                "UserPolicyList": [
                    {"PolicyName": "x", "PolicyDocument": document(_PUT)},
                    {"PolicyName": "y", "PolicyDocument": document(_TLS)},
                ],
            }
        ),
        user(
            {
                "AttachedManagedPolicies": [
                    {"PolicyName": "b", "PolicyArn": "arn:b"},
                    {"PolicyName": "a", "PolicyArn": "arn:a"},
                ],
                "UserPolicyList": [
                    {"PolicyName": "y", "PolicyDocument": document(_TLS)},
                    {"PolicyName": "x", "PolicyDocument": document(_PUT)},
                ],
            }
        ),
    ),
    "the MFA devices of a user turn round": (
        "iam.user",
        user({"MFADevices": [virtual("a"), virtual("b")]}),
        user({"MFADevices": [virtual("b"), virtual("a")]}),
    ),
    "the basic selectors of a trail turn round, with all their lists": (
        "cloudtrail.trail",
        trail(
            {
                "Selectors.EventSelectors": [
                    *basic(DataResources=[_S3, _LAMBDA], ExcludeManagementEventSources=_SOURCES),
                    *basic(IncludeManagementEvents=False),
                ]
            }
        ),
        trail(
            {
                "Selectors.EventSelectors": [
                    *basic(IncludeManagementEvents=False),
                    *basic(
                        DataResources=[_LAMBDA, _S3_TURNED],
                        ExcludeManagementEventSources=[*reversed(_SOURCES)],
                    ),
                ]
            }
        ),
    ),
    "the advanced selectors of a trail turn round, with all their lists": (
        "cloudtrail.trail",
        _selected(_ALL, _DATA),
        _selected(_DATA, _ALL_TURNED),
    ),
    "the aliases and algorithms of a key turn round": (
        "kms.key",
        kms_key(
            {
                "Aliases": [ALIAS, {**ALIAS, "AliasName": "alias/z"}],
                "KeyMetadata.EncryptionAlgorithms": ["A", "B"],
            }
        ),
        kms_key(
            {
                "Aliases": [{**ALIAS, "AliasName": "alias/z"}, ALIAS],
                "KeyMetadata.EncryptionAlgorithms": ["B", "A"],
            }
        ),
    ),
    "the rules of a group turn round, and are grouped otherwise": (
        "ec2.security_group",
        group(
            allow("tcp", 443, "10.1.0.0/16", "10.2.0.0/16"),
            allow("udp", 53, "10.0.0.0/8", {"GroupId": "sg-2", "UserId": ACCOUNT}),
        ),
        group(
            allow("udp", 53, {"GroupId": "sg-2", "UserId": ACCOUNT}, "10.0.0.0/8"),
            allow("tcp", 443, "10.2.0.0/16"),
            allow("tcp", 443, "10.1.0.0/16"),
        ),
    ),
    # ---- roles, policies and what else IAM lists
    "a trust policy is saved anew with its lists in another order": (
        "iam.role",
        _trusting(_SERVICES, {"AWS": _ROOT_ARN}),
        _trusting({"AWS": [_ROOT_ARN]}, {"Service": [*reversed(_SERVICES["Service"])]}),
    ),
    "a trust policy names the account instead of its root, and gets a Sid": (
        "iam.role",
        _trusting({"AWS": _ROOT_ARN}),
        edited(
            _trusting({"AWS": ACCOUNT}), {"AssumeRolePolicyDocument.Statement": [_TRUSTS_ACCOUNT]}
        ),
    ),
    "a role is used": (
        "iam.role",
        ROLE,
        edited(ROLE, {"RoleLastUsed.LastUsedDate": "2026-03-01T22:00:00Z"}),
    ),
    "the policies, profiles and tags of a role turn round": (
        "iam.role",
        edited(ROLE, _LISTS),
        edited(ROLE, {name: [*reversed(rows)] for name, rows in _LISTS.items()}),
    ),
    "the document of a managed policy is saved anew in another order": (
        "iam.policy",
        edited(POLICY, {"Document": document(_PUT, statement("iam:Get*"))}),
        edited(POLICY, {"Document": document(statement(["iam:get*"]), _PUT_TURNED)}),
    ),
    "a managed policy is attached somewhere, which its holder tells": (
        "iam.policy",
        POLICY,
        edited(POLICY, {"AttachmentCount": 2, "UpdateDate": "2026-03-01T10:00:00Z"}),
    ),
    "the policies of a group turn round": (
        "iam.group",
        edited(TEAM, {"AttachedManagedPolicies": _LISTS["AttachedManagedPolicies"]}),
        edited(TEAM, {"AttachedManagedPolicies": [*reversed(_LISTS["AttachedManagedPolicies"])]}),
    ),
    "the thumbprints and audiences of a provider turn round": (
        "iam.oidc_provider",
        edited(OIDC_PROVIDER, {"Provider.ClientIDList": ["a", "b"]}),
        edited(
            OIDC_PROVIDER,
            {"Provider.ClientIDList": ["b", "a"], "Provider.ThumbprintList": ["6938", "1b51"]},
        ),
    ),
    "an access key is used, which the report tells": (
        "iam.access_key",
        ACCESS_KEY,
        edited(ACCESS_KEY, {"LastUsed.LastUsedDate": "2026-03-01T22:00:00Z"}),
    ),
    "root is used, which the report tells": (
        "iam.root",
        ROOT,
        {
            **ROOT,
            "Credentials": [{**ROOT["Credentials"][0], "PasswordLastUsed": "2026-03-01T22:00:00Z"}],
        },
    ),
    "a password policy leaves out what it does not ask for": (
        "iam.password_policy",
        PASSWORD_POLICY,
        {**PASSWORD_POLICY, "HardExpiry": False, "RequireNumbers": False},
    ),
    "the tags and grants of a bucket turn round": (
        "s3.bucket",
        bucket(Tags=[*BUCKET["Tags"]], Acl={**BUCKET["Acl"], "Grants": _GRANTS}),
        bucket(Tags=BUCKET["Tags"][::-1], Acl={**BUCKET["Acl"], "Grants": _GRANTS[::-1]}),
    ),
    "the entries and tags of a network ACL turn round": (
        "ec2.network_acl",
        acl(entry(90, ports=(22, 22)), entry(100)),
        {**(_ACL := acl(entry(100), entry(90, ports=(22, 22)))), "Tags": _ACL["Tags"][::-1]},
    ),
    "the entries of a prefix list turn round": (
        "ec2.prefix_list",
        prefix_list("10.1.0.0/16", "10.2.0.0/16"),
        prefix_list("10.2.0.0/16", "10.1.0.0/16"),
    ),
    # ---- spelling
    "a CIDR is written with the bits of a host": (
        "ec2.security_group",
        group(allow("tcp", 22, "10.1.2.0/24", "2001:db8::/32")),
        group(allow("tcp", 22, "10.1.2.3/24", "2001:0DB8:0::1/32")),
    ),
    "protocols are written as numbers": (
        "ec2.security_group",
        group(allow("tcp", 22, "10.0.0.0/8"), allow("udp", 53, "10.0.0.0/8")),
        group(allow("6", 22, "10.0.0.0/8"), allow("17", 53, "10.0.0.0/8")),
    ),
    "all protocols are written with the ports -1": (
        "ec2.security_group",
        group(allow("-1", None, "0.0.0.0/0"), allow("icmp", (-1, -1), "10.0.0.0/8")),
        group(allow("-1", -1, "0.0.0.0/0"), allow("1", (-1, -1), "10.0.0.0/8")),
    ),
}


@pytest.mark.parametrize(("evidence", "before", "after"), NOISE.values(), ids=list(NOISE))
def test_it_is_not_a_change(evidence: str, before: Item, after: Item) -> None:
    assert before != after
    assert changes_between(evidence, before, after) == []
    assert changes_between(evidence, after, before) == []


@pytest.mark.parametrize(
    "columns",
    [
        {"mfa_active": "TRUE", "password_enabled": "True"},
        {"password_last_changed": "2026-01-01T00:00:00+00:00"},
        {"user_creation_time": "2024-05-01T12:00:00+02:00"},
        {"cert_1_last_rotated": "", "access_key_1_last_rotated": "not_supported"},
        {"cert_1_active": "FALSE"},
    ],
    ids=" ".join,
)
def test_the_report_may_spell_what_it_says_otherwise(columns: dict[str, str]) -> None:
    assert changes_between("iam.credential", credential(), credential(**columns)) == []


def test_the_switches_of_the_account_may_come_in_any_order() -> None:
    turned = dict(reversed(PAB.items()))

    assert [*turned] != [*PAB]
    assert changes_between("s3.account_pab", PAB, turned) == []


def test_other_numbers_of_the_entries_of_a_network_acl_are_told_as_an_edit_and_nothing_more() -> (
    None
):
    """What it lets in is the same, though the entries are not."""
    before = acl(entry(90, "deny", ports=(22, 22)), entry(100))
    after = acl(entry(10, "deny", ports=(22, 22)), entry(20))

    (change,) = changes_between("ec2.network_acl", before, after)

    assert (change.kind, change.direction) == ("nacl.rules_changed", "neutral")


def test_a_scope_that_fails_for_one_day_is_lost_and_restored_and_nothing_more() -> None:
    scope = scope_of("kms.key")
    lost = Step(scope, AS_OF, SINCE, 1, lost=True)
    restored = replace(
        step_between("kms.key", bodies_of("kms.key", KEY), bodies_of("kms.key", KEY)), restored=True
    )

    assert [change.kind for change in named(lost, 2)] == ["collection.scope_lost"]
    assert [change.kind for change in named(restored, 3)] == ["collection.scope_restored"]


def test_a_key_to_be_deleted_whose_rotation_reads_false_is_not_told_as_rotation_disabled() -> None:
    """AWS reports `false` for such a key; it is not even asked (see `can_rotate`)."""
    pending = kms_key(
        {
            "KeyMetadata.KeyState": "PendingDeletion",
            "KeyMetadata.Enabled": False,
            "KeyMetadata.DeletionDate": "2026-04-01T00:00:00Z",
            "Rotation": None,
        }
    )

    found = changes_between("kms.key", kms_key(), pending)

    assert "kms.rotation_disabled" not in {change.kind for change in found}
    scheduled = next(change for change in found if change.kind == "kms.deletion_scheduled")
    assert {change.caused_by for change in found if change is not scheduled} == {scheduled.id}


def test_a_new_version_of_a_policy_of_aws_is_one_change_with_what_it_explains() -> None:
    """AWS ships versions every other week; nobody in the account did anything."""
    old = {**POLICY, "Owner": "aws", "Arn": "arn:aws:iam::aws:policy/SecurityAudit"}
    new = {
        **old,
        "Document": document(statement(["s3:GetObject", "s3:ListBucket", "ses:Get*"])),
        "DefaultVersionId": "v3",
        "VersionCount": 3,
    }

    found = changes_between("iam.policy", old, new)

    assert [change.kind for change in found if change.caused_by is None] == [
        "iam.policy.aws_managed_updated"
    ]


def test_a_principal_that_was_deleted_is_told_as_that_and_not_as_an_edit() -> None:
    """AWS puts the id of the deleted user or role in its place."""
    old = _trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:role/ci"})
    new = _trusting({"AWS": "AROAEXAMPLE"})

    assert [change.kind for change in changes_between("iam.role", old, new)] == [
        "iam.role.trust_principal_orphaned"
    ]
