"""Security groups: what their rules expose together (decision: judge the exposure, not the rule)."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference
from driftkeeper.domain.types import Direction, Severity
from driftkeeper.semantics.addresses import FAMILIES, Reach
from driftkeeper.semantics.network import port_class

_SEVERITY = {
    "all": Severity.CRITICAL,
    "admin": Severity.HIGH,
    "database": Severity.HIGH,
    "high_risk": Severity.HIGH,
    "other": Severity.MEDIUM,
    "web": Severity.LOW,
}


def _severity(d: Difference) -> Severity:
    protocol, ports = d.path[2], d.path[3].split("-")
    return _SEVERITY[port_class(int(ports[0]), int(ports[-1]), protocol)]


def _public(value: object) -> bool:
    return Reach(str(value)).is_public


def _is(d: Difference, direction: str) -> bool:
    """Say whether a reach moved; what cannot be resolved has no reach to compare."""
    return d.path[0] == direction and d.path[1] in FAMILIES


def _opened(d: Difference) -> bool:
    return not _public(d.before) and _public(d.after)


def _closed(d: Difference) -> bool:
    return _public(d.before) and not _public(d.after)


def _wider(d: Difference) -> bool:
    return Reach(str(d.after)) > Reach(str(d.before))


EXPOSURE = (
    ChangeKind(
        name="sg.public_ingress_added",
        evidence="ec2.exposure",
        when=lambda d: _is(d, "ingress") and _opened(d) and "grows" not in d.traits,
        direction=Direction.WEAKENED,
        severity=_severity,
        criteria=("CC6.6",),
        says="{resource} opened {steps[2]} {steps[3]} to the internet ({steps[1]}, {after})",
        trigger=(
            "A run of ports went from none or specific to broad or any inbound, and does not just"
            " lengthen one that was and stays public"
        ),
        means=(
            "Whoever scans the internet can reach these ports on each interface that has the"
            " group and a public address."
        ),
        advice=(
            "Find the interfaces that have the group; limit the source to known networks or use"
            " Session Manager, or have the exposure approved."
        ),
    ),
    ChangeKind(
        name="sg.public_ingress_removed",
        evidence="ec2.exposure",
        when=lambda d: _is(d, "ingress") and _closed(d) and "shrinks" not in d.traits,
        direction=Direction.STRENGTHENED,
        severity=_severity,
        criteria=("CC6.6",),
        says="{resource} closed {steps[2]} {steps[3]} to the internet ({steps[1]})",
        trigger=(
            "A run of ports went from broad or any to none or specific inbound, and does not just"
            " shorten one that stays public"
        ),
        means=(
            "These ports are not open to the internet through this group any more; another group"
            " on the same interface may still open them."
        ),
        advice=(
            "Link it to the deviation it ends, check the other groups of its interfaces, and note"
            " for how long it was open."
        ),
    ),
    ChangeKind(
        name="sg.ingress_widened",
        evidence="ec2.exposure",
        when=lambda d: _is(d, "ingress") and _wider(d) and (not _opened(d) or "grows" in d.traits),
        direction=Direction.WEAKENED,
        severity=lambda d: _severity(d) if _public(d.after) else Severity.MEDIUM,
        criteria=("CC6.6",),
        says="{resource} widened {steps[2]} {steps[3]} from {before} to {after} ({steps[1]})",
        trigger=(
            "The inbound reach of a run of ports rose otherwise: below public, from broad to any,"
            " or beside ports that are public already"
        ),
        means=(
            "More addresses get through, or more ports beside an open one, than somebody once"
            " agreed to."
        ),
        advice=(
            "Have the owner name the new networks or ports, and take back those that nobody can"
            " name."
        ),
    ),
    ChangeKind(
        name="sg.ingress_narrowed",
        evidence="ec2.exposure",
        when=lambda d: (
            _is(d, "ingress") and not _wider(d) and (not _closed(d) or "shrinks" in d.traits)
        ),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.6",),
        says="{resource} narrowed {steps[2]} {steps[3]} from {before} to {after} ({steps[1]})",
        trigger=(
            "The inbound reach of a run of ports fell otherwise: below public, from any to broad,"
            " or beside ports that stay public"
        ),
        means=(
            "Less of the internet gets through than before, but what is left may still be public."
        ),
        advice=(
            "Look at what the group still exposes, and go on if that is not yet what was wanted."
        ),
    ),
    ChangeKind(
        name="sg.egress_opened",
        evidence="ec2.exposure",
        when=lambda d: _is(d, "egress") and _wider(d),
        direction=Direction.WEAKENED,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="{resource} may now reach more of the internet on {steps[2]} {steps[3]} ({after})",
        trigger="The outbound reach of a run of ports rose",
        means=(
            "A host that is taken over can send data out, or fetch tools, over these ports to"
            " more places."
        ),
        advice=(
            "Ask which service needs it; where the data is sensitive, limit it to endpoints,"
            " prefix lists or a proxy."
        ),
    ),
    ChangeKind(
        name="sg.egress_restricted",
        evidence="ec2.exposure",
        when=lambda d: _is(d, "egress") and not _wider(d),
        direction=Direction.STRENGTHENED,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="{resource} may now reach less of the internet on {steps[2]} {steps[3]} ({after})",
        trigger="The outbound reach of a run of ports fell",
        means="A host that is taken over has fewer ways to send data out or to call home.",
        advice=(
            "Watch that updates and monitoring still get through, and do the same for groups of"
            " the same kind."
        ),
    ),
)
