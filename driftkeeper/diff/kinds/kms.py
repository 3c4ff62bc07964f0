"""KMS keys: rotation, state, deletion, aliases."""

from __future__ import annotations

from driftkeeper.diff.says import short_name
from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    appeared,
    either,
    replaced,
    turned,
    vanished,
)
from driftkeeper.domain.types import Body, Direction, Json, Severity

_KEY = "kms.key"
_STATE = "KeyMetadata.KeyState"
_PENDING = ("PendingDeletion", "PendingReplicaDeletion")
_SINCE_RETURN = ": it is off since the deletion was cancelled, whatever it was before"
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


def _other_key(d: Difference) -> str | None:
    """Return the key that the alias left as it came to this one, or the other way round."""
    for pair in d.beside:
        beside = pair.before if appeared(d) else pair.after
        if pair.key != d.resource and d.path[1] in _aliases(beside):
            return pair.key
    return None


def _retargeted(d: Difference) -> bool:
    return (appeared(d) or vanished(d)) and _other_key(d) is not None


def _targets(d: Difference) -> str:
    """Return which key the alias points to now, and to which it did before."""
    here, there = short_name(d.resource), short_name(_other_key(d) or "?")
    return f": {here} instead of {there}" if appeared(d) else f": {there} instead of {here}"


def _switched_off(d: Difference) -> bool:
    return d.path == ("Rotation", "KeyRotationEnabled") and turned(True, False)(d)


def _returned_off(d: Difference) -> bool:
    """Say whether rotation is off as a key comes back that was to be deleted, and could not be asked."""
    if d.path != ("Rotation",) or not appeared(d) or d.old is None:
        return False
    return _state(d.old) in _PENDING and d.after.get("KeyRotationEnabled") is False


def _state(body: Body) -> Json:
    metadata = body.config.get("KeyMetadata")
    return metadata.get("KeyState") if isinstance(metadata, dict) else None


ROTATION = (
    ChangeKind(
        name="kms.rotation_disabled",
        evidence=_KEY,
        when=either(_switched_off, _returned_off),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.7", "CC6.1"),
        says="{resource} no longer rotates automatically",
        adds=lambda d: _SINCE_RETURN if _returned_off(d) else "",
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
        says="{leaf} points to another key than before",
        adds=_targets,
    ),
)

NAMES = (
    ChangeKind(
        name="kms.alias_created",
        evidence="kms.alias",
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.7",),
        says="{AliasName} was created",
    ),
    ChangeKind(
        name="kms.alias_deleted",
        evidence="kms.alias",
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.7",),
        says="{AliasName} was deleted",
    ),
)
