"""The context of an account: its alias, and which regions are on."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.account_alias import ALIAS
from driftkeeper.collect.evidence.account_region import REGION as REGIONS
from driftkeeper.domain.types import Cause, Outcome, Sight
from tests.aws import ACCOUNT, HOME, Error, Script, reader


def _alias(answer: Any) -> Sight:
    return look(ALIAS, reader(Script({("aws-global", "iam.ListAccountAliases"): answer}), ALIAS))


def _regions(answer: Any) -> Sight:
    script = Script({(HOME, "ec2.DescribeRegions"): answer})
    sight = look(REGIONS, reader(script, REGIONS))
    assert script.asked_for("ec2.DescribeRegions") == [{"AllRegions": True}]
    return sight


@pytest.mark.parametrize("aliases", [["acme-prod"], []])
def test_an_account_without_alias_is_seen_to_have_none(aliases: list[str]):
    sight = _alias({"AccountAliases": aliases, "IsTruncated": False})
    (body,) = sight.bodies
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert body.key == f"urn:driftkeeper:{ACCOUNT}:account:alias"
    assert body.config == {"AccountAliases": aliases}


def test_a_denied_alias_is_not_none():
    sight = _alias(Error("AccessDenied", status=403))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


def test_every_region_is_a_row_also_those_that_are_off():
    rows = [
        {"RegionName": "us-east-1", "OptInStatus": "opt-in-not-required", "Endpoint": "e"},
        {"RegionName": "af-south-1", "OptInStatus": "not-opted-in", "Endpoint": "f"},
    ]
    sight = _regions({"Regions": rows})
    assert {body.uid: body.config["OptInStatus"] for body in sight.bodies} == {
        "us-east-1": "opt-in-not-required",
        "af-south-1": "not-opted-in",
    }
    assert sight.bodies[0].key == f"urn:driftkeeper:{ACCOUNT}:account:region/af-south-1"
    assert all("Endpoint" not in body.config for body in sight.bodies)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Error("UnauthorizedOperation", status=403), Cause.DENIED),
        (
            Error("UnauthorizedOperation", "an explicit deny in a service control policy", 403),
            Cause.SCP_DENIED,
        ),
        (Error("OptInRequired", status=401), Cause.REGION_OFF),
        ({}, Cause.FAILED),
        ({"Regions": []}, Cause.FAILED),
        ({"Regions": [{"RegionName": "us-east-1"}]}, Cause.FAILED),
    ],
)
def test_regions_that_aws_does_not_tell_are_missed(answer: Any, cause: Cause):
    sight = _regions(answer)
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, cause)
