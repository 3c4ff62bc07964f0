"""Prefix lists: entries are read of those lists that are the customer's and that rules refer to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.ec2_prefix_list import PREFIX_LIST
from driftkeeper.collect.evidence.ec2_security_group_rule import SECURITY_GROUP_RULE
from driftkeeper.collect.shared import Shared
from driftkeeper.diff.differences import differences
from driftkeeper.diff.spec import Lifecycle
from driftkeeper.domain.types import Cause, Outcome, Pair, Sight, Step
from tests.aws import ACCOUNT, NOW, REGION, Error, Script, clients, reader

PARTNER = "999988887777"


def _list(name: str, owner: str = ACCOUNT, **more: Any) -> dict[str, Any]:
    return {
        "PrefixListId": name,
        "PrefixListArn": f"arn:aws:ec2:{REGION}:{owner}:prefix-list/{name}",
        "PrefixListName": f"list {name}",
        "OwnerId": owner,
        "AddressFamily": "IPv4",
        "MaxEntries": 10,
        "State": "create-complete",
        "Version": 1,
        **more,
    }


def _rule(prefix_list: str) -> dict[str, Any]:
    return {
        "SecurityGroupRuleId": f"sgr-{prefix_list}",
        "GroupId": "sg-1",
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "PrefixListId": prefix_list,
    }


def _script(lists: list[dict[str, Any]], *used: str, **answers: Any) -> Script:
    usual: dict[str, Any] = {
        "DescribeManagedPrefixLists": {"PrefixLists": lists},
        "DescribeSecurityGroupRules": {"SecurityGroupRules": [_rule(name) for name in used]},
        "GetManagedPrefixListEntries": {
            "Entries": [{"Cidr": "10.2.3.4/16", "Description": "b"}, {"Cidr": "10.1.0.0/16"}]
        },
        **answers,
    }
    return Script({(REGION, f"ec2.{name}"): answer for name, answer in usual.items()})


def _look(script: Script) -> Sight:
    return look(PREFIX_LIST, reader(script, PREFIX_LIST))


def test_a_list_that_a_rule_refers_to_has_its_entries_by_network():
    sight = _look(_script([_list("pl-1")], "pl-1"))
    body = sight.bodies[0]
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert (body.key, body.uid) == (_list("pl-1")["PrefixListArn"], "pl-1")
    assert body.config["Entries"] == [
        {"Cidr": "10.1.0.0/16"},
        {"Cidr": "10.2.0.0/16", "Description": "b"},
    ]
    assert "_Rules" not in {**body.config, **body.observed}


def test_entries_are_asked_for_only_where_they_matter():
    lists = [
        _list("pl-1"),
        _list("pl-2"),
        _list("pl-3", PARTNER),
        _list("pl-4", "AWS"),
    ]
    script = _script(lists, "pl-1", "pl-3", "pl-4")
    sight = _look(script)
    asked = [
        params["PrefixListId"] for params in script.asked_for("ec2.GetManagedPrefixListEntries")
    ]
    assert {*asked} == {"pl-1", "pl-3"}
    assert {body.uid for body in sight.bodies if "Entries" in body.config} == {"pl-1", "pl-3"}
    assert {body.unseen for body in sight.bodies} == {()}


def _differences(before: Sight, after: Sight) -> list[tuple[Lifecycle, tuple[str, ...]]]:
    pair = Pair(after.scope, before.bodies[0].key, before.bodies[0], after.bodies[0])
    step = Step(after.scope, NOW, since=NOW - timedelta(days=1), previous_snapshot=1, pairs=(pair,))
    return [(found.lifecycle, found.path) for found in differences(step, PREFIX_LIST.shape)]


def test_a_list_does_not_change_when_a_rule_begins_or_ceases_to_refer_to_it():
    used, unused = _look(_script([_list("pl-1")], "pl-1")), _look(_script([_list("pl-1")]))
    assert _differences(used, unused) == []
    assert _differences(unused, used) == [(Lifecycle.FIRST_OBSERVED, ("Entries",))]


def test_a_list_that_was_modified_has_a_version_that_is_only_observed():
    modified = _list("pl-1", Version=2, State="modify-complete")
    before, after = (_look(_script([row], "pl-1")).bodies[0] for row in (_list("pl-1"), modified))
    assert before.digest == after.digest
    assert after.observed["Version"] == 2


def test_without_the_rules_the_entries_are_unseen_and_not_null():
    script = _script(
        [_list("pl-1")], "pl-1", DescribeSecurityGroupRules=Error("UnauthorizedOperation")
    )
    sight = _look(script)
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, Cause.DENIED)
    assert sight.bodies[0].unseen == ("_Rules", "Entries")
    assert "Entries" not in sight.bodies[0].config
    assert not script.asked_for("ec2.GetManagedPrefixListEntries")


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Error("UnauthorizedOperation"), Cause.DENIED),
        ({"Entries": [{"Description": "no network"}]}, Cause.FAILED),
    ],
)
def test_entries_that_cannot_be_read_are_unseen(answer: Any, cause: Cause):
    sight = _look(_script([_list("pl-1")], "pl-1", GetManagedPrefixListEntries=answer))
    assert sight.coverage.cause is cause
    assert sight.bodies[0].unseen == ("Entries",)


def test_a_list_with_no_entries_is_empty_and_not_unread():
    sight = _look(_script([_list("pl-1")], "pl-1", GetManagedPrefixListEntries={"Entries": []}))
    assert sight.bodies[0].config["Entries"] == []


def test_the_rules_are_listed_once_for_both_types():
    script = _script([_list("pl-1")], "pl-1")
    asks = clients(script, (*PREFIX_LIST.calls(), *SECURITY_GROUP_RULE.calls()))
    shared = Shared()
    for spec in (SECURITY_GROUP_RULE, PREFIX_LIST):
        sight = look(spec, replace(reader(script, spec), clients=asks, shared=shared))
        assert sight.coverage.outcome is Outcome.COMPLETE
    assert len(script.asked_for("ec2.DescribeSecurityGroupRules")) == 1


def test_the_largest_pages_are_asked_for():
    script = _script([_list("pl-1")], "pl-1")
    _look(script)
    for name in ("DescribeManagedPrefixLists", "GetManagedPrefixListEntries"):
        assert {params["MaxResults"] for params in script.asked_for(f"ec2.{name}")} == {100}
