"""Deeds to network ACLs and prefix lists."""

from __future__ import annotations

from tests.bench import networks
from tests.bench.deeds import Edit, World, retagged
from tests.bench.groups import EVERYWHERE, OFFICES
from tests.bench.things import Thing

_SSH = 80


def opened(acl: Thing, world: World) -> bool:
    """Let everybody reach SSH, or no longer."""
    entries = acl.item["Entries"]
    there = [one for one in entries if one["RuleNumber"] == _SSH]
    if there:
        entries.remove(there[0])
    else:
        entries.append(networks.entry(_SSH, EVERYWHERE, (22, 22)))
    world.expect(acl, f"nacl.public_ingress_{'closed' if there else 'opened'}", "Entries")
    return True


def numbered(acl: Thing, world: World) -> bool:
    """Number the entries anew, in the same order."""
    for entry in acl.item["Entries"]:
        if entry["RuleNumber"] >= 100:
            entry["RuleNumber"] += 10
    world.expect(acl, "nacl.rules_changed", "Entries")
    return True


def reassociated(acl: Thing, world: World) -> bool:
    """Move a subnet to another ACL."""
    others = world.idle(acl)
    if not others or not acl.item["Associations"]:
        return False
    other = world.rng.choice(others)
    subnet = acl.item["Associations"].pop()["SubnetId"]
    name = other.item["NetworkAclId"]
    other.item["Associations"].append(networks.association(world.rng, name, subnet))
    for thing in (acl, other):
        world.expect(thing, "nacl.subnet_reassociated", f"Associations/{subnet}")
    return True


def acl_made(acl: Thing, world: World) -> bool:
    made = networks.new_acl(world.rng, acl.scope.account, acl.scope.region)
    world.add(made)
    world.expect(made, "nacl.created")
    return True


def office(found: Thing, world: World) -> bool:
    """Add an office to a prefix list, or remove one."""
    entries = found.item["Entries"]
    cidr = world.rng.choice(OFFICES)
    there = [one for one in entries if one["Cidr"] == cidr]
    if there:
        entries.remove(there[0])
    else:
        entries.append({"Cidr": cidr, "Description": "office"})
    _edited(found)
    world.expect(found, "prefix_list.changed", "Entries")
    return True


def everywhere(found: Thing, world: World) -> bool:
    """Put the whole internet on a prefix list, or take it off."""
    entries = found.item["Entries"]
    there = [one for one in entries if one["Cidr"] == EVERYWHERE]
    if there:
        entries.remove(there[0])
    else:
        entries.append({"Cidr": EVERYWHERE})
    _edited(found)
    world.expect(found, f"prefix_list.public_cidr_{'removed' if there else 'added'}", "Entries")
    return True


def _edited(found: Thing) -> None:
    found.item["Version"] += 1
    found.item["State"] = "modify-complete"


def list_made(found: Thing, world: World) -> bool:
    where = found.scope
    made = networks.new_list(world.rng, where.account, where.region, world.number())
    world.add(made)
    world.expect(made, "prefix_list.created")
    return True


ACL_EDITS: tuple[Edit, ...] = (opened, numbered, reassociated, retagged, acl_made)
LIST_EDITS: tuple[Edit, ...] = (office, everywhere, retagged, list_made)
