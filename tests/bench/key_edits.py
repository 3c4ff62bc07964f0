"""Deeds to KMS keys."""

from __future__ import annotations

import json
from datetime import timedelta

from driftkeeper.domain.canonical import timestamp
from tests.bench import things
from tests.bench.deeds import Edit, World, retagged, statement
from tests.bench.things import OUTSIDER, Thing


def _state(key: Thing) -> str:
    return str(key.item["KeyMetadata"]["KeyState"])


def _also(key: Thing, world: World, *paths: str) -> None:
    for path in paths:
        world.expect(key, "resource.attribute_changed", path)


def rotation(key: Thing, world: World) -> bool:
    if key.item["Rotation"] is None:
        return False
    on = not key.item["Rotation"]["KeyRotationEnabled"]
    key.item["Rotation"] = things.rotation(key.item["KeyId"], on=on)
    kind = f"kms.rotation_{'enabled' if on else 'disabled'}"
    world.expect(key, kind, "Rotation/KeyRotationEnabled")
    _also(key, world, "Rotation/RotationPeriodInDays")
    return True


def key_state(key: Thing, world: World) -> bool:
    """Disable an enabled key, or enable a disabled one."""
    if _state(key) == "PendingDeletion":
        return False
    on = _state(key) == "Disabled"
    key.item["KeyMetadata"] |= {"KeyState": "Enabled" if on else "Disabled", "Enabled": on}
    kind = f"kms.key_{'enabled' if on else 'disabled'}"
    world.expect(key, kind, "KeyMetadata/KeyState")
    _also(key, world, "KeyMetadata/Enabled")
    return True


def deletion_scheduled(key: Thing, world: World) -> bool:
    if _state(key) != "Enabled":
        return False
    key.item["KeyMetadata"] |= {
        "KeyState": "PendingDeletion",
        "Enabled": False,
        "DeletionDate": timestamp(world.now + timedelta(days=30)),
    }
    key.item["Rotation"] = None
    world.expect(key, "kms.deletion_scheduled", "KeyMetadata/KeyState")
    _also(key, world, "KeyMetadata/Enabled", "KeyMetadata/DeletionDate", "Rotation")
    return True


def deletion_ended(key: Thing, world: World) -> bool:
    """Cancel a scheduled deletion, or let it happen."""
    if _state(key) != "PendingDeletion":
        return False
    if world.rng.random() < 0.5:
        world.remove(key)
        world.expect(key, "kms.key_deleted")
        return True
    key.item["KeyMetadata"]["KeyState"] = "Disabled"
    del key.item["KeyMetadata"]["DeletionDate"]
    key.item["Rotation"] = things.rotation(key.item["KeyId"], on=True)
    world.expect(key, "kms.deletion_cancelled", "KeyMetadata/KeyState")
    _also(key, world, "KeyMetadata/DeletionDate", "Rotation")
    return True


def key_policy(key: Thing, world: World) -> bool:
    """Let another account use the key, or no longer."""
    document = json.loads(key.item["Policy"])
    users = statement(document, "Use")["Principal"]["AWS"]
    had = OUTSIDER in users
    users.remove(OUTSIDER) if had else users.append(OUTSIDER)
    key.item["Policy"] = json.dumps(document)
    world.expect(key, f"kms.policy_{'narrowed' if had else 'widened'}", "Policy")
    verb = "removed" if had else "added"
    world.expect(key, f"kms.external_principal_{verb}", "Policy", at_first=not had)
    return True


def alias(key: Thing, world: World) -> bool:
    """Let an alias point to another key."""
    others = world.idle(key)
    if not others or not key.item["Aliases"]:
        return False
    other, moved = world.rng.choice(others), key.item["Aliases"].pop()
    moved["TargetKeyId"] = other.item["KeyId"]
    other.item["Aliases"].append(moved)
    for thing in (key, other):
        world.expect(thing, "kms.alias_retargeted", f"Aliases/{moved['AliasName']}")
    return True


def key_created(key: Thing, world: World) -> bool:
    made = things.new_key(world.rng, key.scope.account, key.scope.region, world.now)
    world.add(made)
    world.expect(made, "kms.key_created")
    return True


KEY_EDITS: tuple[Edit, ...] = (
    rotation,
    key_state,
    deletion_scheduled,
    deletion_ended,
    key_policy,
    alias,
    retagged,
    key_created,
)
