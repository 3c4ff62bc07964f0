"""Cases of `iam.user`."""

from __future__ import annotations

from tests.cases.answers import (
    ACCOUNT,
    GONE,
    READ,
    READ_WRITE,
    document,
    hardware,
    statement,
    user,
    virtual,
)
from tests.cases.case import Case

USER = "iam.user"
_W, _S, _N, _A = "weakened", "strengthened", "neutral", "activity"
_READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
_ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
_ALICE = f"arn:aws:iam::{ACCOUNT}:mfa/alice"
_OTHER_READ = document(statement(["s3:GetObjectTagging"]))
_DENY = document(statement("s3:DeleteBucket", effect="Deny"))


def _attached(*arns: str) -> dict[str, object]:
    rows = [{"PolicyName": arn.rsplit("/", 1)[1], "PolicyArn": arn} for arn in arns]
    return {"AttachedManagedPolicies": rows}


def _inline(name: str | None = "inline", policy: object = READ) -> dict[str, object]:
    rows = [] if name is None else [{"PolicyName": name, "PolicyDocument": policy}]
    return {"UserPolicyList": rows}


def _devices(*devices: object) -> dict[str, object]:
    return {"MFADevices": [*devices]}


_RENAMED = {"UserName": "bob", "Arn": f"arn:aws:iam::{ACCOUNT}:user/bob"}
_MOVED = {"Path": "/shop/", "Arn": f"arn:aws:iam::{ACCOUNT}:user/shop/alice"}

CASES = {
    "a user is created": Case(USER, None, user(), expect=(("iam.user.created", "", _N, "medium"),)),
    "a user is deleted": Case(USER, user(), None, expect=(("iam.user.deleted", "", _S, "info"),)),
    "a user is made anew under the same name": Case(
        USER,
        user(),
        user({"UserId": "AIDAOTHER"}),
        expect=(("iam.user.recreated", "", _N, "medium"),),
        near=("iam.user.created", "iam.user.deleted", "iam.user.renamed"),
    ),
    "a user is renamed": Case(
        USER,
        user(),
        user(_RENAMED),
        expect=(("iam.user.renamed", "", _N, "low"),),
        near=("iam.user.created", "iam.user.deleted", "iam.user.recreated"),
    ),
    "a user is renamed, and another takes the name": Case(
        USER,
        user(),
        [user(_RENAMED), user({"UserId": "AIDAOTHER"})],
        expect=(
            ("iam.user.created", "", _N, "medium"),
            ("iam.user.renamed", "", _N, "low"),
        ),
        near=("iam.user.recreated", "iam.user.deleted"),
    ),
    "a user is deleted, and another takes the name": Case(
        USER,
        [user(), user({**_RENAMED, "UserId": "AIDABOB"})],
        user({"UserId": "AIDABOB"}),
        expect=(
            ("iam.user.deleted", "", _S, "info"),
            ("iam.user.renamed", "", _N, "low"),
        ),
        near=("iam.user.recreated", "iam.user.created"),
    ),
    "two users swap names": Case(
        USER,
        [user(), user({**_RENAMED, "UserId": "AIDABOB"})],
        [user({"UserId": "AIDABOB"}), user(_RENAMED)],
        expect=(
            ("iam.user.renamed", "", _N, "low"),
            ("iam.user.renamed", "", _N, "low"),
        ),
        near=("iam.user.recreated",),
    ),
    "a user is created as administrator": Case(
        USER,
        None,
        user(_attached(_READ_ONLY, _ADMIN)),
        expect=(
            ("iam.user.created", "", _N, "medium"),
            ("iam.policy_attached", f"AttachedManagedPolicies/{_ADMIN}", _W, "high"),
        ),
    ),
    "a user is moved to another path": Case(
        USER, user(), user(_MOVED), expect=(("iam.user.renamed", "", _N, "low"),)
    ),
    "a user is renamed and given a policy": Case(
        USER,
        user(),
        user({**_RENAMED, **_attached(_READ_ONLY, _ADMIN)}),
        expect=(
            ("iam.user.renamed", "", _N, "low"),
            ("iam.policy_attached", f"AttachedManagedPolicies/{_ADMIN}", _W, "high"),
        ),
    ),
    "one user is deleted and another created": Case(
        USER,
        user(),
        user({**_RENAMED, "UserId": "AIDABOB"}),
        expect=(
            ("iam.user.deleted", "", _S, "info"),
            ("iam.user.created", "", _N, "medium"),
        ),
        near=("iam.user.renamed",),
    ),
    "a user joins a group": Case(
        USER,
        user(),
        user({"GroupList": ["reviewers", "admins", "developers"]}),
        expect=(("iam.group.membership_added", "GroupList/admins", _N, "low"),),
        near=("iam.group.membership_removed",),
    ),
    "a user leaves a group": Case(
        USER,
        user(),
        user({"GroupList": ["reviewers"]}),
        expect=(("iam.group.membership_removed", "GroupList/developers", _S, "low"),),
        near=("iam.group.membership_added",),
    ),
    "a policy is attached": Case(
        USER,
        user(_attached()),
        user(_attached(_READ_ONLY)),
        expect=(("iam.policy_attached", f"AttachedManagedPolicies/{_READ_ONLY}", _N, "low"),),
        near=("iam.policy_detached", "iam.inline_policy_added"),
    ),
    "a policy is detached": Case(
        USER,
        user(),
        user(_attached()),
        expect=(("iam.policy_detached", f"AttachedManagedPolicies/{_READ_ONLY}", _N, "low"),),
        near=("iam.policy_attached", "iam.inline_policy_removed"),
    ),
    "the administrator's policy is attached": Case(
        USER,
        user(),
        user(_attached(_READ_ONLY, _ADMIN)),
        expect=(("iam.policy_attached", f"AttachedManagedPolicies/{_ADMIN}", _W, "high"),),
    ),
    "the administrator's policy is detached": Case(
        USER,
        user(_attached(_READ_ONLY, _ADMIN)),
        user(),
        expect=(("iam.policy_detached", f"AttachedManagedPolicies/{_ADMIN}", _S, "high"),),
    ),
    "an inline policy that allows is added": Case(
        USER,
        user(_inline(None)),
        user(),
        expect=(("iam.inline_policy_added", "UserPolicyList/inline", _W, "medium"),),
        near=("iam.policy_attached",),
    ),
    "an inline policy that denies is added": Case(
        USER,
        user(_inline(None)),
        user(_inline(policy=_DENY)),
        expect=(("iam.inline_policy_added", "UserPolicyList/inline", _S, "medium"),),
    ),
    "an inline policy that allows is removed": Case(
        USER,
        user(),
        user(_inline(None)),
        expect=(("iam.inline_policy_removed", "UserPolicyList/inline", _S, "medium"),),
        near=("iam.policy_detached",),
    ),
    "an inline policy that denies is removed": Case(
        USER,
        user(_inline(policy=_DENY)),
        user(_inline(None)),
        expect=(("iam.inline_policy_removed", "UserPolicyList/inline", _W, "medium"),),
    ),
    "an inline policy is widened": Case(
        USER,
        user(),
        user(_inline(policy=READ_WRITE)),
        expect=(
            ("iam.inline_policy_changed", "UserPolicyList/inline/PolicyDocument", _W, "medium"),
        ),
        near=("iam.inline_policy_added", "iam.inline_policy_removed"),
    ),
    "an inline policy is narrowed": Case(
        USER,
        user(_inline(policy=READ_WRITE)),
        user(),
        expect=(
            ("iam.inline_policy_changed", "UserPolicyList/inline/PolicyDocument", _S, "medium"),
        ),
    ),
    "an inline policy allows other things": Case(
        USER,
        user(),
        user(_inline(policy=_OTHER_READ)),
        expect=(
            ("iam.inline_policy_changed", "UserPolicyList/inline/PolicyDocument", _N, "medium"),
        ),
    ),
    "an inline policy gets another name": Case(
        USER,
        user(),
        user(_inline("again")),
        expect=(
            ("iam.inline_policy_added", "UserPolicyList/again", _W, "medium"),
            ("iam.inline_policy_removed", "UserPolicyList/inline", _S, "medium"),
        ),
        near=("iam.inline_policy_changed",),
    ),
    "a boundary is removed": Case(
        USER,
        user(),
        user({"PermissionsBoundary": GONE}),
        expect=(("iam.boundary_removed", "PermissionsBoundary", _W, "high"),),
        near=("iam.boundary_changed",),
    ),
    "a boundary is set": Case(
        USER,
        user({"PermissionsBoundary": GONE}),
        user(),
        expect=(("iam.boundary_set", "PermissionsBoundary", _S, "info"),),
        near=("iam.boundary_changed",),
    ),
    "another boundary is set": Case(
        USER,
        user(),
        user({"PermissionsBoundary.PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/x"}),
        expect=(
            (
                "iam.boundary_changed",
                "PermissionsBoundary/PermissionsBoundaryArn",
                _N,
                "medium",
            ),
        ),
        near=("iam.boundary_removed", "iam.boundary_set"),
    ),
    "a second MFA device is added": Case(
        USER,
        user(),
        user(_devices(virtual("alice"), virtual("phone"))),
        expect=(
            (
                "iam.user.mfa_device_added",
                f"MFADevices/arn:aws:iam::{ACCOUNT}:mfa/phone",
                _S,
                "info",
            ),
        ),
        near=("iam.user.mfa_device_replaced", "iam.user.mfa_device_removed"),
    ),
    "the only MFA device is removed": Case(
        USER,
        user(),
        user(_devices()),
        expect=(("iam.user.mfa_device_removed", f"MFADevices/{_ALICE}", _W, "medium"),),
        near=("iam.user.mfa_device_replaced", "iam.user.mfa_device_added"),
    ),
    "one virtual MFA device takes the place of another": Case(
        USER,
        user(),
        user(_devices(virtual("phone"))),
        expect=(
            (
                "iam.user.mfa_device_replaced",
                f"MFADevices/arn:aws:iam::{ACCOUNT}:mfa/phone",
                _N,
                "low",
            ),
            ("resource.attribute_changed", f"MFADevices/{_ALICE}", _N, "info"),
        ),
        near=("iam.user.mfa_device_removed", "iam.user.mfa_device_added"),
    ),
    "one hardware MFA device takes the place of another": Case(
        USER,
        user(_devices(hardware("GAHT1"))),
        user(_devices(hardware("GAHT2"))),
        expect=(
            ("iam.user.mfa_device_replaced", "MFADevices/GAHT2", _N, "low"),
            ("resource.attribute_changed", "MFADevices/GAHT1", _N, "info"),
        ),
        near=("iam.user.mfa_device_removed", "iam.user.mfa_device_added"),
    ),
    "a virtual MFA device takes the place of hardware": Case(
        USER,
        user(_devices(hardware("GAHT1"))),
        user(_devices(virtual("alice"))),
        expect=(
            ("iam.user.mfa_device_replaced", f"MFADevices/{_ALICE}", _W, "low"),
            ("resource.attribute_changed", "MFADevices/GAHT1", _N, "info"),
        ),
        near=("iam.user.mfa_device_removed", "iam.user.mfa_device_added"),
    ),
    "hardware takes the place of a virtual MFA device": Case(
        USER,
        user(_devices(virtual("alice"))),
        user(_devices(hardware("GAHT1"))),
        expect=(
            ("iam.user.mfa_device_replaced", "MFADevices/GAHT1", _N, "low"),
            ("resource.attribute_changed", f"MFADevices/{_ALICE}", _N, "info"),
        ),
        near=("iam.user.mfa_device_removed", "iam.user.mfa_device_added"),
    ),
    "a virtual MFA device takes the place of another, beside hardware that stays": Case(
        USER,
        user(_devices(hardware("GAHT1"), virtual("alice"))),
        user(_devices(hardware("GAHT1"), virtual("phone"))),
        expect=(
            (
                "iam.user.mfa_device_replaced",
                f"MFADevices/arn:aws:iam::{ACCOUNT}:mfa/phone",
                _N,
                "low",
            ),
            ("resource.attribute_changed", f"MFADevices/{_ALICE}", _N, "info"),
        ),
        near=("iam.user.mfa_device_removed", "iam.user.mfa_device_added"),
    ),
    "an MFA device is switched off and on again": Case(
        USER,
        user(_devices(virtual("alice"))),
        user(_devices({**virtual("alice"), "EnableDate": "2026-03-01T01:00:00Z"})),
        expect=(
            (
                "iam.user.mfa_device_reenabled",
                f"MFADevices/{_ALICE}/EnableDate",
                _A,
                "medium",
            ),
        ),
        near=("iam.user.mfa_device_replaced",),
    ),
    "a user made anew has an MFA device of the same name": Case(
        USER,
        user(_devices(virtual("alice"))),
        user(
            {
                **_devices({**virtual("alice"), "EnableDate": "2026-03-01T01:00:00Z"}),
                "UserId": "AIDAOTHER",
            }
        ),
        expect=(("iam.user.recreated", "", _N, "medium"),),
        near=("iam.user.mfa_device_reenabled",),
    ),
    "MFA devices are seen for the first time": Case(
        USER,
        user(),
        user(),
        expect=(("resource.first_observed", "MFADevices", _N, "info"),),
        near=("iam.user.mfa_device_added",),
        unseen=("MFADevices",),
    ),
    "a tag is changed": Case(
        USER,
        user(),
        user({"Tags": [{"Key": "team", "Value": "ops"}, {"Key": "cost", "Value": "42"}]}),
        expect=(("resource.attribute_changed", "Tags/team/Value", _N, "info"),),
        near=("iam.user.created", "iam.user.deleted", "iam.user.recreated"),
    ),
}
