"""Deeds to security groups, with what they expose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.bench import groups
from tests.bench.deeds import Edit, World, retagged
from tests.bench.groups import EVERYWHERE, HALVES, PARTNERS, PORTS
from tests.bench.things import Item, Thing

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
    group.item["IpPermissions"].append(groups.rule(port))
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
        (world.rng.choice(groups.OFFICES),),
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
    pair = groups.group_pair(world.rng, group.scope.account)
    _rule_of(group, port)["UserIdGroupPairs"].append(pair)
    peer = f"{pair['UserId']}/{pair['GroupId']}"
    world.expect(group, "sg.rule_added", f"IpPermissions/tcp/{port}/{peer}")
    return True


def egress(group: Thing, world: World) -> bool:
    had = bool(group.item["IpPermissionsEgress"])
    group.item["IpPermissionsEgress"] = [] if had else [groups.outbound()]
    kind = "sg.rule_removed" if had else "sg.rule_added"
    world.expect(group, kind, f"IpPermissionsEgress/all/{EVERYWHERE}")
    ends = ("any", "none") if had else ("none", "any")
    _moved(group, world, "egress/ipv4/all/0-65535", *ends)
    return True


def group_made(group: Thing, world: World) -> bool:
    made = groups.new_group(world.rng, group.scope.account, group.scope.region)
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


GROUP_EDITS: tuple[Edit, ...] = (
    let_in,
    shut_out,
    redescribed,
    referred,
    egress,
    retagged,
    group_made,
    group_deleted,
)
