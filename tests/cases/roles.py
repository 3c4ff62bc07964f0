"""Cases of `iam.role` and `iam.group`."""

from __future__ import annotations

from tests.cases.answers import (
    ACCOUNT,
    GONE,
    OTHER_ACCOUNT,
    READ,
    READ_WRITE,
    ROLE,
    TEAM,
    Edits,
    document,
    edited,
    statement,
)
from tests.cases.case import Case

_ROLE, _GROUP = "iam.role", "iam.group"
_W, _S, _N = "weakened", "strengthened", "neutral"
_TRUST = "AssumeRolePolicyDocument"
_READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
_ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
_BOUNDARY = ROLE["PermissionsBoundary"]
_PARTNER = {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
_EC2 = {"Service": "ec2.amazonaws.com"}
_ID = {"StringEquals": {"sts:ExternalId": "4711"}}
_CREATED = ("iam.role.created", "", _N, "medium")
_BORN_WEAK = ("iam.role.created", "", _W, "medium")
_WIDENED = ("iam.role.trust_widened", _TRUST, _W, "high")
_NARROWED = ("iam.role.trust_narrowed", _TRUST, _S, "info")
_CHANGED = ("iam.role.trust_changed", _TRUST, _N, "medium")
_PUBLIC = ("iam.role.trust_public", _TRUST, _W, "critical")
_ADDED = ("iam.role.external_principal_added", _TRUST, _W, "high")
_REMOVED = ("iam.role.external_principal_removed", _TRUST, _S, "info")
_ORPHANED = ("iam.role.trust_principal_orphaned", _TRUST, _N, "low")


def role(edits: Edits | None = None) -> dict[str, object]:
    """The role as the sweep and the listing of roles answer it, without a boundary."""
    return edited(ROLE, {"PermissionsBoundary": GONE, **(edits or {})})


def trusting(*principals: object, **more: object) -> dict[str, object]:
    """The role that each of the principals may assume, the last one as `more` says."""
    rows = [statement("sts:AssumeRole", Principal=each) for each in principals]
    rows[-1] |= more
    for row in rows:
        del row["Resource"]
    return role({_TRUST: document(*rows)})


def _named(entity: str) -> dict[str, str]:
    return {"AWS": f"arn:aws:iam::{ACCOUNT}:{entity}"}


def _with(item: dict[str, object], *arns: str) -> dict[str, object]:
    rows = [{"PolicyName": arn.rsplit("/", 1)[1], "PolicyArn": arn} for arn in arns]
    return {**item, "AttachedManagedPolicies": rows}


def _lasting(seconds: int) -> dict[str, object]:
    return role({"Settings": [{**ROLE["Settings"][0], "MaxSessionDuration": seconds}]})


def _inline(policy: object) -> dict[str, object]:
    return role({"RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": policy}]})


TRUST = {
    "a role trusts another service, too": Case(
        _ROLE,
        trusting(_EC2),
        trusting({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}),
        expect=(_WIDENED,),
        near=(
            "iam.role.external_principal_added",
            "iam.role.trust_public",
            "iam.role.trust_changed",
            "iam.role.trust_narrowed",
        ),
    ),
    "a role trusts one service less": Case(
        _ROLE,
        trusting({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}),
        trusting(_EC2),
        expect=(_NARROWED,),
        near=(
            "iam.role.external_principal_removed",
            "iam.role.trust_private",
            "iam.role.trust_widened",
        ),
    ),
    "a role trusts another service instead": Case(
        _ROLE,
        trusting(_EC2),
        trusting({"Service": "lambda.amazonaws.com"}),
        expect=(_CHANGED,),
        near=("iam.role.trust_rewritten", "iam.role.trust_principal_orphaned"),
    ),
    "a trust policy says one thing twice": Case(
        _ROLE,
        trusting(_EC2, _named("root")),
        trusting(_EC2, _named("root"), _named("root"), Condition=_ID),
        expect=(("iam.role.trust_rewritten", _TRUST, _N, "low"),),
        near=("iam.role.trust_changed", "iam.role.external_id_added"),
    ),
    "a role trusts another account": Case(
        _ROLE,
        trusting(_EC2),
        trusting(_EC2, _PARTNER),
        expect=(_WIDENED, _ADDED),
        near=("iam.role.external_id_removed", "iam.role.trust_public"),
    ),
    "a role trusts another account by its bare number, that sends an external id": Case(
        _ROLE,
        trusting(_EC2),
        trusting(_EC2, {"AWS": OTHER_ACCOUNT}, Condition=_ID),
        expect=(_WIDENED, _ADDED),
        near=("iam.role.external_id_added",),
    ),
    "a role no longer trusts another account": Case(
        _ROLE,
        trusting(_EC2, _PARTNER),
        trusting(_EC2),
        expect=(_NARROWED, _REMOVED),
        near=("iam.role.external_id_added",),
    ),
    "a role trusts a user of its own account": Case(
        _ROLE,
        trusting(_EC2),
        trusting(_EC2, _named("user/alice")),
        expect=(_WIDENED,),
        near=("iam.role.external_principal_added",),
    ),
    "a role denies another account": Case(
        _ROLE,
        trusting(_EC2),
        trusting(_EC2, _PARTNER, Effect="Deny"),
        expect=(_NARROWED,),
        near=("iam.role.external_principal_added",),
    ),
    "a role trusts everyone": Case(
        _ROLE,
        trusting(_EC2),
        trusting(_EC2, "*"),
        expect=(_WIDENED, _PUBLIC),
        near=("iam.role.external_principal_added",),
    ),
    "a role trusts everyone of an organisation": Case(
        _ROLE,
        trusting(_EC2),
        trusting(_EC2, "*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3"}}),
        expect=(_WIDENED,),
        near=("iam.role.trust_public",),
    ),
    "a role no longer trusts everyone": Case(
        _ROLE,
        trusting(_EC2, "*"),
        trusting(_EC2),
        expect=(_NARROWED, ("iam.role.trust_private", _TRUST, _S, "critical")),
        near=("iam.role.trust_public",),
    ),
    "another account need not send an external id any more": Case(
        _ROLE,
        trusting(_PARTNER, Condition=_ID),
        trusting(_PARTNER),
        expect=(_WIDENED, ("iam.role.external_id_removed", _TRUST, _W, "high")),
        near=("iam.role.external_principal_added",),
    ),
    "another account may leave the external id out": Case(
        _ROLE,
        trusting(_PARTNER, Condition=_ID),
        trusting(_PARTNER, Condition={"StringEqualsIfExists": {"sts:ExternalId": "4711"}}),
        expect=(_CHANGED, ("iam.role.external_id_removed", _TRUST, _W, "high")),
    ),
    "any external id will do": Case(
        _ROLE,
        trusting(_PARTNER, Condition=_ID),
        trusting(_PARTNER, Condition={"StringLike": {"sts:ExternalId": "*"}}),
        expect=(_CHANGED, ("iam.role.external_id_removed", _TRUST, _W, "high")),
    ),
    "another account must send an external id": Case(
        _ROLE,
        trusting(_PARTNER),
        trusting(_PARTNER, Condition=_ID),
        expect=(_NARROWED, ("iam.role.external_id_added", _TRUST, _S, "high")),
        near=("iam.role.external_principal_removed",),
    ),
    "another account must send another external id": Case(
        _ROLE,
        trusting(_PARTNER, Condition=_ID),
        trusting(_PARTNER, Condition={"StringEquals": {"sts:ExternalId": "4712"}}),
        expect=(_CHANGED,),
        near=("iam.role.external_id_added", "iam.role.external_id_removed"),
    ),
    "our own account need not send an external id any more": Case(
        _ROLE,
        trusting(_named("root"), Condition=_ID),
        trusting(_named("root")),
        expect=(_WIDENED,),
        near=("iam.role.external_id_removed",),
    ),
    "a role that is trusted was deleted": Case(
        _ROLE,
        trusting(_EC2, _named("role/ci")),
        trusting(_EC2, {"AWS": "AROAEXAMPLE"}),
        expect=(_ORPHANED,),
        near=("iam.role.trust_changed", "iam.role.trust_narrowed", "iam.role.trust_rewritten"),
    ),
    "a user of another account that is trusted was deleted": Case(
        _ROLE,
        trusting({"AWS": [f"arn:aws:iam::{OTHER_ACCOUNT}:user/bob", ACCOUNT]}),
        trusting({"AWS": ["AIDAEXAMPLE", ACCOUNT]}),
        expect=(_ORPHANED,),
        near=("iam.role.external_principal_removed",),
    ),
    "a role that is trusted was deleted, and somebody edited the policy": Case(
        _ROLE,
        trusting(_EC2, _named("role/ci")),
        trusting({"Service": "lambda.amazonaws.com"}, {"AWS": "AROAEXAMPLE"}),
        expect=(_CHANGED,),
        near=("iam.role.trust_principal_orphaned",),
    ),
    "an id of a user stands where a role stood": Case(
        _ROLE,
        trusting(_named("role/ci")),
        trusting({"AWS": "AIDAEXAMPLE"}),
        expect=(_CHANGED,),
        near=("iam.role.trust_principal_orphaned",),
    ),
    "one of two trusted roles was deleted, the other taken out": Case(
        _ROLE,
        trusting({"AWS": [_named("role/ci")["AWS"], _named("role/cd")["AWS"]]}),
        trusting({"AWS": "AROAEXAMPLE"}),
        expect=(_CHANGED,),
        near=("iam.role.trust_principal_orphaned",),
    ),
}

CASES = {
    **TRUST,
    "a role is created": Case(
        _ROLE,
        None,
        role(),
        expect=(_CREATED,),
        near=("iam.role.deleted", "iam.role.recreated"),
    ),
    "a role is created as administrator": Case(
        _ROLE,
        None,
        _with(role(), _READ_ONLY, _ADMIN),
        expect=(
            _BORN_WEAK,
            ("iam.policy_attached", f"AttachedManagedPolicies/{_ADMIN}", _W, "high"),
        ),
    ),
    "a role is created with an inline policy that allows everything": Case(
        _ROLE, None, _inline(document(statement("*"))), expect=(_BORN_WEAK,)
    ),
    "a role is created that another account may assume": Case(
        _ROLE, None, trusting(_PARTNER), expect=(_BORN_WEAK, _ADDED)
    ),
    "a role is created that everyone may assume": Case(
        _ROLE, None, trusting("*"), expect=(_BORN_WEAK, _PUBLIC)
    ),
    "a role is deleted": Case(
        _ROLE,
        role(),
        None,
        expect=(("iam.role.deleted", "", _N, "medium"),),
        near=("iam.role.created",),
    ),
    "a role is made anew under the same name": Case(
        _ROLE,
        role(),
        role({"RoleId": "AROAOTHER"}),
        expect=(("iam.role.recreated", "", _N, "medium"),),
        near=("iam.role.created", "iam.role.deleted"),
    ),
    "a session may last longer": Case(
        _ROLE,
        _lasting(3600),
        _lasting(43200),
        expect=(("iam.role.max_session_increased", "Settings/MaxSessionDuration", _W, "low"),),
        near=("iam.role.max_session_reduced",),
    ),
    "a session may last less long": Case(
        _ROLE,
        _lasting(43200),
        _lasting(3600),
        expect=(("iam.role.max_session_reduced", "Settings/MaxSessionDuration", _S, "info"),),
        near=("iam.role.max_session_increased",),
    ),
    "the administrator's policy is attached to a role": Case(
        _ROLE,
        role(),
        _with(role(), _READ_ONLY, _ADMIN),
        expect=(("iam.policy_attached", f"AttachedManagedPolicies/{_ADMIN}", _W, "high"),),
        near=("iam.policy_detached", "iam.inline_policy_added"),
    ),
    "a policy is detached from a role": Case(
        _ROLE,
        role(),
        _with(role()),
        expect=(("iam.policy_detached", f"AttachedManagedPolicies/{_READ_ONLY}", _N, "low"),),
        near=("iam.policy_attached", "iam.inline_policy_removed"),
    ),
    "an inline policy is added to a role that had none": Case(
        _ROLE,
        {name: value for name, value in role().items() if name != "RolePolicyList"},
        role(),
        expect=(("iam.inline_policy_added", "RolePolicyList/inline", _W, "medium"),),
        near=("iam.policy_attached", "iam.inline_policy_changed"),
    ),
    "an inline policy is removed from a role": Case(
        _ROLE,
        role(),
        role({"RolePolicyList": []}),
        expect=(("iam.inline_policy_removed", "RolePolicyList/inline", _S, "medium"),),
        near=("iam.policy_detached", "iam.inline_policy_changed"),
    ),
    "an inline policy of a role is widened": Case(
        _ROLE,
        role(),
        _inline(READ_WRITE),
        expect=(
            ("iam.inline_policy_changed", "RolePolicyList/inline/PolicyDocument", _W, "medium"),
        ),
        near=("iam.inline_policy_added", "iam.inline_policy_removed"),
    ),
    "a boundary of a role is set": Case(
        _ROLE,
        role(),
        {**role(), "PermissionsBoundary": _BOUNDARY},
        expect=(("iam.boundary_set", "PermissionsBoundary", _S, "info"),),
        near=("iam.boundary_changed", "iam.boundary_removed"),
    ),
    "a boundary of a role is removed": Case(
        _ROLE,
        {**role(), "PermissionsBoundary": _BOUNDARY},
        role(),
        expect=(("iam.boundary_removed", "PermissionsBoundary", _W, "high"),),
        near=("iam.boundary_changed", "iam.boundary_set"),
    ),
    "another boundary is set for a role": Case(
        _ROLE,
        {**role(), "PermissionsBoundary": _BOUNDARY},
        {**role(), "PermissionsBoundary": {**_BOUNDARY, "PermissionsBoundaryArn": _READ_ONLY}},
        expect=(
            ("iam.boundary_changed", "PermissionsBoundary/PermissionsBoundaryArn", _N, "medium"),
        ),
    ),
    # ---- groups
    "a group is created": Case(
        _GROUP,
        None,
        TEAM,
        expect=(("iam.group.created", "", _N, "low"),),
        near=("iam.group.deleted",),
    ),
    "a group of administrators is created": Case(
        _GROUP,
        None,
        _with(TEAM, _ADMIN),
        expect=(
            ("iam.group.created", "", _N, "low"),
            ("iam.policy_attached", f"AttachedManagedPolicies/{_ADMIN}", _W, "high"),
            ("iam.admin_granted", "admin", _W, "high"),
        ),
    ),
    "a group is deleted": Case(
        _GROUP,
        TEAM,
        None,
        expect=(("iam.group.deleted", "", _N, "low"),),
        near=("iam.group.created",),
    ),
    "a policy is attached to a group": Case(
        _GROUP,
        _with(TEAM),
        TEAM,
        expect=(("iam.policy_attached", f"AttachedManagedPolicies/{_READ_ONLY}", _N, "low"),),
        near=("iam.policy_detached", "iam.inline_policy_added"),
    ),
    "the administrator's policy is detached from a group": Case(
        _GROUP,
        _with(TEAM, _ADMIN),
        _with(TEAM),
        expect=(
            ("iam.policy_detached", f"AttachedManagedPolicies/{_ADMIN}", _S, "high"),
            ("iam.admin_revoked", "admin", _S, "info"),
        ),
        near=("iam.policy_attached", "iam.inline_policy_removed"),
    ),
    "an inline policy that denies is added to a group": Case(
        _GROUP,
        edited(TEAM, {"GroupPolicyList": []}),
        edited(
            TEAM,
            {
                "GroupPolicyList": [
                    {
                        "PolicyName": "inline",
                        "PolicyDocument": document(statement("s3:*", effect="Deny")),
                    }
                ]
            },
        ),
        expect=(("iam.inline_policy_added", "GroupPolicyList/inline", _S, "medium"),),
        near=("iam.inline_policy_changed",),
    ),
    "an inline policy is removed from a group": Case(
        _GROUP,
        TEAM,
        edited(TEAM, {"GroupPolicyList": []}),
        expect=(("iam.inline_policy_removed", "GroupPolicyList/inline", _S, "medium"),),
        near=("iam.inline_policy_changed",),
    ),
    "an inline policy of a group is narrowed": Case(
        _GROUP,
        edited(
            TEAM,
            {"GroupPolicyList": [{"PolicyName": "inline", "PolicyDocument": READ_WRITE}]},
        ),
        edited(TEAM, {"GroupPolicyList": [{"PolicyName": "inline", "PolicyDocument": READ}]}),
        expect=(
            ("iam.inline_policy_changed", "GroupPolicyList/inline/PolicyDocument", _S, "medium"),
        ),
        near=("iam.inline_policy_added", "iam.inline_policy_removed"),
    ),
}
