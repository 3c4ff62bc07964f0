"""IAM users, groups, roles, policies, providers and the password policy: calls of `iam`.

Source: the IAM API reference and its CloudTrail records; those of IAM are logged in one region.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.attribute.events import Event
from driftkeeper.attribute.matching import (
    after,
    at,
    both,
    created,
    deleted,
    each,
    gained,
    inline_document,
    leaf,
    lost,
    policy,
    present,
    renamed,
    same,
    says,
    sets,
)
from driftkeeper.attribute.spec import Deed, Family, Proof, Where, is_enough
from driftkeeper.domain.types import Change, Json

IAM = "iam.amazonaws.com"
_NOT_OURS = ("iam.policy.aws_managed_*", "*_orphaned")


def is_no_root(change: Change) -> bool:
    """Fit all but the root user, whose calls name no user."""
    return not change.resource.endswith(":root")


def _of_the_customer(change: Change) -> bool:
    return "::aws:policy/" not in change.resource


def _names(change: Change) -> frozenset[str]:
    """Return what a thing is called, and was called before it was renamed."""
    former = change.before if renamed(change) and isinstance(change.before, str) else ""
    found = {name for name in (change.resource, former) if name}
    return frozenset(found | {name.rsplit("/", 1)[-1] for name in found})


def _former_name(change: Change) -> Json:
    return str(change.before).rsplit("/", 1)[-1]


def _policy_name(change: Change) -> Json:
    return str(leaf(change)).removesuffix("/PolicyDocument")


def _boundary(change: Change) -> Json:
    found = change.after
    return found.get("PermissionsBoundaryArn") if isinstance(found, Mapping) else found


def _parameter(kind: str) -> str:
    return f"requestParameters.{kind}Name"


def _policies_of(kind: str) -> tuple[Deed, ...]:
    """Return what is done to the policies of users, groups or roles."""
    who = (_parameter(kind.lower()),)
    named = says("requestParameters.policyName", _policy_name)
    inline, managed = f"{kind}PolicyList/*", "AttachedManagedPolicies/*"
    arn = says("requestParameters.policyArn", leaf)
    written = each(named, policy("requestParameters.policyDocument", inline_document))
    return (
        Deed((f"Attach{kind}Policy",), who, gained(managed), arn),
        Deed((f"Detach{kind}Policy",), who, lost(managed), arn),
        Deed((f"Put{kind}Policy",), who, present(inline), written),
        Deed((f"Delete{kind}Policy",), who, lost(inline), named),
    )


def _boundary_of(kind: str) -> tuple[Deed, ...]:
    who, place = (_parameter(kind.lower()),), ("PermissionsBoundary", "PermissionsBoundary/*")
    put = says("requestParameters.permissionsBoundary", _boundary)
    return (
        Deed((f"Put{kind}PermissionsBoundary",), who, present(*place), put),
        Deed((f"Delete{kind}PermissionsBoundary",), who, lost(*place), is_enough),
    )


_USER = (_parameter("user"),)
_GROUP_OF = says("requestParameters.groupName", leaf)
_RENAMED = ("requestParameters.newUserName",)

USER = Family(
    name="iam.user",
    evidence=("iam.user", "iam.credential"),
    source=IAM,
    where=Where.HOME,
    resources=is_no_root,
    names=_names,
    deeds=(
        Deed(("CreateUser",), _USER, created, is_enough),
        Deed(("DeleteUser",), _USER, deleted, is_enough),
        Deed(("UpdateUser",), _RENAMED, renamed, says("requestParameters.userName", _former_name)),
        Deed(("AddUserToGroup",), _USER, gained("GroupList/*"), _GROUP_OF),
        Deed(("RemoveUserFromGroup",), _USER, lost("GroupList/*"), _GROUP_OF),
        *_policies_of("User"),
        *_boundary_of("User"),
    ),
)

GROUP = Family(
    name="iam.group",
    evidence=("iam.group",),
    source=IAM,
    where=Where.HOME,
    deeds=(
        Deed(("CreateGroup",), (_parameter("group"),), created, is_enough),
        Deed(("DeleteGroup",), (_parameter("group"),), deleted, is_enough),
        *_policies_of("Group"),
    ),
)

_ROLE = (_parameter("role"),)
_ROLE_IN_ANSWER = ("responseElements.role.arn", "responseElements.role.roleName")

ROLE = Family(
    name="iam.role",
    evidence=("iam.role",),
    source=IAM,
    where=Where.HOME,
    never=_NOT_OURS,
    deeds=(
        Deed(("CreateRole",), _ROLE, created, is_enough),
        Deed(("CreateServiceLinkedRole",), _ROLE_IN_ANSWER, created, is_enough),
        Deed(("DeleteRole",), _ROLE, deleted, is_enough),
        Deed(
            ("UpdateAssumeRolePolicy",),
            _ROLE,
            at("AssumeRolePolicyDocument"),
            policy("requestParameters.policyDocument"),
        ),
        Deed(
            ("UpdateRole",),
            _ROLE,
            at("Settings/MaxSessionDuration"),
            says("requestParameters.maxSessionDuration", after),
        ),
        *_policies_of("Role"),
        *_boundary_of("Role"),
    ),
)


def _is_default(_change: Change, event: Event) -> bool | None:
    """Say no for a version that was stored without being put in force."""
    found = event.values("requestParameters.setAsDefault")
    return True if found and same(found[0], True) else False if found else None


def _in_force(proof: Proof) -> Proof:
    return each(_is_default, proof)


_POLICY = ("requestParameters.policyArn",)
_NEW_VERSION = "responseElements.policyVersion.versionId"

POLICY = Family(
    name="iam.policy",
    evidence=("iam.policy",),
    source=IAM,
    where=Where.HOME,
    never=_NOT_OURS,
    resources=_of_the_customer,
    deeds=(
        Deed(
            ("CreatePolicy",),
            ("responseElements.policy.arn", "requestParameters.policyName"),
            created,
            is_enough,
        ),
        Deed(("DeletePolicy",), _POLICY, deleted, is_enough),
        Deed(
            ("CreatePolicyVersion",),
            _POLICY,
            at("Document"),
            _in_force(policy("requestParameters.policyDocument")),
        ),
        Deed(("SetDefaultPolicyVersion",), _POLICY, at("Document")),
        Deed(
            ("CreatePolicyVersion",),
            _POLICY,
            at("DefaultVersionId"),
            _in_force(says(_NEW_VERSION, after)),
        ),
        Deed(
            ("SetDefaultPolicyVersion",),
            _POLICY,
            at("DefaultVersionId"),
            says("requestParameters.versionId", after),
        ),
    ),
)

_PASSWORD_FIELDS = {
    name.lower(): name
    for name in (
        *("AllowUsersToChangePassword", "HardExpiry", "MaxPasswordAge", "MinimumPasswordLength"),
        *("PasswordReusePrevention", "RequireLowercaseCharacters", "RequireNumbers"),
        *("RequireSymbols", "RequireUppercaseCharacters"),
    )
}


def _is_configured(change: Change) -> bool:
    return isinstance(change.after, Mapping) and change.after.get("Configured") is not False


def _is_removed(change: Change) -> bool:
    return not _is_configured(change)


PASSWORD_POLICY = Family(
    name="iam.password_policy",
    evidence=("iam.password_policy",),
    source=IAM,
    where=Where.HOME,
    deeds=(
        Deed(
            ("UpdateAccountPasswordPolicy",),
            fits=both(at(""), _is_configured),
            proves=sets("requestParameters", _PASSWORD_FIELDS),
        ),
        Deed(("UpdateAccountPasswordPolicy",), fits=at("?*")),
        Deed(
            ("DeleteAccountPasswordPolicy",),
            fits=both(at(""), _is_removed),
            proves=is_enough,
        ),
    ),
)

_SAML = (
    "requestParameters.sAMLProviderArn",
    "responseElements.sAMLProviderArn",
    "requestParameters.name",
)
_OIDC = (
    "requestParameters.openIDConnectProviderArn",
    "responseElements.openIDConnectProviderArn",
)

SAML = Family(
    name="iam.saml_provider",
    evidence=("iam.saml_provider",),
    source=IAM,
    where=Where.HOME,
    deeds=(
        Deed(("CreateSAMLProvider",), _SAML, created, is_enough),
        Deed(("DeleteSAMLProvider",), _SAML, deleted, is_enough),
        Deed(("UpdateSAMLProvider",), _SAML, at("?*")),
    ),
)


def _member(change: Change) -> Json:
    return change.path.rsplit("/", 1)[-1]


OIDC = Family(
    name="iam.oidc_provider",
    evidence=("iam.oidc_provider",),
    source=IAM,
    where=Where.HOME,
    names=lambda change: frozenset({change.resource}),
    deeds=(
        Deed(("CreateOpenIDConnectProvider",), _OIDC, created, is_enough),
        Deed(("DeleteOpenIDConnectProvider",), _OIDC, deleted, is_enough),
        Deed(
            ("AddClientIDToOpenIDConnectProvider",),
            _OIDC,
            gained("*ClientIDList/*"),
            says("requestParameters.clientID", _member),
        ),
        Deed(
            ("RemoveClientIDFromOpenIDConnectProvider",),
            _OIDC,
            lost("*ClientIDList/*"),
            says("requestParameters.clientID", _member),
        ),
        Deed(("UpdateOpenIDConnectProviderThumbprint",), _OIDC, at("*Thumbprint*")),
    ),
)
