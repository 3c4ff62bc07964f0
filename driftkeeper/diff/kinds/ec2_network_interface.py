"""Network interfaces: which groups guard them, and where the internet finds them."""

from __future__ import annotations

from ipaddress import ip_address

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, appeared, turned, vanished
from driftkeeper.domain.types import Body, Direction, Json, Severity

_ENI = "ec2.network_interface"
_ADDRESSES = ("PrivateIpAddresses.*", "PrivateIpAddresses.*.Association", "Ipv6Addresses.*")
_COPIES = ("Association", "Association.*")


def _public(value: Json) -> str | None:
    """Return the address of an element or association by which the internet finds it, if there is one."""
    if not isinstance(value, dict):
        return None
    association = value.get("Association")
    inner = association.get("PublicIp") if isinstance(association, dict) else None
    found = value.get("PublicIp") or inner
    return str(found) if found else _global(value.get("Ipv6Address"))


def _global(address: Json) -> str | None:
    try:
        return str(address) if ip_address(str(address)).is_global else None
    except ValueError:
        return None


def _found_as(body: Body | None) -> str:
    """Say under which address the internet finds an interface, if it does."""
    found = _public(dict(body.config)) if body else None
    return f", on the internet as {found}" if found else ""


def _gained(d: Difference) -> bool:
    return appeared(d) and _public(d.after) is not None


def _lost(d: Difference) -> bool:
    return vanished(d) and _public(d.before) is not None


INTERFACES = (
    ChangeKind(
        name="eni.group_attached",
        evidence=_ENI,
        path="Groups.*",
        when=appeared,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="network interface {resource} has the security group {leaf} now",
        trigger="A security group was put on a network interface",
        means="What the group lets in now reaches this interface, and what runs behind it.",
        advice="Check what the group lets in, above all from the internet.",
    ),
    ChangeKind(
        name="eni.group_detached",
        evidence=_ENI,
        path="Groups.*",
        when=vanished,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="network interface {resource} no longer has the security group {leaf}",
        trigger="A security group was taken off a network interface",
        means="What the group let in no longer reaches this interface by it.",
        advice="Check that another group still guards the interface as it should.",
    ),
    ChangeKind(
        name="eni.public_address_added",
        evidence=_ENI,
        paths=_ADDRESSES,
        when=_gained,
        direction=Direction.WEAKENED,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        explains=_COPIES,
        says="network interface {resource} can be found on the internet now",
        adds=lambda d: f": as {_public(d.after)}",
        trigger="A network interface that stays got a public IPv4 or a global IPv6 address",
        means="The internet can address what runs here; its groups and network ACL decide what gets in.",
        advice="Check that the interface is meant to be public and what its groups let in.",
    ),
    ChangeKind(
        name="eni.public_address_removed",
        evidence=_ENI,
        paths=_ADDRESSES,
        when=_lost,
        direction=Direction.STRENGTHENED,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        explains=_COPIES,
        says="network interface {resource} gave up an address on the internet",
        adds=lambda d: f": {_public(d.before)}",
        trigger="A network interface that stays lost a public IPv4 or a global IPv6 address",
        means="The internet can no longer address what runs here under that address.",
        advice="Nothing is to be done; take the address out of DNS and allow-lists.",
    ),
    ChangeKind(
        name="eni.public_address_changed",
        evidence=_ENI,
        path="PrivateIpAddresses.*.Association.PublicIp",
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.6",),
        explains=_COPIES,
        says="network interface {resource} is {after} on the internet instead of {before}",
        trigger="A public IPv4 address of a network interface was replaced by another",
        means="It is found under another address, and allow-lists may still trust the old one.",
        advice="Take the old address out of DNS and allow-lists: it may be somebody else's soon.",
    ),
    ChangeKind(
        name="eni.source_check_disabled",
        evidence=_ENI,
        path="SourceDestCheck",
        when=turned(True, False),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="network interface {resource} may pass on traffic that is not its own",
        trigger="The check of source and destination was switched off on a network interface",
        means="It can route, and so connect networks that are meant to be apart.",
        advice="Switch the check on again unless this is a NAT instance, a VPN or a firewall.",
    ),
    ChangeKind(
        name="eni.source_check_enabled",
        evidence=_ENI,
        path="SourceDestCheck",
        when=turned(False, True),
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="network interface {resource} only handles its own traffic again",
        trigger="The check of source and destination was switched on for a network interface",
        means="It can no longer route between networks that are meant to be apart.",
        advice="Nothing is to be done if nothing behind it needed the routing.",
    ),
    ChangeKind(
        name="eni.created",
        evidence=_ENI,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.6",),
        says="network interface {resource} was created",
        adds=lambda d: _found_as(d.new),
        trigger="A network interface is new in a complete listing; if it is public, its address is said",
        means="Something new can be reached in a network, as far as its groups let it.",
        advice="For a public one check that it is meant to be; most come and go with servers by themselves.",
    ),
    ChangeKind(
        name="eni.deleted",
        evidence=_ENI,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.6",),
        says="network interface {resource} was deleted",
        adds=lambda d: _found_as(d.old),
        trigger="A network interface is gone from a complete listing",
        means="What ran behind it is reached by it no more, and its address may become somebody else's.",
        advice="Take a public address that it had out of DNS and allow-lists.",
    ),
)
