"""Rules of security groups by their ids: what was edited in place, and what is the same under another id.

That a rule came or went is told by its group. The row of the rule repeats it quietly, so that a rule can be
followed by its id.
"""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Echo, Lifecycle
from driftkeeper.domain.types import Direction, Severity

_RULE = "ec2.security_group_rule"


def _group(d: Difference) -> str:
    return d.resource.partition("/rule/")[0]


def _places(d: Difference) -> tuple[str, str]:
    """Return where a change of the group lies that is of this rule, or of the whole group."""
    way, _, rule = d.resource.partition("/rule/")[2].partition("/")
    field = "IpPermissions" if way == "ingress" else "IpPermissionsEgress"
    return f"{field}/{rule}", ""


RULES = (
    ChangeKind(
        name="sg.rule_modified",
        evidence="ec2.security_group_rule",
        on=Lifecycle.RENAMED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6", "CC8.1"),
        says="a rule of {GroupId} was edited in place: it is {Rule} now",
        adds=lambda d: f", and was {str(d.before).partition('/rule/')[2]}",
        trigger="The same rule id (sgr-) stands for another rule of the group",
        means="Who reviewed the rule by its id approved something else than what it allows now.",
        advice=(
            "Review it as a new rule, and find ModifySecurityGroupRules in CloudTrail for who"
            " edited it."
        ),
    ),
    ChangeKind(
        name="sg.rule_replaced",
        evidence="ec2.security_group_rule",
        on=Lifecycle.RECREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.6", "CC8.1"),
        says="the rule {Rule} of {GroupId} was revoked and granted again: {after} replaces {before}",
        trigger="The same rule of a group has another id (sgr-)",
        means=(
            "Nothing is open that was not; infrastructure code does so when it applies a template"
            " again."
        ),
        advice="Correct lists and tags that name the rule by its id; nothing else to do.",
    ),
    ChangeKind(
        name="sg.rule_listed",
        evidence=_RULE,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        says="the rule {Rule} of {GroupId} has the id {SecurityGroupRuleId}",
        echo=Echo(("sg.rule_added", "sg.created"), of=_group, at=_places),
        trigger="A rule is new in the listing of rules by their ids",
        means="The rule that its group tells of can be followed by its id from here on.",
        advice="Read the change that caused it, of the group.",
    ),
    ChangeKind(
        name="sg.rule_unlisted",
        evidence=_RULE,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        says="the rule {Rule} of {GroupId}, {SecurityGroupRuleId}, is gone",
        echo=Echo(("sg.rule_removed", "sg.deleted"), of=_group, at=_places),
        trigger="A rule is gone from a complete listing of rules by their ids",
        means="The id will not come back; if the same rule does, it has another one.",
        advice="Read the change that caused it, of the group.",
    ),
)
