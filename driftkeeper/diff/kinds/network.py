"""Security groups: rules as they are written, and what they expose (decision: judge the exposure)."""

from __future__ import annotations

from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    appeared,
    vanished,
)
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


def _is_foreign(d: Difference) -> bool:
    peer = d.after or d.before
    owner = peer.get("UserId") if isinstance(peer, dict) else None
    return owner not in (None, d.scope.account)


def _is_default(d: Difference) -> bool:
    return bool(d.field("GroupName") == "default")


def _rule(d: Difference) -> bool:
    return len(d.path) == 2 and d.path[0] in ("IpPermissions", "IpPermissionsEgress")


def _count(d: Difference, *, old: bool) -> int:
    body = d.old if old else d.new
    if body is None:
        return 0
    found = (body.config.get(name) for name in ("IpPermissions", "IpPermissionsEgress"))
    return sum(len(rules) for rules in found if isinstance(rules, list))


EXPOSURE = (
    ChangeKind(
        name="sg.public_ingress_added",
        evidence="ec2.exposure",
        when=lambda d: _is(d, "ingress") and _opened(d) and "grows" not in d.traits,
        direction=Direction.WEAKENED,
        severity=_severity,
        criteria=("CC6.6",),
        says="{resource} opened {steps[2]} {steps[3]} to the internet ({steps[1]}, {after})",
    ),
    ChangeKind(
        name="sg.public_ingress_removed",
        evidence="ec2.exposure",
        when=lambda d: _is(d, "ingress") and _closed(d) and "shrinks" not in d.traits,
        direction=Direction.STRENGTHENED,
        severity=_severity,
        criteria=("CC6.6",),
        says="{resource} closed {steps[2]} {steps[3]} to the internet ({steps[1]})",
    ),
    ChangeKind(
        name="sg.ingress_widened",
        evidence="ec2.exposure",
        when=lambda d: _is(d, "ingress") and _wider(d) and (not _opened(d) or "grows" in d.traits),
        direction=Direction.WEAKENED,
        severity=lambda d: _severity(d) if _public(d.after) else Severity.MEDIUM,
        criteria=("CC6.6",),
        says="{resource} widened {steps[2]} {steps[3]} from {before} to {after} ({steps[1]})",
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
    ),
    ChangeKind(
        name="sg.egress_opened",
        evidence="ec2.exposure",
        when=lambda d: _is(d, "egress") and _wider(d),
        direction=Direction.WEAKENED,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="{resource} may now reach more of the internet on {steps[2]} {steps[3]} ({after})",
    ),
    ChangeKind(
        name="sg.egress_restricted",
        evidence="ec2.exposure",
        when=lambda d: _is(d, "egress") and not _wider(d),
        direction=Direction.STRENGTHENED,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="{resource} may now reach less of the internet on {steps[2]} {steps[3]} ({after})",
    ),
)

RULES = (
    ChangeKind(
        name="sg.rule_added",
        evidence="ec2.security_group",
        when=lambda d: _rule(d) and appeared(d),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6", "CC8.1"),
        says="{resource} gained the rule {leaf} in {steps[0]}",
    ),
    ChangeKind(
        name="sg.rule_removed",
        evidence="ec2.security_group",
        when=lambda d: _rule(d) and vanished(d),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6", "CC8.1"),
        says="{resource} lost the rule {leaf} in {steps[0]}",
    ),
    ChangeKind(
        name="sg.rule_description_changed",
        evidence="ec2.security_group",
        when=lambda d: len(d.path) == 3 and d.path[2] == "Description",
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        says="{resource}: the rule {steps[1]} is now described as {after}",
    ),
    ChangeKind(
        name="sg.rule_modified",
        evidence="ec2.security_group_rule",
        on=Lifecycle.RENAMED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6", "CC8.1"),
        says="a rule of {GroupId} was edited in place: it is {Rule} now, and was {before}",
    ),
    ChangeKind(
        name="sg.rule_replaced",
        evidence="ec2.security_group_rule",
        on=Lifecycle.RECREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.6", "CC8.1"),
        says="the rule {Rule} of {GroupId} was revoked and granted again: {after} replaces {before}",
    ),
    ChangeKind(
        name="sg.cross_account_reference_added",
        evidence="ec2.security_group",
        when=lambda d: _rule(d) and appeared(d) and _is_foreign(d),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="{resource} lets in a security group of another account: {leaf}",
        claims=False,
    ),
    ChangeKind(
        name="sg.cross_account_reference_removed",
        evidence="ec2.security_group",
        when=lambda d: _rule(d) and vanished(d) and _is_foreign(d),
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="{resource} no longer lets in a security group of another account: {leaf}",
        claims=False,
    ),
    ChangeKind(
        name="sg.default_group_opened",
        evidence="ec2.security_group",
        whole=True,
        when=lambda d: _is_default(d) and _count(d, old=True) == 0 < _count(d, old=False),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="the default group {resource} has rules now",
        claims=False,
    ),
    ChangeKind(
        name="sg.default_group_closed",
        evidence="ec2.security_group",
        whole=True,
        when=lambda d: _is_default(d) and _count(d, old=False) == 0 < _count(d, old=True),
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="the default group {resource} has no rules any more",
        claims=False,
    ),
    ChangeKind(
        name="sg.created",
        evidence="ec2.security_group",
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="security group {resource} was created",
    ),
    ChangeKind(
        name="sg.deleted",
        evidence="ec2.security_group",
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="security group {resource} was deleted",
    ),
)
