"""Security groups: their rules as they are written, and the groups themselves."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Echo, Lifecycle, appeared, both, vanished
from driftkeeper.domain.types import Direction, Severity

_WAYS = {"IpPermissions": "ingress", "IpPermissionsEgress": "egress"}
_RULES = tuple(f"{way}.*" for way in _WAYS)


def _is_foreign(d: Difference) -> bool:
    peer = d.after or d.before
    owner = peer.get("UserId") if isinstance(peer, dict) else None
    return owner not in (None, d.scope.account)


def _is_default(d: Difference) -> bool:
    return bool(d.field("GroupName") == "default")


def _row(d: Difference) -> str:
    """Return the key that the rule has as a row of its own."""
    return f"{d.resource}/rule/{_WAYS[d.path[0]]}/{d.path[1]}"


EDITED = Echo(("sg.rule_modified",), of=_row)
"""A rule that was edited in place is told as that; its group tells what came and what went."""


def _count(d: Difference, *, old: bool) -> int:
    body = d.old if old else d.new
    if body is None:
        return 0
    found = (body.config.get(name) for name in ("IpPermissions", "IpPermissionsEgress"))
    return sum(len(rules) for rules in found if isinstance(rules, list))


RULES = (
    ChangeKind(
        name="sg.rule_added",
        evidence="ec2.security_group",
        paths=_RULES,
        when=appeared,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6", "CC8.1"),
        says="{resource} gained the rule {leaf} in {steps[0]}",
        echo=EDITED,
        trigger="A peer of a rule is new in IpPermissions or IpPermissionsEgress",
        means=(
            "It is the rule as it is written; whether it exposes anything is told apart, as a"
            " change of exposure caused by this one."
        ),
        advice=(
            "Match it to a change ticket or to infrastructure code; one made by hand is the one"
            " to ask about."
        ),
    ),
    ChangeKind(
        name="sg.rule_removed",
        evidence="ec2.security_group",
        paths=_RULES,
        when=vanished,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6", "CC8.1"),
        says="{resource} lost the rule {leaf} in {steps[0]}",
        echo=EDITED,
        trigger="A peer of a rule is gone from IpPermissions or IpPermissionsEgress",
        means="Traffic that only this rule let through is dropped; what other rules allow goes on.",
        advice=(
            "Check that it was planned and that no service lost a connection; what it closed is"
            " told as a change of exposure."
        ),
    ),
    ChangeKind(
        name="sg.rule_description_changed",
        evidence="ec2.security_group",
        paths=tuple(f"{rule}.Description" for rule in _RULES),
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        says="{resource}: the rule {steps[1]} is now described as {after}",
        trigger="Description of a peer of a rule differs, and the rule is there on both days",
        means=(
            "No traffic is affected, but the description is often all that says why a rule"
            " exists, and can be made to look approved."
        ),
        advice="Check that it still names the right ticket or owner.",
    ),
    ChangeKind(
        name="sg.cross_account_reference_added",
        evidence="ec2.security_group",
        paths=_RULES,
        when=both(appeared, _is_foreign),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="{resource} names a security group of another account in {steps[0]}: {leaf}",
        claims=False,
        trigger=(
            "A new peer of a rule, inbound or outbound, is a security group whose UserId is"
            " another account"
        ),
        means=(
            "Another account decides which of its hosts are in that group, and so which may talk"
            " to yours over a peering."
        ),
        advice=(
            "Have the owner of the rule name the account and the purpose, and limit it to the"
            " ports that are needed."
        ),
    ),
    ChangeKind(
        name="sg.cross_account_reference_removed",
        evidence="ec2.security_group",
        paths=_RULES,
        when=both(vanished, _is_foreign),
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="{resource} no longer names a security group of another account in {steps[0]}: {leaf}",
        claims=False,
        trigger=(
            "A peer of a rule that is gone was a security group whose UserId is another account"
        ),
        means="Hosts that another account picks no longer match this rule.",
        advice=(
            "Link it to the end of the project or contract, and ask whether the peering"
            " connection is still needed."
        ),
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
        trigger="The group named default has rules, inbound or outbound, and had none before",
        means=(
            "Whatever is launched without a group of its own gets this one: empty it is a safety"
            " net, with rules a way in or out by mistake."
        ),
        advice="Remove the rules, and give what is in the group a group of its own.",
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
        trigger="The group named default has no rules, inbound or outbound, and had some before",
        means="What falls into this group by mistake can neither be reached nor reach anything.",
        advice=(
            "Do the same for the default groups of the other VPCs and regions, and link it to the"
            " deviation it ends."
        ),
    ),
    ChangeKind(
        name="sg.created",
        evidence="ec2.security_group",
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="security group {resource} was created",
        trigger="A security group is new in the region",
        means=(
            "Its rules expose nothing before an interface uses it; from then on all of them count."
        ),
        advice=(
            "Read the rules it came with (driftkeeper show), and match it to a change ticket or"
            " to infrastructure code."
        ),
    ),
    ChangeKind(
        name="sg.deleted",
        evidence="ec2.security_group",
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="security group {resource} was deleted",
        trigger="A security group is gone from a complete listing",
        means=(
            "AWS deletes a group only when no interface uses it and no other group refers to it,"
            " so that no traffic is affected."
        ),
        advice="Drop it from the network plan; nothing else to do.",
    ),
)
