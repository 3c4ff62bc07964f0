"""Deeds to users and to root."""

from __future__ import annotations

from datetime import datetime, timedelta

from driftkeeper.domain.canonical import timestamp
from tests.bench import users
from tests.bench.deeds import Edit, World, retagged, turned
from tests.bench.things import Item, Thing

_OVERLAP = timedelta(days=15)
_DORMANT = timedelta(days=95)


def _row(user: Thing) -> Thing:
    if user.twin is None:
        raise AssertionError("a user has a row in the credential report")
    return user.twin


def mfa(user: Thing, world: World) -> bool:
    row = _row(user)
    devices, account = user.item["MFADevices"], user.scope.account
    had = bool(devices)
    if had:
        serial = devices.pop()["SerialNumber"]
    else:
        devices.append(users.device(account, user.item["UserName"], world.now))
        serial = devices[0]["SerialNumber"]
    row.item["mfa_active"] = not had
    verb = "removed" if had else "added"
    world.expect(user, f"iam.user.mfa_device_{verb}", f"MFADevices/{serial}")
    world.expect(row, f"iam.user.mfa_{'removed' if had else 'enabled'}", "mfa_active")
    return True


def console(user: Thing, world: World) -> bool:
    row, kind = _row(user), "iam.user.console_access"
    turned(row, world, "password_enabled", f"{kind}_disabled", f"{kind}_enabled")
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
    made = users.access_key(world.now, None)
    row.item["keys"].append(made)
    world.expect(row, "iam.access_key.created", f"access_keys/{made['last_rotated']}")
    return True


def key_rotated(user: Thing, world: World) -> bool:
    """Put a new key in the place of the one that there is."""
    row = _row(user)
    if [key["active"] for key in row.item["keys"]] != [True]:
        return False
    (old,), made = row.item["keys"], users.access_key(world.now, None)
    old["active"] = False
    row.item["keys"].append(made)
    new = f"access_keys/{made['last_rotated']}"
    world.expect(row, "iam.access_key.created", new)
    world.expect(row, "iam.access_key.rotated", new)
    world.expect(row, "iam.access_key.deactivated", f"access_keys/{old['last_rotated']}/active")
    return True


def _is_late_rotation(row: Thing, key: Item, world: World) -> bool:
    """Say whether the key would be the old one of a rotation, or may be: that depends on when it is seen."""
    newest = max(one["last_rotated"] for one in row.item["keys"])
    age = world.now - datetime.fromisoformat(newest)
    return bool(key["active"]) and newest != key["last_rotated"] and age < _OVERLAP


def key_deleted(user: Thing, world: World) -> bool:
    row = _row(user)
    if not row.item["keys"]:
        return False
    gone = world.rng.choice(row.item["keys"])
    if _is_late_rotation(row, gone, world):
        return False
    row.item["keys"].remove(gone)
    world.expect(row, "iam.access_key.deleted", f"access_keys/{gone['last_rotated']}")
    return True


def key_switched(user: Thing, world: World) -> bool:
    row = _row(user)
    if not row.item["keys"]:
        return False
    key = world.rng.choice(row.item["keys"])
    if _is_late_rotation(row, key, world):
        return False
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
    group = world.rng.choice(users.GROUPS)
    joins = group not in groups
    groups.append(group) if joins else groups.remove(group)
    kind = f"iam.group.membership_{'added' if joins else 'removed'}"
    world.expect(user, kind, f"GroupList/{group}")
    return True


def policy_attachment(user: Thing, world: World) -> bool:
    held = user.item["AttachedManagedPolicies"]
    policy = users.attached(world.rng.choice((*users.POLICIES, users.ADMINISTRATOR)))
    attaches = policy not in held
    held.append(policy) if attaches else held.remove(policy)
    kind = f"iam.policy_{'attached' if attaches else 'detached'}"
    world.expect(user, kind, f"AttachedManagedPolicies/{policy['PolicyArn']}")
    return True


def inline_policy(user: Thing, world: World) -> bool:
    """Add an inline policy, widen it, or remove it."""
    held = user.item["UserPolicyList"]
    if not held:
        document = users.inline_policy(world.rng, user.scope.account)
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
            "PermissionsBoundaryArn": users.BOUNDARY,
        }
        world.expect(user, "iam.boundary_set", "PermissionsBoundary")
    return True


def user_made(user: Thing, world: World) -> bool:
    """Make a user as one is made: without password or keys, which would be worth telling too."""
    made = users.new_user(world.rng, user.scope.account, world.number(), world.now)
    _row(made).item |= {
        "password_enabled": False,
        "password_last_used": None,
        "password_last_changed": None,
        "keys": [],
    }
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


USER_EDITS: tuple[Edit, ...] = (
    mfa,
    console,
    password,
    key_made,
    key_rotated,
    key_deleted,
    key_switched,
    returned,
    group_membership,
    policy_attachment,
    inline_policy,
    boundary,
    retagged,
    user_made,
    user_deleted,
    user_recreated,
)
ROW_EDITS: tuple[Edit, ...] = (root_used,)
