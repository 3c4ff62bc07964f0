"""Network ACLs: their entries as they are written, what these open, and the subnets they hold for."""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, appeared, vanished
from driftkeeper.domain.types import Body, Direction, Json, Pair, Severity
from driftkeeper.semantics.nacl import Port, public_ports
from driftkeeper.semantics.network import port_class

_ACL = "ec2.network_acl"
_WORST = ("admin", "database")
_NAMED = 5


def _ports(entries: Json) -> frozenset[Port]:
    return public_ports(entries if isinstance(entries, list) else ())


def _opened(d: Difference) -> frozenset[Port]:
    return _ports(d.after) - _ports(d.before)


def _closed(d: Difference) -> frozenset[Port]:
    return _ports(d.before) - _ports(d.after)


def _weight(ports: Iterable[Port]) -> Severity:
    classes = {port_class(port, port, protocol) for _, protocol, port in ports}
    return Severity.HIGH if classes.intersection(_WORST) else Severity.MEDIUM


def _listed(ports: frozenset[Port]) -> str:
    """Return the first of the ports, and how many more there are."""
    return _first([f"{protocol} {port} ({family})" for family, protocol, port in sorted(ports)])


def _first(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _edited(d: Difference) -> str:
    """Return which entries are new, gone or not what they were, by direction and number."""
    old, new = (rows if isinstance(rows, list) else [] for rows in (d.before, d.after))
    edited = [row for row in old if row not in new] + [row for row in new if row not in old]
    numbered = [row for row in edited if isinstance(row.get("RuleNumber"), int)]
    places = sorted({(bool(row.get("Egress")), row["RuleNumber"]) for row in numbered})
    return _first([f"{'egress' if out else 'ingress'} {number}" for out, number in places])


def _subnets(body: Body | None) -> set[str]:
    rows = body.config.get("Associations") if body else None
    found = rows if isinstance(rows, list) else ()
    return {str(row.get("SubnetId")) for row in found if isinstance(row, dict)}


def _other(d: Difference) -> Pair | None:
    """Return the ACL that the subnet came from, or the one that it went to."""
    for pair in d.beside:
        if pair.key != d.resource:
            beside = pair.before if appeared(d) else pair.after
            if d.path[1] in _subnets(beside):
                return pair
    return None


def _moved(d: Difference) -> bool:
    return (appeared(d) or vanished(d)) and _other(d) is not None


def _names(body: Body | None) -> str:
    return "?" if body is None else str(body.config.get("NetworkAclId"))


def _journey(d: Difference) -> str:
    """Return from which ACL to which the subnet moved."""
    other = _other(d)
    there = None if other is None else (other.before if appeared(d) else other.after)
    here = d.new if appeared(d) else d.old
    start, end = (there, here) if appeared(d) else (here, there)
    return f" from {_names(start)} to {_names(end)}"


def _of_move(d: Difference) -> Direction:
    """Return what the move does to the subnet; where it left only tells that it did.

    Unless the ACL that it came to is new: what a new one comes with is not told there.
    """
    other = _other(d)
    if other is None or (vanished(d) and other.before is not None):
        return Direction.NEUTRAL
    start, end = (other.before, d.new) if appeared(d) else (d.old, other.after)
    old, new = (
        _ports(None if body is None else body.config.get("Entries")) for body in (start, end)
    )
    if new - old:
        return Direction.WEAKENED
    return Direction.STRENGTHENED if old - new else Direction.NEUTRAL


ENTRIES = (
    ChangeKind(
        name="nacl.public_ingress_opened",
        evidence=_ACL,
        path="Entries",
        whole=True,
        when=lambda d: bool(_opened(d)),
        direction=Direction.WEAKENED,
        severity=lambda d: _weight(_opened(d)),
        criteria=("CC6.6",),
        says="network ACL {resource} lets in the internet on sensitive ports",
        adds=lambda d: f": {_listed(_opened(d))}",
        trigger=(
            "Tried by number, the inbound entries let all or a broad part of the internet reach"
            " an admin, database or other high-risk port that they kept out"
        ),
        means=(
            "The subnet no longer stops it: where a security group allows the port, hosts with a"
            " public address can be attacked from anywhere."
        ),
        advice=(
            "Read the groups of the hosts in its subnets, and put a deny with a lower number back"
            " unless the change was approved."
        ),
    ),
    ChangeKind(
        name="nacl.public_ingress_closed",
        evidence=_ACL,
        path="Entries",
        whole=True,
        when=lambda d: bool(_closed(d)),
        claims=lambda d: not _opened(d),
        direction=Direction.STRENGTHENED,
        severity=lambda d: _weight(_closed(d)),
        criteria=("CC6.6",),
        says="network ACL {resource} no longer lets in the internet on sensitive ports",
        adds=lambda d: f": {_listed(_closed(d))}",
        trigger=(
            "Tried by number, the inbound entries no longer let all or a broad part of the"
            " internet reach an admin, database or other high-risk port; a consequence where"
            " others opened"
        ),
        means=(
            "The subnet stops traffic to these ports before any security group is asked, so that"
            " a mistake in a group exposes less."
        ),
        advice=(
            "Check that answers to connections from inside, which come in on high ports, still"
            " pass, and link it to the deviation it ends."
        ),
    ),
    ChangeKind(
        name="nacl.rules_changed",
        evidence=_ACL,
        path="Entries",
        whole=True,
        when=lambda d: _ports(d.before) == _ports(d.after),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="the entries of network ACL {resource} were edited, which opens and closes no sensitive port",
        adds=lambda d: f": {_edited(d)}",
        trigger=(
            "Entries differ in either direction, and the same sensitive ports are open to the"
            " internet as before"
        ),
        means=(
            "Other ports, single networks or traffic going out may be judged differently; the"
            " worst case is not worse."
        ),
        advice=(
            "Match the edit to a change ticket, and read the outbound entries if data leaving is"
            " what you worry about."
        ),
    ),
)

LIFECYCLE = (
    ChangeKind(
        name="nacl.created",
        evidence=_ACL,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="network ACL {resource} was created in {VpcId}",
        trigger="A network ACL is new in the region",
        means=(
            "It judges nothing before a subnet uses it; the default one of a new VPC lets"
            " everything in and out."
        ),
        advice="See which subnets get it, and hold its entries against your template.",
    ),
    ChangeKind(
        name="nacl.deleted",
        evidence=_ACL,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="network ACL {resource} of {VpcId} was deleted",
        trigger="A network ACL is gone from a complete listing",
        means=(
            "AWS deletes one only when no subnet uses it or with its VPC, so by this alone no"
            " traffic passes that did not."
        ),
        advice=(
            "Check where its subnets went before, which nacl.subnet_reassociated tells, and drop"
            " it from the network plan."
        ),
    ),
    ChangeKind(
        name="nacl.subnet_reassociated",
        evidence=_ACL,
        path="Associations.*",
        when=_moved,
        direction=_of_move,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="subnet {leaf} moved",
        adds=_journey,
        trigger=(
            "A subnet left one network ACL as it came to another; told of both, and weighed by"
            " the sensitive ports that are open to the internet in each"
        ),
        means=(
            "Other entries judge all traffic of the subnet from that moment; the default ACL of a"
            " VPC as a rule lets everything pass."
        ),
        advice=(
            "Find ReplaceNetworkAclAssociation in CloudTrail, and hold the new entries against"
            " what runs in the subnet."
        ),
    ),
)
