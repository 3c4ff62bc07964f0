"""KMS keys: rotation, state, deletion, key policy."""

from __future__ import annotations

from driftkeeper.diff.policies import document, effect
from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    appeared,
    replaced,
    turned,
    vanished,
)
from driftkeeper.domain.types import Body, Direction, Json, Severity
from driftkeeper.semantics.policy_effect import Effect
from driftkeeper.semantics.policy_public import external_accounts, is_public

_KEY = "kms.key"
_STATE = "KeyMetadata.KeyState"
_PENDING = ("PendingDeletion", "PendingReplicaDeletion")
_WITH_STATE = (
    "KeyMetadata.Enabled",
    "KeyMetadata.DeletionDate",
    "KeyMetadata.PendingDeletionWindowInDays",
    "Rotation",
    "Rotation.*",
)


def _scheduled(d: Difference) -> bool:
    return d.after in _PENDING and d.before not in _PENDING


def _cancelled(d: Difference) -> bool:
    return d.before in _PENDING and d.after not in _PENDING


def _disabled(d: Difference) -> bool:
    return d.after == "Disabled" and d.before not in _PENDING


def _enabled(d: Difference) -> bool:
    return d.after == "Enabled" and d.before not in _PENDING


def _slower(d: Difference) -> Direction:
    if isinstance(d.before, int) and isinstance(d.after, int):
        return Direction.WEAKENED if d.after > d.before else Direction.STRENGTHENED
    return Direction.NEUTRAL


def _aliases(body: Body | None) -> set[str]:
    rows = body.config.get("Aliases") if body else None
    found = rows if isinstance(rows, list) else ()
    return {str(row.get("AliasName")) for row in found if isinstance(row, dict)}


def _retargeted(d: Difference) -> bool:
    """Say whether the alias left another key as it came to this one, or the other way round."""
    others = [pair for pair in d.beside if pair.key != d.resource]
    if appeared(d):
        return any(d.path[1] in _aliases(pair.before) for pair in others)
    return vanished(d) and any(d.path[1] in _aliases(pair.after) for pair in others)


def _effect(d: Difference) -> Effect:
    """Return what happened to access; a policy that came or went is one we may look at, or not."""
    return effect(d.before, d.after) if replaced(d) else Effect.CHANGED


def _public(policy: Json) -> bool:
    found = document(policy)
    return found is not None and is_public(found)


def _outsiders(policy: Json, own: str) -> frozenset[str]:
    found = document(policy)
    return frozenset() if found is None else external_accounts(found, own)


def _gained_outsider(d: Difference) -> bool:
    own = d.scope.account
    return bool(_outsiders(d.after, own) - _outsiders(d.before, own))


def _lost_outsider(d: Difference) -> bool:
    own = d.scope.account
    return bool(_outsiders(d.before, own) - _outsiders(d.after, own))


ROTATION = (
    ChangeKind(
        name="kms.rotation_disabled",
        evidence=_KEY,
        path="Rotation.KeyRotationEnabled",
        when=turned(True, False),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.7", "CC6.1"),
        says="{resource} no longer rotates automatically",
        explains=("Rotation.RotationPeriodInDays",),
    ),
    ChangeKind(
        name="kms.rotation_enabled",
        evidence=_KEY,
        path="Rotation.KeyRotationEnabled",
        when=turned(False, True),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.7", "CC6.1"),
        says="{resource} rotates automatically now",
        explains=("Rotation.RotationPeriodInDays",),
    ),
    ChangeKind(
        name="kms.rotation_period_changed",
        evidence=_KEY,
        path="Rotation.RotationPeriodInDays",
        when=replaced,
        direction=_slower,
        severity=Severity.LOW,
        criteria=("CC6.7",),
        says="{resource} rotates every {after} days instead of every {before}",
    ),
    ChangeKind(
        name="kms.key_rotated",
        evidence=_KEY,
        on=Lifecycle.ACT,
        path="KeyMetadata.CurrentKeyMaterialId",
        when=replaced,
        direction=Direction.ACTIVITY,
        severity=Severity.INFO,
        criteria=("CC6.7",),
        says="{resource} was rotated: it has new key material",
    ),
)

STATE = (
    ChangeKind(
        name="kms.key_disabled",
        evidence=_KEY,
        path=_STATE,
        when=_disabled,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="{resource} was disabled",
        explains=_WITH_STATE,
    ),
    ChangeKind(
        name="kms.key_enabled",
        evidence=_KEY,
        path=_STATE,
        when=_enabled,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="{resource} was enabled",
        explains=_WITH_STATE,
    ),
    ChangeKind(
        name="kms.deletion_scheduled",
        evidence=_KEY,
        path=_STATE,
        when=_scheduled,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.7",),
        says="{resource} is scheduled for deletion; what it encrypts will be lost",
        explains=_WITH_STATE,
    ),
    ChangeKind(
        name="kms.deletion_cancelled",
        evidence=_KEY,
        path=_STATE,
        when=_cancelled,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.7",),
        says="{resource} is no longer scheduled for deletion",
        explains=_WITH_STATE,
    ),
    ChangeKind(
        name="kms.key_deleted",
        evidence=_KEY,
        on=Lifecycle.DELETED,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.7",),
        says="{resource} was deleted, and what it encrypted is lost",
    ),
    ChangeKind(
        name="kms.key_created",
        evidence=_KEY,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.7",),
        says="{resource} was created",
    ),
    ChangeKind(
        name="kms.imported_material_changed",
        evidence=_KEY,
        when=lambda d: d.path in (("KeyMetadata", "ValidTo"), ("KeyMetadata", "ExpirationModel")),
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="the imported material of {resource} changed: {leaf} from {before} to {after}",
    ),
    ChangeKind(
        name="kms.alias_retargeted",
        evidence=_KEY,
        path="Aliases.*",
        when=_retargeted,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="{leaf} points to another key than before; {resource} is one of the two",
    ),
)

POLICY = (
    ChangeKind(
        name="kms.policy_widened",
        evidence=_KEY,
        path="Policy",
        when=lambda d: _effect(d) is Effect.WIDENED,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.7", "CC6.3"),
        says="the key policy of {resource} allows more than before",
    ),
    ChangeKind(
        name="kms.policy_narrowed",
        evidence=_KEY,
        path="Policy",
        when=lambda d: _effect(d) is Effect.NARROWED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.7", "CC6.3"),
        says="the key policy of {resource} allows less than before",
    ),
    ChangeKind(
        name="kms.policy_changed",
        evidence=_KEY,
        path="Policy",
        when=lambda d: _effect(d) in (Effect.CHANGED, Effect.COSMETIC),
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7", "CC6.3"),
        says="the key policy of {resource} allows other things than before",
    ),
    ChangeKind(
        name="kms.policy_public",
        evidence=_KEY,
        path="Policy",
        when=lambda d: _public(d.after) and not _public(d.before),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.7", "CC6.3"),
        says="the key policy of {resource} lets in everyone",
        claims=False,
    ),
    ChangeKind(
        name="kms.policy_private",
        evidence=_KEY,
        path="Policy",
        when=lambda d: _public(d.before) and not _public(d.after),
        direction=Direction.STRENGTHENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.7", "CC6.3"),
        says="the key policy of {resource} no longer lets in everyone",
        claims=False,
    ),
    ChangeKind(
        name="kms.external_principal_added",
        evidence=_KEY,
        path="Policy",
        when=_gained_outsider,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.7",),
        says="the key policy of {resource} lets in another account",
        claims=False,
    ),
    ChangeKind(
        name="kms.external_principal_removed",
        evidence=_KEY,
        path="Policy",
        when=_lost_outsider,
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.7",),
        says="the key policy of {resource} no longer lets in another account",
        claims=False,
    ),
)
