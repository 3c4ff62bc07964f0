"""Cases of `iam.policy`, `iam.password_policy` and of the providers of identity."""

from __future__ import annotations

from tests.cases.answers import (
    ACCOUNT,
    OIDC_PROVIDER,
    PASSWORD_POLICY,
    POLICY,
    READ,
    READ_WRITE,
    SAML_PROVIDER,
    Edits,
    document,
    edited,
    statement,
)
from tests.cases.case import Case

_POLICY, _PASSWORDS = "iam.policy", "iam.password_policy"
_OIDC, _SAML = "iam.oidc_provider", "iam.saml_provider"
_W, _S, _N = "weakened", "strengthened", "neutral"
_WIDENED = ("iam.policy.permissions_widened", "Document", _W, "medium")
_NARROWED = ("iam.policy.permissions_narrowed", "Document", _S, "info")
_CHANGED = ("iam.policy.permissions_changed", "Document", _N, "low")
_REWRITTEN = ("iam.policy.permissions_rewritten", "Document", _N, "low")
_DEFAULT = ("iam.policy.default_version_changed", "DefaultVersionId", _N, "low")
_OPENED = ("iam.policy.wildcard_added", "Document", _W, "high")
_CLOSED = ("iam.policy.wildcard_removed", "Document", _S, "high")
_WEAKENED = ("iam.password_policy.weakened", "", _W, "medium")
_STRENGTHENED = ("iam.password_policy.strengthened", "", _S, "medium")
_NEW_POLICY = ("iam.password_policy.created", "", _S, "info")
_VERSIONS = ("resource.attribute_changed", "VersionCount", _N, "info")
_VERSION = ("resource.attribute_changed", "DefaultVersionId", _N, "info")
_S3 = document(statement("s3:*"))
_ALL = document(statement("*"))
_ONE_BUCKET = document(statement("s3:*", "arn:aws:s3:::b/*"))
_NEWER = {"DefaultVersionId": "v3", "VersionCount": 3}

DEFAULT: dict[str, object] = {
    "Configured": False,
    "MinimumPasswordLength": 8,
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "RequireNumbers": False,
    "RequireSymbols": False,
    "AllowUsersToChangePassword": False,
    "HardExpiry": False,
    "MinimumCharacterClasses": 3,
    "ExpirePasswords": False,
    "MaxPasswordAge": 0,
    "PasswordReusePrevention": 0,
}
"""What the declaration says in place of `NoSuchEntity`."""


def policy(found: object = READ, **edits: object) -> dict[str, object]:
    """The customer's policy with a document."""
    return {**POLICY, "Document": found, **edits}


def of_aws(found: object = READ, **edits: object) -> dict[str, object]:
    """A policy of AWS with a document."""
    return policy(found, Owner="aws", Arn="arn:aws:iam::aws:policy/SecurityAudit", **edits)


def passwords(**edits: object) -> dict[str, object]:
    """The account's password policy."""
    return {**PASSWORD_POLICY, **edits}


def _oidc(edits: Edits) -> dict[str, object]:
    return edited(OIDC_PROVIDER, edits)


POLICIES = {
    "a policy is created": Case(
        _POLICY,
        None,
        policy(),
        expect=(("iam.policy.created", "", _N, "low"),),
        near=("iam.policy.deleted", "iam.policy.wildcard_added"),
    ),
    "a policy is created that allows everything": Case(
        _POLICY,
        None,
        policy(_ALL),
        expect=(("iam.policy.created", "", _N, "low"), _OPENED),
        near=("iam.policy.aws_managed_listed",),
    ),
    "a policy of AWS comes into use": Case(
        _POLICY,
        None,
        of_aws(_ALL),
        expect=(("iam.policy.aws_managed_listed", "", _N, "info"),),
        near=("iam.policy.created", "iam.policy.wildcard_added"),
    ),
    "a policy of AWS is used no more": Case(
        _POLICY,
        of_aws(),
        None,
        expect=(("iam.policy.aws_managed_unlisted", "", _N, "info"),),
        near=("iam.policy.deleted",),
    ),
    "a policy is deleted": Case(
        _POLICY,
        policy(),
        None,
        expect=(("iam.policy.deleted", "", _N, "low"),),
        near=("iam.policy.created", "iam.policy.aws_managed_unlisted"),
    ),
    "a new version allows more": Case(
        _POLICY,
        policy(),
        policy(READ_WRITE, **_NEWER),
        expect=(_DEFAULT, _WIDENED, _VERSIONS),
        near=(
            "iam.policy.permissions_changed",
            "iam.policy.permissions_narrowed",
            "iam.policy.aws_managed_updated",
        ),
    ),
    "an older version is in force again, that allows less": Case(
        _POLICY,
        policy(READ_WRITE),
        policy(READ, DefaultVersionId="v1"),
        expect=(_DEFAULT, _NARROWED),
        near=("iam.policy.permissions_widened",),
    ),
    "a new version allows other things": Case(
        _POLICY,
        policy(),
        policy(document(statement("s3:GetObjectTagging")), DefaultVersionId="v3"),
        expect=(_DEFAULT, _CHANGED),
        near=("iam.policy.permissions_rewritten",),
    ),
    "a new version says what the old one said": Case(
        _POLICY,
        policy(),
        policy(**_NEWER),
        expect=(_DEFAULT, _VERSIONS),
        near=("iam.policy.permissions_changed", "iam.policy.permissions_rewritten"),
    ),
    "a new version says one thing twice": Case(
        _POLICY,
        policy(),
        policy(document(*READ["Statement"], statement("s3:ListBucket"))),
        expect=(_REWRITTEN,),
        near=("iam.policy.permissions_changed",),
    ),
    "a version is made that is not in force": Case(
        _POLICY,
        policy(),
        policy(VersionCount=3),
        expect=(_VERSIONS,),
        near=("iam.policy.default_version_changed",),
    ),
    "a policy allows all of a service": Case(
        _POLICY,
        policy(),
        policy(_S3),
        expect=(_WIDENED, _OPENED),
        near=("iam.policy.wildcard_removed",),
    ),
    "a policy allows all of a service in one place": Case(
        _POLICY,
        policy(document(statement("s3:GetObject", "arn:aws:s3:::b/*"))),
        policy(_ONE_BUCKET),
        expect=(_WIDENED,),
        near=("iam.policy.wildcard_added",),
    ),
    "a policy that allowed all of a service allows everything": Case(
        _POLICY,
        policy(_S3),
        policy(_ALL),
        expect=(_WIDENED, _OPENED),
        near=("iam.policy.wildcard_removed",),
    ),
    "a policy that allowed everything allows all of a service": Case(
        _POLICY,
        policy(_ALL),
        policy(_S3),
        expect=(_NARROWED, _CLOSED),
        near=("iam.policy.wildcard_added",),
    ),
    "a policy no longer allows all of a service everywhere": Case(
        _POLICY, policy(_S3), policy(_ONE_BUCKET), expect=(_NARROWED, _CLOSED)
    ),
    "a policy that allows everything may deny something, too": Case(
        _POLICY,
        policy(_ALL),
        policy(document(statement("*"), statement("iam:*", effect="Deny"))),
        expect=(_NARROWED,),
        near=("iam.policy.wildcard_removed",),
    ),
    "AWS extends a policy of its own that somebody has": Case(
        _POLICY,
        of_aws(),
        of_aws(READ_WRITE, **_NEWER),
        expect=(("iam.policy.aws_managed_updated", "Document", _W, "low"), _VERSION, _VERSIONS),
        near=("iam.policy.default_version_changed", "iam.policy.permissions_widened"),
    ),
    "AWS extends a policy of its own that is only a boundary": Case(
        _POLICY,
        of_aws(),
        of_aws(READ_WRITE, AttachmentCount=0, PermissionsBoundaryUsageCount=1),
        expect=(("iam.policy.aws_managed_updated", "Document", _N, "low"),),
    ),
    "AWS allows less in a policy of its own": Case(
        _POLICY,
        of_aws(_S3),
        of_aws(_ONE_BUCKET),
        expect=(("iam.policy.aws_managed_updated", "Document", _N, "low"),),
        near=("iam.policy.wildcard_removed", "iam.policy.permissions_narrowed"),
    ),
    "AWS puts another version in force that says the same": Case(
        _POLICY,
        of_aws(),
        of_aws(DefaultVersionId="v3"),
        expect=(_DEFAULT,),
        near=("iam.policy.aws_managed_updated",),
    ),
}

PASSWORDS = {
    "a password policy is set": Case(
        _PASSWORDS,
        DEFAULT,
        passwords(RequireNumbers=True, RequireUppercaseCharacters=True),
        expect=(_NEW_POLICY,),
        near=("iam.password_policy.strengthened", "iam.password_policy.weakened"),
    ),
    "a password policy is set that asks for less than AWS does": Case(
        _PASSWORDS,
        DEFAULT,
        {"MinimumPasswordLength": 6},
        expect=(_NEW_POLICY, _WEAKENED),
        near=("iam.password_policy.removed",),
    ),
    "a password policy is removed": Case(
        _PASSWORDS,
        passwords(),
        DEFAULT,
        expect=(("iam.password_policy.removed", "", _W, "high"),),
        near=("iam.password_policy.weakened", "iam.password_policy.created"),
    ),
    "passwords may be shorter": Case(
        _PASSWORDS,
        passwords(),
        passwords(MinimumPasswordLength=8),
        expect=(_WEAKENED,),
        near=("iam.password_policy.strengthened", "iam.password_policy.removed"),
    ),
    "passwords must be longer": Case(
        _PASSWORDS,
        passwords(),
        passwords(MinimumPasswordLength=16),
        expect=(_STRENGTHENED,),
        near=("iam.password_policy.weakened", "iam.password_policy.created"),
    ),
    "passwords may be shorter, and need a digit": Case(
        _PASSWORDS,
        passwords(),
        passwords(MinimumPasswordLength=8, RequireNumbers=True),
        expect=(_WEAKENED,),
        near=("iam.password_policy.strengthened",),
    ),
    "passwords need no symbol": Case(
        _PASSWORDS, passwords(), passwords(RequireSymbols=False), expect=(_WEAKENED,)
    ),
    "passwords never expire": Case(
        _PASSWORDS, passwords(), passwords(MaxPasswordAge=0), expect=(_WEAKENED,)
    ),
    "passwords expire sooner": Case(
        _PASSWORDS, passwords(), passwords(MaxPasswordAge=30), expect=(_STRENGTHENED,)
    ),
    "passwords expire at all": Case(
        _PASSWORDS,
        {"MinimumPasswordLength": 14},
        {"MinimumPasswordLength": 14, "MaxPasswordAge": 365},
        expect=(_STRENGTHENED,),
    ),
    "old passwords may be used again": Case(
        _PASSWORDS,
        passwords(PasswordReusePrevention=24),
        passwords(PasswordReusePrevention=5),
        expect=(_WEAKENED,),
    ),
    "users may not change their passwords": Case(
        _PASSWORDS,
        passwords(),
        passwords(AllowUsersToChangePassword=False),
        expect=(("resource.attribute_changed", "AllowUsersToChangePassword", _N, "info"),),
        near=("iam.password_policy.weakened", "iam.password_policy.strengthened"),
    ),
}

PROVIDERS = {
    "an OIDC provider is added": Case(
        _OIDC,
        None,
        OIDC_PROVIDER,
        expect=(("iam.idp.added", "", _W, "high"),),
        near=("iam.idp.removed", "iam.idp.changed"),
    ),
    "an OIDC provider is removed": Case(
        _OIDC,
        OIDC_PROVIDER,
        None,
        expect=(("iam.idp.removed", "", _N, "medium"),),
        near=("iam.idp.added", "iam.idp.changed"),
    ),
    "an OIDC provider has another thumbprint": Case(
        _OIDC,
        OIDC_PROVIDER,
        _oidc({"Provider.ThumbprintList": ["6938", "1b51", "990f"]}),
        expect=(("iam.idp.changed", "Provider/ThumbprintList/990f", _N, "medium"),),
        near=("iam.idp.added",),
    ),
    "an OIDC provider has an audience in place of another": Case(
        _OIDC,
        OIDC_PROVIDER,
        _oidc({"Provider.ClientIDList": ["https://github.com/acme"]}),
        expect=(
            ("iam.idp.changed", "Provider/ClientIDList/https://github.com/acme", _N, "medium"),
            ("iam.idp.changed", "Provider/ClientIDList/sts.amazonaws.com", _N, "medium"),
        ),
    ),
    "an OIDC provider has another tag": Case(
        _OIDC,
        OIDC_PROVIDER,
        _oidc({"Provider.Tags": []}),
        expect=(("resource.attribute_changed", "Provider/Tags/team", _N, "info"),),
        near=("iam.idp.changed",),
    ),
    "a SAML provider is added": Case(
        _SAML,
        None,
        SAML_PROVIDER,
        expect=(("iam.idp.added", "", _W, "high"),),
        near=("iam.idp.removed",),
    ),
    "a SAML provider is removed": Case(
        _SAML,
        SAML_PROVIDER,
        None,
        expect=(("iam.idp.removed", "", _N, "medium"),),
        near=("iam.idp.added", "iam.idp.changed"),
    ),
    "a SAML provider has other metadata": Case(
        _SAML,
        SAML_PROVIDER,
        {**SAML_PROVIDER, "ValidUntil": "2127-01-01T00:00:00Z"},
        expect=(("iam.idp.changed", "ValidUntil", _N, "medium"),),
        near=("iam.idp.added",),
    ),
    "another SAML provider takes the place of one": Case(
        _SAML,
        SAML_PROVIDER,
        {**SAML_PROVIDER, "Arn": f"arn:aws:iam::{ACCOUNT}:saml-provider/other"},
        expect=(
            ("iam.idp.removed", "", _N, "medium"),
            ("iam.idp.added", "", _W, "high"),
        ),
        near=("iam.idp.changed",),
    ),
}

CASES = {**POLICIES, **PASSWORDS, **PROVIDERS}
