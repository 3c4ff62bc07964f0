"""Cases of `ec2.security_group` and of what it exposes."""

from __future__ import annotations

from tests.cases.answers import ACCOUNT, GONE, OTHER_ACCOUNT, allow, group, rule
from tests.cases.case import Case

GROUP = "ec2.security_group"
RULE = "ec2.security_group_rule"
_W, _S, _N = "weakened", "strengthened", "neutral"
_ALL = "0.0.0.0/0"
_OFFICE = "8.8.8.8/32"
_NAMED = {"GroupName": "default"}
_EVERYTHING = allow("-1", None, _ALL)


def _added(*rules: str, field: str = "IpPermissions") -> tuple[tuple[str, str, str, str], ...]:
    return tuple(("sg.rule_added", f"{field}/{rule}", _N, "low") for rule in rules)


def _removed(*rules: str, field: str = "IpPermissions") -> tuple[tuple[str, str, str, str], ...]:
    return tuple(("sg.rule_removed", f"{field}/{rule}", _N, "low") for rule in rules)


def _opened(ports: str, severity: str, family: str = "ipv4") -> tuple[str, str, str, str]:
    return "sg.public_ingress_added", f"ingress/{family}/{ports}", _W, severity


def _closed(ports: str, severity: str, family: str = "ipv4") -> tuple[str, str, str, str]:
    return "sg.public_ingress_removed", f"ingress/{family}/{ports}", _S, severity


def _peer(account: str) -> dict[str, object]:
    return {"GroupId": "sg-9", "UserId": account}


def _described(text: str | None) -> dict[str, object]:
    rule = allow("tcp", 443, "10.0.0.0/8")
    if text is not None:
        rule["IpRanges"][0]["Description"] = text
    return rule


CASES = {
    "ssh is opened to the internet": Case(
        GROUP,
        group(),
        group(allow("tcp", 22, _ALL)),
        expect=(*_added("tcp/22/0.0.0.0/0"), _opened("tcp/22", "high")),
        near=("sg.ingress_widened", "sg.egress_opened", "sg.default_group_opened"),
    ),
    "ssh is closed to the internet": Case(
        GROUP,
        group(allow("tcp", 22, _ALL)),
        group(),
        expect=(*_removed("tcp/22/0.0.0.0/0"), _closed("tcp/22", "high")),
        near=("sg.ingress_narrowed", "sg.egress_restricted", "sg.default_group_closed"),
    ),
    "everything is opened to the internet": Case(
        GROUP,
        group(),
        group(_EVERYTHING),
        expect=(*_added("all/0.0.0.0/0"), _opened("all/0-65535", "critical")),
    ),
    "all ports of one protocol are opened": Case(
        GROUP,
        group(),
        group(allow("tcp", (0, 65535), _ALL)),
        expect=(*_added("tcp/0-65535/0.0.0.0/0"), _opened("tcp/0-65535", "critical")),
    ),
    "a database, a risky, a web and another port are opened": Case(
        GROUP,
        group(),
        group(*(allow("tcp", port, _ALL) for port in (443, 2375, 5432, 7777))),
        expect=(
            *_added(
                "tcp/2375/0.0.0.0/0",
                "tcp/443/0.0.0.0/0",
                "tcp/5432/0.0.0.0/0",
                "tcp/7777/0.0.0.0/0",
            ),
            _opened("tcp/443", "low"),
            _opened("tcp/2375", "high"),
            _opened("tcp/5432", "high"),
            _opened("tcp/7777", "medium"),
        ),
    ),
    "one rule opens both families": Case(
        GROUP,
        group(),
        group(allow("tcp", 22, _ALL, "::/0")),
        expect=(
            *_added("tcp/22/0.0.0.0/0", "tcp/22/::/0"),
            _opened("tcp/22", "high"),
            _opened("tcp/22", "high", "ipv6"),
        ),
    ),
    "two halves are the internet": Case(
        GROUP,
        group(),
        group(allow("tcp", 22, "0.0.0.0/1", "128.0.0.0/1")),
        expect=(*_added("tcp/22/0.0.0.0/1", "tcp/22/128.0.0.0/1"), _opened("tcp/22", "high")),
    ),
    "the second half of the internet is let in": Case(
        GROUP,
        group(allow("tcp", 22, "0.0.0.0/1")),
        group(allow("tcp", 22, "0.0.0.0/1", "128.0.0.0/1")),
        expect=(
            *_added("tcp/22/128.0.0.0/1"),
            ("sg.ingress_widened", "ingress/ipv4/tcp/22", _W, "high"),
        ),
        near=("sg.public_ingress_added",),
    ),
    "a rule repeats what is open already": Case(
        GROUP,
        group(allow("tcp", (20, 30), _ALL)),
        group(allow("tcp", (20, 30), _ALL), allow("tcp", 22, "8.0.0.0/8")),
        expect=_added("tcp/22/8.0.0.0/8"),
        near=("sg.public_ingress_added", "sg.ingress_widened"),
    ),
    "a rule for a port adds nothing where all protocols are open": Case(
        GROUP,
        group(_EVERYTHING),
        group(_EVERYTHING, allow("tcp", 22, _ALL)),
        expect=_added("tcp/22/0.0.0.0/0"),
        near=("sg.public_ingress_added",),
    ),
    "one of two rules that open a port is removed": Case(
        GROUP,
        group(allow("tcp", 22, _ALL), allow("tcp", (20, 30), _ALL)),
        group(allow("tcp", (20, 30), _ALL)),
        expect=_removed("tcp/22/0.0.0.0/0"),
        near=("sg.public_ingress_removed", "sg.ingress_narrowed"),
    ),
    "one host of the internet is let in": Case(
        GROUP,
        group(),
        group(allow("tcp", 22, _OFFICE)),
        expect=(
            *_added("tcp/22/8.8.8.8/32"),
            ("sg.ingress_widened", "ingress/ipv4/tcp/22", _W, "medium"),
        ),
        near=("sg.public_ingress_added",),
    ),
    "one host of the internet is no longer let in": Case(
        GROUP,
        group(allow("tcp", 22, _OFFICE)),
        group(),
        expect=(
            *_removed("tcp/22/8.8.8.8/32"),
            ("sg.ingress_narrowed", "ingress/ipv4/tcp/22", _S, "info"),
        ),
        near=("sg.public_ingress_removed",),
    ),
    "an open range gets longer": Case(
        GROUP,
        group(allow("tcp", (8000, 8010), _ALL)),
        group(allow("tcp", (8000, 8020), _ALL)),
        expect=(
            *_removed("tcp/8000-8010/0.0.0.0/0"),
            *_added("tcp/8000-8020/0.0.0.0/0"),
            ("sg.ingress_widened", "ingress/ipv4/tcp/8011-8020", _W, "medium"),
        ),
        near=("sg.public_ingress_added", "sg.public_ingress_removed"),
    ),
    "an open range gets shorter": Case(
        GROUP,
        group(allow("tcp", (8000, 8020), _ALL)),
        group(allow("tcp", (8000, 8010), _ALL)),
        expect=(
            *_added("tcp/8000-8010/0.0.0.0/0"),
            *_removed("tcp/8000-8020/0.0.0.0/0"),
            ("sg.ingress_narrowed", "ingress/ipv4/tcp/8011-8020", _S, "info"),
        ),
        near=("sg.public_ingress_removed",),
    ),
    "a private network is let in": Case(
        GROUP,
        group(),
        group(allow("tcp", 22, "10.0.0.0/8")),
        expect=_added("tcp/22/10.0.0.0/8"),
        near=("sg.ingress_widened", "sg.public_ingress_added"),
    ),
    "a private network is no longer let in": Case(
        GROUP,
        group(allow("tcp", 22, "10.0.0.0/8")),
        group(),
        expect=_removed("tcp/22/10.0.0.0/8"),
        near=("sg.ingress_narrowed", "sg.public_ingress_removed"),
    ),
    "a prefix list is let in, whose addresses are not known": Case(
        GROUP,
        group(),
        group(allow("tcp", 22, "pl-1234")),
        expect=(
            *_added("tcp/22/pl-1234"),
            ("resource.attribute_changed", "ingress/unresolved/pl-1234", _N, "info"),
        ),
        near=("sg.public_ingress_added",),
    ),
    "a prefix list is no longer let in": Case(
        GROUP,
        group(allow("tcp", 22, "pl-1234")),
        group(),
        expect=(
            *_removed("tcp/22/pl-1234"),
            ("resource.attribute_changed", "ingress/unresolved/pl-1234", _N, "info"),
        ),
    ),
    "the group may reach the internet": Case(
        GROUP,
        group(),
        group(egress=(_EVERYTHING,)),
        expect=(
            *_added("all/0.0.0.0/0", field="IpPermissionsEgress"),
            ("sg.egress_opened", "egress/ipv4/all/0-65535", _W, "low"),
        ),
        near=("sg.public_ingress_added", "sg.ingress_widened"),
    ),
    "the group may no longer reach the internet": Case(
        GROUP,
        group(egress=(_EVERYTHING,)),
        group(),
        expect=(
            *_removed("all/0.0.0.0/0", field="IpPermissionsEgress"),
            ("sg.egress_restricted", "egress/ipv4/all/0-65535", _S, "low"),
        ),
        near=("sg.public_ingress_removed", "sg.ingress_narrowed"),
    ),
    "the group may reach a private network": Case(
        GROUP,
        group(),
        group(egress=(allow("tcp", 443, "10.0.0.0/8"),)),
        expect=_added("tcp/443/10.0.0.0/8", field="IpPermissionsEgress"),
        near=("sg.egress_opened",),
    ),
    "the group may no longer reach a private network": Case(
        GROUP,
        group(egress=(allow("tcp", 443, "10.0.0.0/8"),)),
        group(),
        expect=_removed("tcp/443/10.0.0.0/8", field="IpPermissionsEgress"),
        near=("sg.egress_restricted",),
    ),
    "a rule is described in other words": Case(
        GROUP,
        group(_described("office")),
        group(_described("head office")),
        expect=(
            (
                "sg.rule_description_changed",
                "IpPermissions/tcp/443/10.0.0.0/8/Description",
                _N,
                "info",
            ),
        ),
        near=("sg.rule_added", "sg.rule_removed"),
    ),
    "a rule is described for the first time": Case(
        GROUP,
        group(_described(None)),
        group(_described("office")),
        expect=(
            (
                "sg.rule_description_changed",
                "IpPermissions/tcp/443/10.0.0.0/8/Description",
                _N,
                "info",
            ),
        ),
    ),
    "a group of another account is let in": Case(
        GROUP,
        group(),
        group(allow("tcp", 443, _peer(OTHER_ACCOUNT))),
        expect=(
            *_added(f"tcp/443/{OTHER_ACCOUNT}/sg-9"),
            (
                "sg.cross_account_reference_added",
                f"IpPermissions/tcp/443/{OTHER_ACCOUNT}/sg-9",
                _W,
                "medium",
            ),
        ),
    ),
    "a group of another account is no longer let in": Case(
        GROUP,
        group(allow("tcp", 443, _peer(OTHER_ACCOUNT))),
        group(),
        expect=(
            *_removed(f"tcp/443/{OTHER_ACCOUNT}/sg-9"),
            (
                "sg.cross_account_reference_removed",
                f"IpPermissions/tcp/443/{OTHER_ACCOUNT}/sg-9",
                _S,
                "medium",
            ),
        ),
    ),
    "a group of the same account is let in": Case(
        GROUP,
        group(),
        group(allow("tcp", 443, _peer(ACCOUNT))),
        expect=_added(f"tcp/443/{ACCOUNT}/sg-9"),
        near=("sg.cross_account_reference_added",),
    ),
    "a group of the same account is no longer let in": Case(
        GROUP,
        group(allow("tcp", 443, _peer(ACCOUNT))),
        group(),
        expect=_removed(f"tcp/443/{ACCOUNT}/sg-9"),
        near=("sg.cross_account_reference_removed",),
    ),
    "the default group gets its first rule": Case(
        GROUP,
        group(edits=_NAMED),
        group(allow("tcp", 443, "10.0.0.0/8"), edits=_NAMED),
        expect=(
            *_added("tcp/443/10.0.0.0/8"),
            ("sg.default_group_opened", "", _W, "medium"),
        ),
    ),
    "the default group loses its last rule": Case(
        GROUP,
        group(allow("tcp", 443, "10.0.0.0/8"), edits=_NAMED),
        group(edits=_NAMED),
        expect=(
            *_removed("tcp/443/10.0.0.0/8"),
            ("sg.default_group_closed", "", _S, "medium"),
        ),
    ),
    "the default group gets a second rule and loses it": Case(
        GROUP,
        group(allow("tcp", 443, "10.0.0.0/8"), edits=_NAMED),
        group(allow("tcp", 443, "10.0.0.0/8"), allow("udp", 53, "10.0.0.0/8"), edits=_NAMED),
        expect=_added("udp/53/10.0.0.0/8"),
        near=("sg.default_group_opened", "sg.default_group_closed"),
    ),
    "a closed group is created": Case(
        GROUP,
        None,
        group(),
        expect=(("sg.created", "", _N, "low"),),
        near=("sg.public_ingress_added", "sg.deleted"),
    ),
    "an open group is created": Case(
        GROUP,
        None,
        group(allow("tcp", 22, _ALL)),
        expect=(("sg.created", "", _N, "low"), _opened("tcp/22", "high")),
        near=("sg.rule_added",),
    ),
    "an open group is deleted": Case(
        GROUP,
        group(allow("tcp", 22, _ALL)),
        None,
        expect=(("sg.deleted", "", _N, "low"), _closed("tcp/22", "high")),
        near=("sg.rule_removed", "sg.created"),
    ),
    "a tag is removed": Case(
        GROUP,
        group(),
        group(edits={"Tags": [{"Key": "Name", "Value": "web"}]}),
        expect=(("resource.attribute_changed", "Tags/team", _N, "info"),),
        near=("sg.rule_description_changed", "sg.created", "sg.deleted"),
    ),
    "a rule is edited in place": Case(
        RULE,
        rule(),
        rule({"CidrIpv4": "0.0.0.0/0", "ToPort": 444}),
        expect=(("sg.rule_modified", "", _N, "low"),),
        near=("sg.rule_replaced",),
    ),
    "a rule is edited in place to let in another group": Case(
        RULE,
        rule(),
        rule({"CidrIpv4": GONE, "ReferencedGroupInfo": _peer(ACCOUNT)}),
        expect=(("sg.rule_modified", "", _N, "low"),),
    ),
    "a rule is revoked and granted again": Case(
        RULE,
        rule(),
        rule({"SecurityGroupRuleId": "sgr-2", "SecurityGroupRuleArn": "arn:aws:ec2:::sgr-2"}),
        expect=(("sg.rule_replaced", "", _N, "info"),),
        near=("sg.rule_modified", "sg.rule_added", "sg.rule_removed"),
    ),
    "a rule is granted": Case(
        RULE,
        None,
        rule(),
        expect=(("sg.rule_listed", "", _N, "info"),),
        near=("sg.rule_added", "sg.rule_modified", "sg.rule_unlisted"),
    ),
    "a rule is revoked": Case(
        RULE,
        rule(),
        None,
        expect=(("sg.rule_unlisted", "", _N, "info"),),
        near=("sg.rule_removed", "sg.rule_modified", "sg.rule_listed"),
    ),
    "a rule is described anew, which its group tells": Case(
        RULE,
        rule(),
        rule({"Description": "shop and office"}),
        near=("sg.rule_description_changed", "sg.rule_modified"),
    ),
    "a rule is tagged": Case(
        RULE,
        rule(),
        rule({"Tags": []}),
        expect=(("resource.attribute_changed", "Tags/team", _N, "info"),),
        near=("sg.rule_modified",),
    ),
}
