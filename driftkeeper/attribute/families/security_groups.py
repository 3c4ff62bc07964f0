"""Security groups and their rules: calls of `ec2`, logged in the group's region."""

from __future__ import annotations

from driftkeeper.attribute.events import Event
from driftkeeper.attribute.matching import at, both, created, deleted, renamed, whole
from driftkeeper.attribute.rules import rules_in
from driftkeeper.attribute.spec import Deed, Family, Fits, is_enough
from driftkeeper.domain.types import Change

EC2 = "ec2.amazonaws.com"
_GROUP = (
    "requestParameters.groupId",
    "responseElements.groupId",
    "responseElements.securityGroupRuleSet.groupId",
)
_SIDES = {"Ingress": "IpPermissions", "Egress": "IpPermissionsEgress"}
_RULES_OF = {"Ingress": "ingress", "Egress": "egress"}


def _names(change: Change) -> frozenset[str]:
    """Return the id of the group, which a rule's key holds too."""
    inside = change.resource.partition(":security-group/")[2]
    return frozenset({inside.partition("/")[0]})


def _told_rule(change: Change) -> str | None:
    """Return the rule that a change is about, by the name it has in its group."""
    key = change.resource.partition("/rule/")[2]
    if not key and not change.path.startswith(tuple(_SIDES.values())):
        return None
    name = (key or change.path).partition("/")[2]
    return name.removesuffix("/Description").partition("#")[0]


def _rule(change: Change, event: Event) -> bool | None:
    """Prove that the call was about this rule; who names rules by id alone does not tell."""
    wanted = _told_rule(change)
    given = rules_in(event.record.get("requestParameters"))
    found = given or rules_in(event.record.get("responseElements"))
    return not found.isdisjoint(_spellings(wanted)) if found and wanted else None


def _spellings(rule: str) -> set[str]:
    """Return the name of a rule, and the one in which a group as peer is named without its owner."""
    head, _, peer = rule.rpartition("/")
    above, _, owner = head.rpartition("/")
    is_group = peer.startswith("sg-") and owner.isdigit() and len(owner) == 12
    return {rule, f"{above}/{peer}"} if is_group else {rule}


def _is_on(side: str) -> Fits:
    """Fit what is told of one side of a group: of the group, of a rule, or of its exposure."""
    field, word = _SIDES[side], _RULES_OF[side]
    return lambda change: (
        change.path.startswith(f"{field}/")
        or f"/rule/{word}/" in change.resource
        or change.path.startswith(f"{word}/")
    )


def _rule_itself(change: Change) -> bool:
    return not change.path.endswith("/Description") and not change.path.startswith("Tags")


def _came(change: Change) -> bool:
    is_rule = change.before is None or change.kind.endswith(("recreated", ".rule_replaced"))
    return _rule_itself(change) and is_rule and change.after is not None


def _went(change: Change) -> bool:
    return _rule_itself(change) and change.before is not None and change.after is None


def _described(change: Change) -> bool:
    return change.path.endswith("/Description")


def _is_group(change: Change) -> bool:
    return change.scope.evidence == "ec2.security_group"


def _is_rule_row(change: Change) -> bool:
    return change.scope.evidence == "ec2.security_group_rule"


def _exposed(change: Change) -> bool:
    return change.scope.evidence == "ec2.exposure"


def _of_side(side: str) -> tuple[Deed, ...]:
    on = _is_on(side)
    return (
        Deed((f"AuthorizeSecurityGroup{side}",), _GROUP, both(on, _came), _rule),
        Deed((f"RevokeSecurityGroup{side}",), _GROUP, both(on, _went), _rule),
        Deed((f"UpdateSecurityGroupRuleDescriptions{side}",), _GROUP, both(on, _described), _rule),
        Deed(
            (f"AuthorizeSecurityGroup{side}", f"RevokeSecurityGroup{side}"),
            _GROUP,
            both(on, _exposed),
        ),
    )


_ALL_RULES = tuple(
    f"{verb}SecurityGroup{side}" for verb in ("Authorize", "Revoke") for side in _SIDES
)


def _edited(change: Change) -> bool:
    """Fit what an edit in place shows as: a rule that came, one that went, or one of another name."""
    return renamed(change) or (
        not created(change)
        and not deleted(change)
        and (at("IpPermissions*/*")(change) or "/rule/" in change.resource or _exposed(change))
    )


GROUP = Family(
    name="ec2.security_group",
    evidence=("ec2.security_group", "ec2.security_group_rule", "ec2.exposure"),
    source=EC2,
    names=_names,
    deeds=(
        Deed(("CreateSecurityGroup",), _GROUP, both(_is_group, created), is_enough),
        Deed(("DeleteSecurityGroup",), _GROUP, both(_is_group, deleted), is_enough),
        Deed(_ALL_RULES, _GROUP, both(_is_group, whole)),
        # A group comes with a rule that AWS puts in, and takes those that are left along.
        Deed(("CreateSecurityGroup",), _GROUP, both(_is_rule_row, _came)),
        Deed(("DeleteSecurityGroup",), _GROUP, both(_is_rule_row, _went)),
        *_of_side("Ingress"),
        *_of_side("Egress"),
        Deed(
            ("ModifySecurityGroupRules",),
            _GROUP,
            _edited,
            lambda change, event: (
                None if change.after is None or _exposed(change) else _rule(change, event)
            ),
        ),
    ),
)
