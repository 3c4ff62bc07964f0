"""KMS keys: rotation, and the term of imported material."""

from __future__ import annotations

from driftkeeper.diff.kinds.kms import PENDING
from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    either,
    replaced,
    turned,
)
from driftkeeper.domain.types import Body, Direction, Json, Severity

_KEY = "kms.key"
_ENABLED = "Rotation.KeyRotationEnabled"
_SINCE_RETURN = ": it is off since the deletion was cancelled, whatever it was before"


def _slower(d: Difference) -> Direction:
    if isinstance(d.before, int) and isinstance(d.after, int):
        return Direction.WEAKENED if d.after > d.before else Direction.STRENGTHENED
    return Direction.NEUTRAL


def _returned_off(d: Difference) -> bool:
    """Say whether rotation is off as a key comes back that was to be deleted, and could not be asked."""
    if d.before is not None or not isinstance(d.after, dict) or d.old is None:
        return False
    return _state(d.old) in PENDING and d.after.get("KeyRotationEnabled") is False


def _state(body: Body) -> Json:
    metadata = body.config.get("KeyMetadata")
    return metadata.get("KeyState") if isinstance(metadata, dict) else None


ROTATION = (
    ChangeKind(
        name="kms.rotation_disabled",
        evidence=_KEY,
        paths=(_ENABLED, "Rotation"),
        when=either(turned(True, False), _returned_off),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.7", "CC6.1"),
        says="{resource} no longer rotates automatically",
        adds=lambda d: _SINCE_RETURN if _returned_off(d) else "",
        explains=("Rotation.RotationPeriodInDays",),
        trigger=(
            "KeyRotationEnabled went from true to false, or rotation is off as a key comes back"
            " from pending deletion"
        ),
        means=(
            "The key material stays the same from now on: ever more data hangs on it, and the"
            " rotation control fails for this key."
        ),
        advice=(
            "Run aws kms enable-key-rotation, and find who called DisableKeyRotation; after a"
            " cancelled deletion check what it was before."
        ),
    ),
    ChangeKind(
        name="kms.rotation_enabled",
        evidence=_KEY,
        path=_ENABLED,
        when=turned(False, True),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.7", "CC6.1"),
        says="{resource} rotates automatically now",
        explains=("Rotation.RotationPeriodInDays",),
        trigger="KeyRotationEnabled went from false to true",
        means=(
            "AWS makes new key material on schedule and keeps the old for decrypting, so that"
            " nothing has to be encrypted anew."
        ),
        advice=(
            "Check RotationPeriodInDays against your standard, and link this to the deviation it"
            " ends."
        ),
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
        trigger="RotationPeriodInDays went from one number to another; a longer period weakens",
        means=(
            "The period decides how much data hangs on one version of the key; a longer one can"
            " break the interval your standard promises."
        ),
        advice="Compare it with the written standard, and record who decided on the new number.",
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
        trigger="CurrentKeyMaterialId went from one to another",
        means=(
            "It proves that the key was rotated, on schedule or on demand, and not only that"
            " rotation is switched on."
        ),
        advice=(
            "Keep it as a sample for the rotation control; for one on demand note the reason"
            " (RotateKeyOnDemand in CloudTrail)."
        ),
    ),
)

MATERIAL = (
    ChangeKind(
        name="kms.imported_material_changed",
        evidence=_KEY,
        paths=("KeyMetadata.ValidTo", "KeyMetadata.ExpirationModel"),
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="the imported material of {resource} changed: {leaf} from {before} to {after}",
        trigger="ValidTo or ExpirationModel of the key differs",
        means=(
            "When imported material expires AWS deletes it, and nothing can be decrypted until"
            " the very same material is imported again."
        ),
        advice=(
            "Make sure that the material is kept safely outside AWS, and put the new date into"
            " the calendar of its owner."
        ),
    ),
)
