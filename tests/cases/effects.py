"""Cases of facts over several resources: rights in effect, public buckets, regions without a trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from driftkeeper.collect.spec import Item
from tests.cases.answers import (
    ACCOUNT,
    OTHER_ACCOUNT,
    POLICY,
    READ,
    ROLE,
    TEAM,
    TRAIL,
    USER,
    allow,
    basic,
    credential,
    document,
    group,
    key,
    pab,
    statement,
    trail,
)
from tests.cases.border_answers import OWNER_ID, bucket, full_control, prefix_list, region, to_group
from tests.cases.case import Case

W, S, N = "weakened", "strengthened", "neutral"
INFO, LOW, MEDIUM, HIGH, CRITICAL = "info", "low", "medium", "high", "critical"

_ADMIN_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
_DEPLOY = POLICY["Arn"]
_EVERYTHING = document(statement("*"))


def _attached(*arns: str) -> list[Item]:
    return [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]


def _plain_user(**more: Any) -> Item:
    plain = {k: v for k, v in USER.items() if k != "PermissionsBoundary"}
    return {**plain, "GroupList": [], "AttachedManagedPolicies": [], "UserPolicyList": [], **more}


def _team(*arns: str) -> Item:
    return {**TEAM, "GroupPolicyList": [], "AttachedManagedPolicies": _attached(*arns)}


def _policy(statements: Any = READ, arn: str = _DEPLOY) -> Item:
    return {**POLICY, "Arn": arn, "PolicyId": arn[-8:], "Document": statements}


def _role(*arns: str, trusts: Any = None) -> Item:
    plain = {k: v for k, v in ROLE.items() if k != "PermissionsBoundary"}
    principal = {"Service": "ec2.amazonaws.com"} if trusts is None else {"AWS": trusts}
    trust = document(statement("sts:AssumeRole", Principal=principal))
    for entry in trust["Statement"]:
        entry.pop("Resource")
    return {
        **plain,
        "RolePolicyList": [],
        "AttachedManagedPolicies": _attached(*arns),
        "AssumeRolePolicyDocument": trust,
    }


_UNCHANGED: Mapping[str, Any] = {"iam.policy": ([_policy()], [_policy()])}
_ESCALATES = document(
    statement(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction", "s3:GetObject"])
)
_REGION_ON = region("opted-in")
_GRANTED = ("iam.admin_granted", "admin", W, CRITICAL)
_REVOKED = ("iam.admin_revoked", "admin", S, INFO)
_BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"


def _bounded(arn: str) -> Item:
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


RIGHTS: Mapping[str, Case] = {
    "a user gets the policy that allows everything": Case(
        "iam.user",
        _plain_user(),
        _plain_user(AttachedManagedPolicies=_attached(_ADMIN_ARN)),
        (
            ("iam.policy_attached", f"AttachedManagedPolicies/{_ADMIN_ARN}", W, HIGH),
            _GRANTED,
        ),
        near=("iam.admin_revoked", "iam.privilege_escalation_added"),
        beside=_UNCHANGED,
    ),
    "a policy of a user gets a version that allows everything": Case(
        "iam.user",
        _plain_user(AttachedManagedPolicies=_attached(_DEPLOY)),
        _plain_user(AttachedManagedPolicies=_attached(_DEPLOY)),
        (
            ("iam.policy.permissions_widened", "Document", W, MEDIUM),
            ("iam.policy.wildcard_added", "Document", W, HIGH),
            _GRANTED,
        ),
        near=("iam.privilege_escalation_added",),
        beside={"iam.policy": ([_policy()], [_policy(_EVERYTHING)])},
    ),
    "a group of a user gets the policy that allows everything": Case(
        "iam.user",
        _plain_user(GroupList=["developers"]),
        _plain_user(GroupList=["developers"]),
        (
            ("iam.policy_attached", f"AttachedManagedPolicies/{_ADMIN_ARN}", W, HIGH),
            ("iam.admin_granted", "admin", W, HIGH),
            _GRANTED,
        ),
        beside={**_UNCHANGED, "iam.group": (_team(), _team(_ADMIN_ARN))},
    ),
    "a user joins a group of administrators": Case(
        "iam.user",
        _plain_user(),
        _plain_user(GroupList=["developers"]),
        (("iam.group.membership_added", "GroupList/developers", W, HIGH), _GRANTED),
        beside={**_UNCHANGED, "iam.group": (_team(_ADMIN_ARN), _team(_ADMIN_ARN))},
    ),
    "a user leaves a group of administrators": Case(
        "iam.user",
        _plain_user(GroupList=["developers"]),
        _plain_user(),
        (("iam.group.membership_removed", "GroupList/developers", S, HIGH), _REVOKED),
        beside={**_UNCHANGED, "iam.group": (_team(_ADMIN_ARN), _team(_ADMIN_ARN))},
    ),
    "a user joins a group that allows little": Case(
        "iam.user",
        _plain_user(),
        _plain_user(GroupList=["developers"]),
        (("iam.group.membership_added", "GroupList/developers", N, LOW),),
        near=("iam.admin_granted",),
        beside={**_UNCHANGED, "iam.group": (_team(), _team())},
    ),
    "the boundary of an administrator goes": Case(
        "iam.user",
        _plain_user(
            AttachedManagedPolicies=_attached(_ADMIN_ARN), PermissionsBoundary=_bounded(_BOUNDARY)
        ),
        _plain_user(AttachedManagedPolicies=_attached(_ADMIN_ARN)),
        (("iam.boundary_removed", "PermissionsBoundary", W, HIGH), _GRANTED),
        beside={"iam.policy": ([_policy(arn=_BOUNDARY)], [_policy(arn=_BOUNDARY)])},
    ),
    "a boundary caps an administrator": Case(
        "iam.user",
        _plain_user(AttachedManagedPolicies=_attached(_ADMIN_ARN)),
        _plain_user(
            AttachedManagedPolicies=_attached(_ADMIN_ARN), PermissionsBoundary=_bounded(_BOUNDARY)
        ),
        (("iam.boundary_set", "PermissionsBoundary", S, INFO), _REVOKED),
        near=("iam.admin_granted",),
        beside={"iam.policy": ([_policy(arn=_BOUNDARY)], [_policy(arn=_BOUNDARY)])},
    ),
    "an administrator is deleted": Case(
        "iam.user",
        _plain_user(AttachedManagedPolicies=_attached(_ADMIN_ARN)),
        None,
        (("iam.user.deleted", "", S, INFO), _REVOKED),
        beside=_UNCHANGED,
    ),
    "a role that only AWS assumes becomes an administrator": Case(
        "iam.role",
        _role(),
        _role(_ADMIN_ARN),
        (
            ("iam.policy_attached", f"AttachedManagedPolicies/{_ADMIN_ARN}", W, HIGH),
            ("iam.admin_granted", "admin", W, HIGH),
        ),
        beside=_UNCHANGED,
    ),
    "a role that another account assumes becomes an administrator": Case(
        "iam.role",
        _role(trusts=f"arn:aws:iam::{OTHER_ACCOUNT}:root"),
        _role(_ADMIN_ARN, trusts=f"arn:aws:iam::{OTHER_ACCOUNT}:root"),
        (
            ("iam.policy_attached", f"AttachedManagedPolicies/{_ADMIN_ARN}", W, HIGH),
            _GRANTED,
        ),
        beside=_UNCHANGED,
    ),
    "two policies together are a way to more rights": Case(
        "iam.user",
        _plain_user(AttachedManagedPolicies=_attached(_DEPLOY)),
        _plain_user(
            AttachedManagedPolicies=_attached(_DEPLOY),
            UserPolicyList=[
                {
                    "PolicyName": "functions",
                    "PolicyDocument": document(
                        statement(["lambda:CreateFunction", "lambda:InvokeFunction"])
                    ),
                }
            ],
        ),
        (
            ("iam.inline_policy_added", "UserPolicyList/functions", W, MEDIUM),
            ("iam.privilege_escalation_added", "escalations/added", W, HIGH),
        ),
        near=("iam.admin_granted", "iam.privilege_escalation_removed"),
        beside={
            "iam.policy": (
                [_policy(document(statement("iam:PassRole")))],
                [_policy(document(statement("iam:PassRole")))],
            )
        },
    ),
    "a way to more rights is closed": Case(
        "iam.user",
        _plain_user(UserPolicyList=[{"PolicyName": "f", "PolicyDocument": _ESCALATES}]),
        _plain_user(UserPolicyList=[{"PolicyName": "f", "PolicyDocument": READ}]),
        (
            ("iam.inline_policy_changed", "UserPolicyList/f/PolicyDocument", N, MEDIUM),
            ("iam.privilege_escalation_removed", "escalations/removed", S, HIGH),
        ),
        near=("iam.admin_revoked", "iam.privilege_escalation_added"),
        beside=_UNCHANGED,
    ),
    "what a policy says that was not seen makes no administrator": Case(
        "iam.user",
        _plain_user(),
        _plain_user(AttachedManagedPolicies=_attached(_DEPLOY)),
        (("iam.policy_attached", f"AttachedManagedPolicies/{_DEPLOY}", N, LOW),),
        near=("iam.admin_granted",),
    ),
    "an administrator gets an access key": Case(
        "iam.credential",
        credential(password_enabled="false", access_key_1_active="false"),
        credential(password_enabled="false", **key(1, "2026-03-01T10:00:00+00:00")),
        (("iam.access_key.created", "access_keys/2026-03-01T10:00:00Z", W, HIGH),),
        beside={
            **_UNCHANGED,
            "iam.user": (
                _plain_user(AttachedManagedPolicies=_attached(_ADMIN_ARN)),
                _plain_user(AttachedManagedPolicies=_attached(_ADMIN_ARN)),
            ),
        },
    ),
}

_OPEN = bucket(
    PublicAccessBlock=pab(IgnorePublicAcls=False),
    ObjectOwnership=[{"ObjectOwnership": "ObjectWriter"}],
    Acl={"Owner": {"ID": OWNER_ID}, "Grants": [full_control(), to_group("AllUsers")]},
)

BUCKETS: Mapping[str, Case] = {
    "a public policy comes in force as the bucket's block goes": Case(
        "s3.bucket",
        bucket(PolicyStatus={"IsPublic": True}),
        bucket(PolicyStatus={"IsPublic": True}, PublicAccessBlock=pab(RestrictPublicBuckets=False)),
        (
            ("s3.public_access_block_weakened", "PublicAccessBlock", W, HIGH),
            ("s3.bucket_became_public", "public", W, CRITICAL),
        ),
        near=("s3.bucket_became_private",),
        beside={"s3.account_pab": (pab(RestrictPublicBuckets=False),) * 2},
    ),
    "the account's block keeps a bucket from being public": Case(
        "s3.bucket",
        bucket(PolicyStatus={"IsPublic": True}),
        bucket(PolicyStatus={"IsPublic": True}, PublicAccessBlock=pab(RestrictPublicBuckets=False)),
        (("s3.public_access_block_weakened", "PublicAccessBlock", W, MEDIUM),),
        near=("s3.bucket_became_public",),
        beside={"s3.account_pab": (pab(), pab())},
    ),
    "the account's block goes, and what it alone held back is public": Case(
        "s3.account_pab",
        pab(),
        pab(IgnorePublicAcls=False),
        (
            ("s3.account_public_access_block_weakened", "", W, CRITICAL),
            ("s3.bucket_became_public", "public", W, CRITICAL),
        ),
        near=("s3.bucket_became_private",),
        beside={"s3.bucket": (_OPEN, _OPEN)},
    ),
    "the account's block comes, and nobody gets in any more": Case(
        "s3.account_pab",
        pab(IgnorePublicAcls=False),
        pab(),
        (
            ("s3.account_public_access_block_strengthened", "", S, INFO),
            ("s3.bucket_became_private", "public", S, INFO),
        ),
        near=("s3.bucket_became_public",),
        beside={"s3.bucket": (_OPEN, _OPEN)},
    ),
    "a bucket that keeps a trail's logs is deleted": Case(
        "s3.bucket",
        bucket(),
        None,
        (("s3.bucket_deleted", "", W, CRITICAL),),
        beside={"cloudtrail.trail": (trail({"S3BucketName": "orders"}),) * 2},
    ),
}

_COVERED: Mapping[str, Any] = {"cloudtrail.trail": (TRAIL, trail({"Status.IsLogging": False}))}

_SUMMARY: Mapping[str, Any] = {"iam.account_summary": ({"SummaryMap": {"Users": 1}},) * 2}

REGIONS: Mapping[str, Case] = {
    "the only trail stops": Case(
        "account.region",
        _REGION_ON,
        _REGION_ON,
        (
            ("cloudtrail.logging_stopped", "Status/IsLogging", W, CRITICAL),
            ("cloudtrail.region_uncovered", "uncovered", W, HIGH),
        ),
        near=("cloudtrail.region_covered",),
        beside={**_SUMMARY, **_COVERED},
    ),
    "the only trail starts": Case(
        "account.region",
        _REGION_ON,
        _REGION_ON,
        (
            ("cloudtrail.logging_started", "Status/IsLogging", S, INFO),
            ("cloudtrail.region_covered", "uncovered", S, HIGH),
        ),
        near=("cloudtrail.region_uncovered",),
        beside={**_SUMMARY, "cloudtrail.trail": _COVERED["cloudtrail.trail"][::-1]},
    ),
    "one of two trails stops": Case(
        "account.region",
        _REGION_ON,
        _REGION_ON,
        (("cloudtrail.logging_stopped", "Status/IsLogging", W, CRITICAL),),
        near=("cloudtrail.region_uncovered",),
        beside={
            **_SUMMARY,
            "cloudtrail.trail": (
                [TRAIL, trail({"TrailARN": f"{TRAIL['TrailARN']}2"})],
                [trail({"Status.IsLogging": False}), trail({"TrailARN": f"{TRAIL['TrailARN']}2"})],
            ),
        },
    ),
    "the trail logs reads only": Case(
        "account.region",
        _REGION_ON,
        _REGION_ON,
        (
            ("cloudtrail.management_events_reduced", "Selectors", W, HIGH),
            ("cloudtrail.region_uncovered", "uncovered", W, HIGH),
        ),
        near=("cloudtrail.region_covered",),
        beside={
            **_SUMMARY,
            "cloudtrail.trail": (
                TRAIL,
                trail({"Selectors.EventSelectors": basic(ReadWriteType="ReadOnly")}),
            ),
        },
    ),
    "a region is switched on that no trail covers": Case(
        "account.region",
        region(),
        _REGION_ON,
        (
            ("account.region_enabled", "OptInStatus", W, MEDIUM),
            ("cloudtrail.region_uncovered", "uncovered", W, HIGH),
        ),
        beside={**_SUMMARY, "cloudtrail.trail": (None, None)},
    ),
}

_LISTED = group(allow("tcp", 22, "pl-1"))
LISTS: Mapping[str, Case] = {
    "a prefix list opens a port of the group that refers to it": Case(
        "ec2.security_group",
        _LISTED,
        _LISTED,
        (
            ("prefix_list.public_cidr_added", "Entries", W, HIGH),
            ("sg.public_ingress_added", "ingress/ipv4/tcp/22", W, HIGH),
        ),
        near=("sg.public_ingress_removed", "sg.ingress_widened"),
        beside={
            "ec2.prefix_list": (prefix_list("10.0.0.0/8"), prefix_list("10.0.0.0/8", "0.0.0.0/0"))
        },
    ),
    "a prefix list that was always open, named by a rule": Case(
        "ec2.security_group",
        group(),
        _LISTED,
        (
            ("sg.rule_added", "IpPermissions/tcp/22/pl-1", N, LOW),
            ("sg.public_ingress_added", "ingress/ipv4/tcp/22", W, HIGH),
        ),
        beside={"ec2.prefix_list": (prefix_list("0.0.0.0/0"), prefix_list("0.0.0.0/0"))},
    ),
}

CASES: Mapping[str, Case] = {**RIGHTS, **BUCKETS, **REGIONS, **LISTS}
