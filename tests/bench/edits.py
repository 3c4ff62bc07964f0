"""Deeds in an estate, each with the changes that an honest log tells of it and no others.

An edit does something to a thing in the spelling of AWS, says what must be told, and returns whether it
could be done at all (a key that is off cannot be switched off).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from driftkeeper.domain.canonical import timestamp
from tests.bench import things
from tests.bench.things import EVERYWHERE, HALVES, PARTNERS, PORTS, Item, Thing

_OUTSIDER = "arn:aws:iam::999900001111:root"
_DORMANT = timedelta(days=95)


class World(Protocol):
    """What an edit may ask of the estate, and what it tells it."""

    rng: random.Random
    now: datetime

    def expect(self, thing: Thing, kind: str, path: str = "", fact: str | None = None) -> None:
        """Note a change that must be told of the thing, or of a fact about it."""

    def add(self, thing: Thing) -> None:
        """Put a thing, and its twin, into the estate."""

    def remove(self, thing: Thing) -> None:
        """Take a thing, and its twin, out of the estate."""

    def idle(self, thing: Thing) -> Sequence[Thing]:
        """Return the other things of the same scope of which nothing waits to be told."""

    def number(self) -> int:
        """Return a number never returned before."""


Edit = Callable[[Thing, World], bool]


def _turned(thing: Thing, world: World, path: str, off: str, on: str) -> bool:
    """Turn the switch at the path of the thing, and expect the kind for it."""
    *steps, name = path.split("/")
    place: Any = thing.item
    for step in steps:
        place = place[step]
    place[name] = not place[name]
    world.expect(thing, on if place[name] else off, path)
    return True


def retagged(thing: Thing, world: World) -> bool:
    """Give one tag another value."""
    prefix = "Tag" if thing.scope.evidence == "kms.key" else ""
    tag = world.rng.choice(thing.item["Tags"])
    tag[f"{prefix}Value"] += "-new"
    path = f"Tags/{tag[f'{prefix}Key']}/{prefix}Value"
    world.expect(thing, "resource.attribute_changed", path)
    return True


# ---- users ----------------------------------------------------------------------------------


def _row(user: Thing) -> Thing:
    if user.twin is None:
        raise AssertionError("a user has a row in the credential report")
    return user.twin


def mfa(user: Thing, world: World) -> bool:
    row = _row(user)
    devices, account = user.item["VirtualMFADevices"], user.scope.account
    had = bool(devices)
    if had:
        serial = devices.pop()["SerialNumber"]
    else:
        devices.append(things.device(account, user.item["UserName"], world.now))
        serial = devices[0]["SerialNumber"]
    row.item["mfa_active"] = not had
    verb = "removed" if had else "added"
    world.expect(user, f"iam.user.mfa_device_{verb}", f"VirtualMFADevices/{serial}")
    world.expect(row, f"iam.user.mfa_{'removed' if had else 'enabled'}", "mfa_active")
    return True


def console(user: Thing, world: World) -> bool:
    row, kind = _row(user), "iam.user.console_access"
    _turned(row, world, "password_enabled", f"{kind}_disabled", f"{kind}_enabled")
    has_password = row.item["password_enabled"]
    row.item["password_last_used"] = None
    row.item["password_last_changed"] = timestamp(world.now) if has_password else None
    if has_password:
        world.expect(row, "iam.user.password_changed", "password_last_changed")
    return True


def password(user: Thing, world: World) -> bool:
    row = _row(user)
    if not row.item["password_enabled"]:
        return False
    row.item["password_last_changed"] = timestamp(world.now)
    world.expect(row, "iam.user.password_changed", "password_last_changed")
    return True


def key_made(user: Thing, world: World) -> bool:
    row = _row(user)
    if len(row.item["keys"]) == 2:
        return False
    made = things.access_key(world.now, None)
    row.item["keys"].append(made)
    world.expect(row, "iam.access_key.created", f"access_keys/{made['last_rotated']}")
    return True


def key_deleted(user: Thing, world: World) -> bool:
    row = _row(user)
    if not row.item["keys"]:
        return False
    gone = row.item["keys"].pop(world.rng.randrange(len(row.item["keys"])))
    world.expect(row, "iam.access_key.deleted", f"access_keys/{gone['last_rotated']}")
    return True


def key_switched(user: Thing, world: World) -> bool:
    row = _row(user)
    if not row.item["keys"]:
        return False
    key = world.rng.choice(row.item["keys"])
    key["active"] = not key["active"]
    kind = "activated" if key["active"] else "deactivated"
    world.expect(row, f"iam.access_key.{kind}", f"access_keys/{key['last_rotated']}/active")
    return True


def returned(user: Thing, world: World) -> bool:
    """Use the password after a long silence."""
    row = _row(user)
    last = row.item["password_last_used"]
    if last is None or world.now - datetime.fromisoformat(last) < _DORMANT:
        return False
    row.item["password_last_used"] = timestamp(world.now)
    world.expect(row, "iam.user.dormant_reactivated", "password_last_used")
    return True


def group_membership(user: Thing, world: World) -> bool:
    groups = user.item["GroupList"]
    group = world.rng.choice(things.GROUPS)
    joins = group not in groups
    groups.append(group) if joins else groups.remove(group)
    kind = f"iam.group.membership_{'added' if joins else 'removed'}"
    world.expect(user, kind, f"GroupList/{group}")
    return True


def policy_attachment(user: Thing, world: World) -> bool:
    held = user.item["AttachedManagedPolicies"]
    policy = things.attached(world.rng.choice((*things.POLICIES, "AdministratorAccess")))
    attaches = policy not in held
    held.append(policy) if attaches else held.remove(policy)
    kind = f"iam.policy_{'attached' if attaches else 'detached'}"
    world.expect(user, kind, f"AttachedManagedPolicies/{policy['PolicyArn']}")
    return True


def inline_policy(user: Thing, world: World) -> bool:
    """Add an inline policy, widen it, or remove it."""
    held = user.item["UserPolicyList"]
    if not held:
        document = things.inline_policy(world.rng, user.scope.account)
        held.append({"PolicyName": "own", "PolicyDocument": document})
        world.expect(user, "iam.inline_policy_added", "UserPolicyList/own")
    elif world.rng.random() < 0.5:
        held.pop()
        world.expect(user, "iam.inline_policy_removed", "UserPolicyList/own")
    else:
        more = {"Effect": "Allow", "Action": f"sqs:Send{world.number()}*", "Resource": "*"}
        held[0]["PolicyDocument"]["Statement"].append(more)
        world.expect(user, "iam.inline_policy_changed", "UserPolicyList/own/PolicyDocument")
    return True


def boundary(user: Thing, world: World) -> bool:
    if user.item.pop("PermissionsBoundary", None):
        world.expect(user, "iam.boundary_removed", "PermissionsBoundary")
    else:
        user.item["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": things.BOUNDARY,
        }
        world.expect(user, "iam.boundary_set", "PermissionsBoundary")
    return True


def user_made(user: Thing, world: World) -> bool:
    made = things.new_user(world.rng, user.scope.account, world.number(), world.now)
    world.add(made)
    world.expect(made, "iam.user.created")
    world.expect(_row(made), "resource.created")
    return True


def user_deleted(user: Thing, world: World) -> bool:
    world.remove(user)
    world.expect(user, "iam.user.deleted")
    world.expect(_row(user), "resource.deleted")
    return True


def user_recreated(user: Thing, world: World) -> bool:
    """Delete the user and make another of the same name and rights."""
    user.item["UserId"] = f"{user.item['UserId'][:-6]}{world.number():06}"
    user.item["CreateDate"] = _row(user).item["user_creation_time"] = timestamp(world.now)
    world.expect(user, "iam.user.recreated")
    world.expect(user, "resource.attribute_changed", "CreateDate")
    world.expect(_row(user), "resource.recreated")
    return True


def root_used(row: Thing, world: World) -> bool:
    if row.twin is not None:
        return False
    row.item["password_last_used"] = timestamp(world.now)
    world.expect(row, "iam.root.used", "password_last_used")
    return True


# ---- security groups ------------------------------------------------------------------------


_REACHES = ("none", "specific", "broad", "any")


def _reach(peers: Sequence[Item]) -> str:
    cidrs = {peer["CidrIp"] for peer in peers}
    if EVERYWHERE in cidrs or cidrs.issuperset(HALVES):
        return "any"
    if cidrs & set(HALVES):
        return "broad"
    return "specific" if cidrs & set(PARTNERS) else "none"


def _exposed(item: Item) -> Iterator[tuple[str, str]]:
    """Yield each path at which a group is exposed, with how far."""
    for found in item["IpPermissions"]:
        if (reach := _reach(found["IpRanges"])) != "none":
            yield f"ingress/ipv4/tcp/{found['FromPort']}", reach
    if item["IpPermissionsEgress"]:
        yield "egress/ipv4/all/0-65535", "any"


def _moved(group: Thing, world: World, path: str, before: str, after: str) -> None:
    """Expect what a moved exposure is called."""
    old, new = _REACHES.index(before), _REACHES.index(after)
    if old == new:
        return
    is_public, was_public = new >= 2, old >= 2
    if path.startswith("egress"):
        kind = "egress_opened" if new > old else "egress_restricted"
    elif is_public != was_public:
        kind = "public_ingress_added" if is_public else "public_ingress_removed"
    else:
        kind = "ingress_widened" if new > old else "ingress_narrowed"
    world.expect(group, f"sg.{kind}", path, fact="ec2.exposure")


def _rule_of(group: Thing, port: int) -> Item:
    for found in group.item["IpPermissions"]:
        if found["FromPort"] == port:
            return found
    group.item["IpPermissions"].append(things.rule(port))
    return group.item["IpPermissions"][-1]


def let_in(group: Thing, world: World) -> bool:
    """Let in everyone, everyone in two halves, a partner, or the office."""
    port = world.rng.choice(PORTS)
    found = _rule_of(group, port)
    peers = found["IpRanges"]
    choices = (
        (EVERYWHERE,),
        HALVES,
        (world.rng.choice(PARTNERS),),
        (world.rng.choice(things.OFFICES),),
    )
    held = {peer["CidrIp"] for peer in peers}
    cidrs = [cidr for cidr in world.rng.choice(choices) if cidr not in held]
    before = _reach(peers)
    peers += [{"CidrIp": cidr, "Description": "for a while"} for cidr in cidrs]
    for cidr in cidrs:
        world.expect(group, "sg.rule_added", f"IpPermissions/tcp/{port}/{cidr}")
    _moved(group, world, f"ingress/ipv4/tcp/{port}", before, _reach(peers))
    return bool(cidrs)


def shut_out(group: Thing, world: World) -> bool:
    """Remove one peer of one rule."""
    found = _some_rule(group, world)
    if found is None:
        return False
    port, peers = found["FromPort"], found["IpRanges"]
    before = _reach(peers)
    gone = peers.pop(world.rng.randrange(len(peers)))["CidrIp"]
    if not peers and not found["UserIdGroupPairs"]:
        group.item["IpPermissions"].remove(found)
    world.expect(group, "sg.rule_removed", f"IpPermissions/tcp/{port}/{gone}")
    _moved(group, world, f"ingress/ipv4/tcp/{port}", before, _reach(peers))
    return True


def _some_rule(group: Thing, world: World) -> Item | None:
    rules = [found for found in group.item["IpPermissions"] if found["IpRanges"]]
    return world.rng.choice(rules) if rules else None


def redescribed(group: Thing, world: World) -> bool:
    found = _some_rule(group, world)
    if found is None:
        return False
    peer = world.rng.choice(found["IpRanges"])
    peer["Description"] = f"ticket {world.number()}"
    path = f"IpPermissions/tcp/{found['FromPort']}/{peer['CidrIp']}/Description"
    world.expect(group, "sg.rule_description_changed", path)
    return True


def referred(group: Thing, world: World) -> bool:
    """Let in the members of another group."""
    port = world.rng.choice(PORTS)
    pair = things.group_pair(world.rng, group.scope.account)
    _rule_of(group, port)["UserIdGroupPairs"].append(pair)
    peer = f"{pair['UserId']}/{pair['GroupId']}"
    world.expect(group, "sg.rule_added", f"IpPermissions/tcp/{port}/{peer}")
    return True


def egress(group: Thing, world: World) -> bool:
    had = bool(group.item["IpPermissionsEgress"])
    group.item["IpPermissionsEgress"] = [] if had else [things.outbound()]
    kind = "sg.rule_removed" if had else "sg.rule_added"
    world.expect(group, kind, f"IpPermissionsEgress/all/{EVERYWHERE}")
    ends = ("any", "none") if had else ("none", "any")
    _moved(group, world, "egress/ipv4/all/0-65535", *ends)
    return True


def group_made(group: Thing, world: World) -> bool:
    made = things.new_group(world.rng, group.scope.account, group.scope.region)
    world.add(made)
    world.expect(made, "sg.created")
    for path, reach in _exposed(made.item):
        _moved(made, world, path, "none", reach)
    return True


def group_deleted(group: Thing, world: World) -> bool:
    world.remove(group)
    world.expect(group, "sg.deleted")
    for path, reach in _exposed(group.item):
        _moved(group, world, path, reach, "none")
    return True


# ---- keys -----------------------------------------------------------------------------------


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
    users = document["Statement"][1]["Principal"]["AWS"]
    had = _OUTSIDER in users
    users.remove(_OUTSIDER) if had else users.append(_OUTSIDER)
    key.item["Policy"] = json.dumps(document)
    world.expect(key, f"kms.policy_{'narrowed' if had else 'widened'}", "Policy")
    world.expect(key, f"kms.external_principal_{'removed' if had else 'added'}", "Policy")
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


# ---- trails, the account ---------------------------------------------------------------------


def logging(trail: Thing, world: World) -> bool:
    kind = "cloudtrail.logging"
    _turned(trail, world, "Status/IsLogging", f"{kind}_stopped", f"{kind}_started")
    status = trail.item["Status"]
    act = "StartLoggingTime" if status["IsLogging"] else "StopLoggingTime"
    status[act] = timestamp(world.now)
    return True


def interruption(trail: Thing, world: World) -> bool:
    status = trail.item["Status"]
    if not status["IsLogging"]:
        return False
    status["StopLoggingTime"] = timestamp(world.now)
    status["StartLoggingTime"] = timestamp(world.now + timedelta(minutes=4))
    world.expect(trail, "cloudtrail.logging_interrupted", "Status/StopLoggingTime")
    return True


def validation(trail: Thing, world: World) -> bool:
    kind = "cloudtrail.validation"
    path = "LogFileValidationEnabled"
    return _turned(trail, world, path, f"{kind}_disabled", f"{kind}_enabled")


def coverage(trail: Thing, world: World) -> bool:
    kind = "cloudtrail.multi_region"
    return _turned(trail, world, "IsMultiRegionTrail", f"{kind}_disabled", f"{kind}_enabled")


def management_events(trail: Thing, world: World) -> bool:
    """Log write events only, or all."""
    found = next(
        one for one in trail.item["Selectors"]["EventSelectors"] if one["IncludeManagementEvents"]
    )
    less = found["ReadWriteType"] == "All"
    found["ReadWriteType"] = "WriteOnly" if less else "All"
    kind = f"cloudtrail.management_events_{'reduced' if less else 'restored'}"
    world.expect(trail, kind, "Selectors")
    return True


def account_block(block: Thing, world: World) -> bool:
    """Switch one of the four switches."""
    flag = world.rng.choice(things.FLAGS)
    block.item[flag] = not block.item[flag]
    kind = "strengthened" if block.item[flag] else "weakened"
    world.expect(block, f"s3.account_public_access_block_{kind}")
    return True


EDITS: dict[str, tuple[Edit, ...]] = {
    "iam.user": (
        mfa, console, password, key_made, key_deleted, key_switched, returned, group_membership,
        policy_attachment, inline_policy, boundary, retagged, user_made, user_deleted,
        user_recreated,
    ),
    "iam.credential": (root_used,),
    "ec2.security_group": (
        let_in, let_in, shut_out, shut_out, redescribed, referred, egress, retagged, group_made,
        group_deleted,
    ),
    "kms.key": (
        rotation, key_state, deletion_scheduled, deletion_ended, key_policy, alias, retagged,
        key_created,
    ),
    "cloudtrail.trail": (logging, interruption, validation, coverage, management_events),
    "s3.account_pab": (account_block,),
}  # fmt: skip
