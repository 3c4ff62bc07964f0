"""Security groups and network ACLs: what the internet can reach (item 8 of the request list)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from driftkeeper.assess.spec import Control
from driftkeeper.domain.types import Change, Severity
from driftkeeper.semantics.network import DATABASE_PORTS, HIGH_RISK_PORTS, LAST_PORT, WEB_PORTS

_GROUP = (
    "sg.public_ingress_*",
    "sg.ingress_*",
    "sg.created",
    "sg.deleted",
    "prefix_list.public_cidr_*",
    "vpc.block_public_access_*",
    "vpc.internet_block_*",
)
_ACL = (
    "nacl.public_ingress_*",
    "nacl.subnet_reassociated",
    "nacl.created",
    "nacl.deleted",
    "vpc.block_public_access_*",
    "vpc.internet_block_*",
)


def _span(change: Change) -> tuple[str, int, int] | None:
    """Return protocol and ports of a change of exposure, None for a change of another sort."""
    direction, *rest = change.path.split("/")
    if direction != "ingress" or len(rest) != 3 or change.scope.evidence != "ec2.exposure":
        return None
    first, _, last = rest[2].partition("-")
    return (rest[1], int(first), int(last or first)) if first.isdecimal() else None


def _on(ports: Iterable[int]) -> Callable[[Change], bool]:
    """Return whether a change of exposure is of one of the ports; of other changes it cannot be told."""
    wanted = {*ports}

    def touches(change: Change) -> bool:
        span = _span(change)
        return span is None or any(span[1] <= port <= span[2] for port in wanted)

    return touches


def _on_all(change: Change) -> bool:
    span = _span(change)
    return span is None or span[0] == "all" or span[1:] == (0, LAST_PORT)


_UNATTACHED = "one step lower where the group is attached to no network interface"

NETWORK = (
    Control(
        name="sg-no-public-ssh",
        title="No security group opens SSH to the internet",
        criteria=("CC6.6",),
        severity=Severity.HIGH,
        severity_note=_UNATTACHED,
        item=8,
        fails_when="A security group lets the internet, or a large part of it, in on TCP port 22.",
        remediate="Remove the rule, or narrow it to known addresses; use Session Manager.",
        limits=(
            "This does not evidence SSH on other ports, nor what network ACLs, firewalls and "
            "routes keep out."
        ),
        parameters={"ports": [22]},
        refs=("CIS 6.3", "CIS 6.4", "FSBP EC2.13"),
        changes=_GROUP,
        touches=_on([22]),
    ),
    Control(
        name="sg-no-public-rdp",
        title="No security group opens remote desktops to the internet",
        criteria=("CC6.6",),
        severity=Severity.HIGH,
        severity_note=_UNATTACHED,
        item=8,
        fails_when=(
            "A security group lets the internet, or a large part of it, in on TCP or UDP port 3389."
        ),
        remediate="Remove the rule, or narrow it to known addresses.",
        limits=(
            "This does not evidence remote desktops on other ports, nor what network ACLs, "
            "firewalls and routes keep out."
        ),
        parameters={"ports": [3389]},
        refs=("FSBP EC2.14",),
        changes=_GROUP,
        touches=_on([3389]),
    ),
    Control(
        name="sg-no-public-database",
        title="No security group opens a database to the internet",
        criteria=("CC6.6",),
        severity=Severity.HIGH,
        severity_note=_UNATTACHED,
        item=8,
        fails_when=(
            "A security group lets the internet, or a large part of it, in on a usual port of a "
            "database."
        ),
        remediate="Remove the rule, or let in the security group of the application instead.",
        limits=(
            "This does not evidence databases on other ports, nor those made public in another way."
        ),
        parameters={"ports": sorted(DATABASE_PORTS)},
        changes=_GROUP,
        touches=_on(sorted(DATABASE_PORTS)),
    ),
    Control(
        name="sg-no-public-all-traffic",
        title="No security group opens every port to the internet",
        criteria=("CC6.6",),
        severity=Severity.CRITICAL,
        severity_note=_UNATTACHED,
        item=8,
        fails_when=(
            "A security group lets the internet, or a large part of it, in on every protocol or "
            "every TCP port."
        ),
        remediate="Remove the rule, and add the ports that are needed.",
        limits="This does not evidence what network ACLs, firewalls and routes keep out.",
        changes=_GROUP,
        touches=_on_all,
    ),
    Control(
        name="sg-no-public-high-risk-ports",
        title="No security group opens a port of high risk to the internet",
        criteria=("CC6.6",),
        severity=Severity.HIGH,
        severity_note=_UNATTACHED,
        item=8,
        extended=True,
        fails_when=(
            "A security group lets the internet, or a large part of it, in on a port of high "
            "risk, such as file sharing."
        ),
        remediate="Remove the rule, or narrow it to known addresses.",
        limits="This does not evidence what network ACLs, firewalls and routes keep out.",
        parameters={"ports": sorted(HIGH_RISK_PORTS)},
        refs=("FSBP EC2.19",),
        changes=_GROUP,
        touches=_on(sorted(HIGH_RISK_PORTS)),
    ),
    Control(
        name="sg-public-ports-authorized",
        title="Only authorised ports are open to the internet",
        criteria=("CC6.6",),
        severity=Severity.MEDIUM,
        severity_note=_UNATTACHED,
        item=8,
        fails_when=(
            "A security group lets the internet in on a port that is not authorised, and nobody "
            "justified it."
        ),
        remediate="Close the port, authorise it, or record why it is open.",
        limits="This does not evidence that what listens on an authorised port is safe.",
        parameters={"authorised_ports": sorted(WEB_PORTS)},
        refs=("FSBP EC2.18",),
        changes=_GROUP,
    ),
    Control(
        name="sg-public-justified",
        title="Every port open to the internet has a reason on record",
        criteria=("CC6.6",),
        severity=Severity.LOW,
        severity_note=_UNATTACHED,
        item=8,
        fails_when=(
            "A security group lets the internet in, on whatever port, without a description of "
            "the rule, a tag or a justification."
        ),
        remediate="Describe the rule, tag the group, or record the justification.",
        limits="This does not evidence that the reason is a good one.",
        parameters={"tag": "public-justification"},
        changes=(*_GROUP, "sg.rule_description_changed"),
    ),
    Control(
        name="sg-default-closed",
        title="Default security groups have no rules",
        criteria=("CC6.6",),
        severity=Severity.MEDIUM,
        severity_note=_UNATTACHED,
        item=8,
        fails_when="The default security group of a VPC has a rule, inbound or outbound.",
        remediate="Move what uses the default group to a group of its own, then remove its rules.",
        limits="This does not evidence that nothing uses the group.",
        refs=("CIS 6.5", "FSBP EC2.2"),
        changes=("sg.default_group_*", "sg.created", "sg.deleted"),
    ),
    Control(
        name="nacl-no-public-admin",
        title="No network ACL lets the internet in to SSH or remote desktops",
        criteria=("CC6.6",),
        severity=Severity.MEDIUM,
        item=8,
        fails_when=(
            "A network ACL of at least one subnet lets the internet, or a large part of it, in on "
            "port 22 or 3389."
        ),
        remediate="Deny these ports from the internet ahead of the entry that allows them.",
        limits=(
            "This does not evidence that anything can be reached: security groups decide that, too."
        ),
        parameters={"ports": [22, 3389]},
        refs=("CIS 6.2", "FSBP EC2.21"),
        changes=_ACL,
    ),
    Control(
        name="nacl-no-allow-all-custom",
        title="No network ACL of yours lets everything in",
        criteria=("CC6.6",),
        severity=Severity.LOW,
        item=8,
        extended=True,
        fails_when="A network ACL other than the default one lets every source in on every port.",
        remediate="Write out what the subnets need.",
        limits=(
            "This does not evidence default network ACLs, which let everything in unless they are "
            "edited."
        ),
        changes=(*_ACL, "nacl.rules_changed"),
    ),
)
