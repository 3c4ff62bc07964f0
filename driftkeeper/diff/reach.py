"""At which paths of a body a kind of change has a name for what happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from driftkeeper.diff.spec import ChangeKind, Lifecycle
from driftkeeper.domain.shape import matches

_ACCESS_KEY = ("access_keys.*", "access_keys.*.active")
_LAST_USE = ("password_last_used", "access_keys.*.last_used_date")
_FEATURES = (
    *("Features.*", "Features.*.Status"),
    *("Features.*.AdditionalConfiguration.*", "Features.*.AdditionalConfiguration.*.Status"),
)
_BLOCK = ("InternetGatewayBlockMode", "ExclusionsAllowed")
_RULES = ("IpPermissions.*", "IpPermissionsEgress.*")

_ANALYZED = (
    "configuration.unusedAccess.analysisRule.exclusions.*",
    "configuration.internalAccess.analysisRule.inclusions.*",
)
_ADDRESSES = ("PrivateIpAddresses.*", "PrivateIpAddresses.*.Association", "Ipv6Addresses.*")
_NETWORKS = ("CidrBlockAssociationSet.*", "Ipv6CidrBlockAssociationSet.*")
_POLICY_TYPE = ("PolicyTypes.*", "PolicyTypes.*.Status")

FOUND_BY_TEST: Mapping[str, tuple[str, ...]] = {
    "aa.analyzer_scope_changed": tuple(f"Analyzer.{path}" for path in _ANALYZED),
    "aa.finding_access_changed": (
        *("action.*", "condition.*", "principal.*", "sources.*", "findingDetails.*"),
        *("resourceControlPolicyRestriction", "isPublic"),
    ),
    "account.policy_type_disabled": _POLICY_TYPE,
    "account.policy_type_enabled": _POLICY_TYPE,
    "cloudtrail.destination_changed": ("S3BucketName", "S3KeyPrefix", "SnsTopicARN"),
    "eni.public_address_added": _ADDRESSES,
    "eni.public_address_removed": _ADDRESSES,
    "guardduty.feature_disabled": _FEATURES,
    "guardduty.feature_enabled": _FEATURES,
    "iam.access_key.activated": ("access_keys.*.active",),
    "iam.access_key.created": ("access_keys.*",),
    "iam.access_key.deactivated": ("access_keys.*.active",),
    "iam.access_key.deleted": ("access_keys.*",),
    "iam.idp.changed": (
        *("Provider.Url", "Provider.ClientIDList.*", "Provider.ThumbprintList.*"),
        *("Provider.CreateDate", "ValidUntil", "CreateDate"),
    ),
    "iam.root.access_key_created": _ACCESS_KEY,
    "iam.root.access_key_removed": _ACCESS_KEY,
    "iam.root.summary_changed": (
        *("AccountMFAEnabled", "AccountAccessKeysPresent", "AccountPasswordPresent"),
        *("AccountSigningCertificatesPresent", "Credentials.ActiveAccessKeys", "MFA.Kind"),
    ),
    "iam.root.used": _LAST_USE,
    "iam.service_credential.created": ("certificates.*",),
    "iam.user.dormant_reactivated": _LAST_USE,
    "kms.imported_material_changed": ("KeyMetadata.ValidTo", "KeyMetadata.ExpirationModel"),
    "kms.rotation_disabled": ("Rotation.KeyRotationEnabled", "Rotation"),
    "s3.access_logging_redirected": tuple(
        f"Logging.LoggingEnabled.{name}" for name in ("TargetBucket", "TargetPrefix")
    ),
    "sg.rule_added": _RULES,
    "sg.rule_description_changed": tuple(f"{path}.Description" for path in _RULES),
    "sg.rule_removed": _RULES,
    "vpc.block_public_access_strengthened": _BLOCK,
    "vpc.block_public_access_weakened": _BLOCK,
    "vpc.network_added": _NETWORKS,
    "vpc.network_removed": _NETWORKS,
}
"""The paths of kinds that declare none and look for theirs in a test of their own.

No test can be asked which paths it would accept, so they are written down; the cases in which such a
kind is told are held against this."""


def at_any(patterns: Iterable[str], path: tuple[str, ...]) -> bool:
    """Say whether the path is one that the dotted patterns name."""
    return any(matches(pattern, path) for pattern in patterns)


def paths_of(kind: ChangeKind) -> tuple[str, ...]:
    """Return the dotted patterns at which a kind looks, for one that takes differences one by one."""
    return (kind.path,) if kind.path else FOUND_BY_TEST.get(kind.name, ())


def names(kind: ChangeKind, path: tuple[str, ...]) -> bool:
    """Say whether the kind has a name for some difference at the path: it claims that, given its values."""
    if kind.claims is False or kind.on not in (Lifecycle.ATTRIBUTE, Lifecycle.ACT):
        return False
    if kind.whole:
        return kind.covers(path)
    return at_any(paths_of(kind), path)


def explained(kinds: Iterable[ChangeKind], path: tuple[str, ...]) -> bool:
    """Say whether one of the kinds explains differences at the path, which then come as caused by it."""
    return any(at_any(kind.explains, path) for kind in kinds)
