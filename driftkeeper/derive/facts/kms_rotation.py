"""Which keys AWS can rotate by itself, and whether it does.

Only symmetric encryption keys whose material AWS made, in its own key store, are rotated automatically
("Rotating AWS KMS keys" in the KMS developer guide). A replica of a multi-Region key follows its primary.
A key that is disabled keeps its setting, but does not rotate: `state` tells the two apart.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.derive.spec import Fact, View
from driftkeeper.domain.types import Json

_KEY = "kms.key"
_KEPT = ("Enabled", "Disabled")
_SYMMETRIC, _ENCRYPTS = "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"


def rotation(config: Mapping[str, Json], _view: View) -> dict[str, Json]:
    """Return whether rotation is possible, and if not why; whether it is on, and every how many days."""
    key = config.get("KeyMetadata") or {}
    why = _obstacle(key) if config else "the key does not exist"
    found = config.get("Rotation") or {} if why is None else {}
    if why is None and not found:
        why = "KMS says that it cannot rotate the key"
    return {
        "eligible": why is None,
        "state": key.get("KeyState"),
        "obstacle": why,
        "rotates": found.get("KeyRotationEnabled") if why is None else None,
        "days": found.get("RotationPeriodInDays"),
    }


def _obstacle(key: Mapping[str, Json]) -> str | None:
    """Return why AWS cannot rotate a key, None when it can."""
    if key.get("KeyManager") != "CUSTOMER":
        return "AWS manages the key"
    if (key.get("KeySpec", _SYMMETRIC), key.get("KeyUsage", _ENCRYPTS)) != (_SYMMETRIC, _ENCRYPTS):
        return "the key is not a symmetric encryption key"
    if key.get("Origin", "AWS_KMS") != "AWS_KMS":
        return "its material does not come from KMS"
    if key.get("KeyState", "Enabled") not in _KEPT:
        return "the key is not in use"
    is_replica = (key.get("MultiRegionConfiguration") or {}).get("MultiRegionKeyType") == "REPLICA"
    return "the key is a replica, and follows its primary" if is_replica else None


ROTATION = Fact(
    name="kms.rotation",
    title="Which keys rotate",
    says="Whether AWS can rotate each key by itself, why not where it cannot, and whether it does.",
    of=(_KEY,),
    version=1,
    derive=rotation,
)
