"""The plan holds every scope that a snapshot must account for."""

from __future__ import annotations

from driftkeeper.collect.plan import scopes
from driftkeeper.collect.spec import Call, EvidenceType, Reach
from driftkeeper.domain.types import GLOBAL_REGION, Scope


def _type(name: str, reach: Reach) -> EvidenceType:
    return EvidenceType(name, "T", 1, reach, Call("kms", "list_keys"), "{KeyArn}", "Says.")


TYPES = (_type("b.region", Reach.REGION), _type("a.account", Reach.ACCOUNT))


def test_an_account_wide_type_has_one_scope_and_a_regional_one_has_one_per_region():
    assert scopes("1", ["us-east-1", "eu-west-1"], TYPES) == [
        Scope("1", GLOBAL_REGION, "a.account"),
        Scope("1", "eu-west-1", "b.region"),
        Scope("1", "us-east-1", "b.region"),
    ]


def test_an_account_without_regions_is_still_read_account_wide():
    assert scopes("1", [], TYPES) == [Scope("1", GLOBAL_REGION, "a.account")]


def test_the_order_of_what_is_given_does_not_matter():
    regions = ["eu-west-1", "us-east-1", "ap-southeast-2"]
    assert scopes("1", regions, TYPES) == scopes("1", regions[::-1], TYPES[::-1])
