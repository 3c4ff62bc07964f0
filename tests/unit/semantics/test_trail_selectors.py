"""What a trail's selectors let through, and what is lost from one set of selectors to the next."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, strategies as st

from driftkeeper.semantics.trail_selectors import (
    READS,
    WRITES,
    data_events,
    excluded_sources,
    logs_management,
    lost_data_events,
    lost_management,
    management,
)
from tests.cases.answers import advanced, basic
from tests.cases.edits import values

Selectors = dict[str, Any]

KMS, RDS = "kms.amazonaws.com", "rdsdata.amazonaws.com"
NOTHING: frozenset[str] = frozenset()
EVERYTHING = {READS: NOTHING, WRITES: NOTHING}


def of_basic(*selectors: list[dict[str, Any]]) -> Selectors:
    return {"EventSelectors": [each for given in selectors for each in given]}


def of_advanced(*selectors: dict[str, Any]) -> Selectors:
    return {"AdvancedEventSelectors": [*selectors]}


def managing(**fields: Any) -> dict[str, Any]:
    return advanced("management", eventCategory=["Management"], **fields)


def objects(**fields: Any) -> dict[str, Any]:
    return advanced("data", eventCategory=["Data"], resources__type=["AWS::S3::Object"], **fields)


def basic_data(*values: str, kind: str = "AWS::S3::Object", **fields: Any) -> Selectors:
    return of_basic(basic(DataResources=[{"Type": kind, "Values": [*values]}], **fields))


# ---- management events --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        (of_basic(basic()), EVERYTHING),
        (of_basic([{}]), EVERYTHING),
        (of_basic(basic(ReadWriteType="WriteOnly")), {WRITES: NOTHING}),
        (of_basic(basic(ReadWriteType="ReadOnly")), {READS: NOTHING}),
        (
            of_basic(basic(ReadWriteType="ReadOnly"), basic(ReadWriteType="WriteOnly")),
            EVERYTHING,
        ),
        (of_basic(basic(IncludeManagementEvents=False)), {}),
        (
            of_basic(basic(ExcludeManagementEventSources=[KMS])),
            {READS: {KMS}, WRITES: {KMS}},
        ),
        (
            of_basic(
                basic(ReadWriteType="ReadOnly", ExcludeManagementEventSources=[KMS, RDS]),
                basic(ExcludeManagementEventSources=[RDS]),
            ),
            {READS: {RDS}, WRITES: {RDS}},
        ),
        (
            of_basic(
                basic(),
                basic(IncludeManagementEvents=False, ExcludeManagementEventSources=[KMS]),
            ),
            EVERYTHING,
        ),
        (of_advanced(managing()), EVERYTHING),
        (of_advanced(managing(readOnly=["true"])), {READS: NOTHING}),
        (of_advanced(managing(readOnly=["false"])), {WRITES: NOTHING}),
        (of_advanced(managing(readOnly=["true", "false"])), EVERYTHING),
        (of_advanced(managing(readOnly=["true"]), managing(readOnly=["false"])), EVERYTHING),
        (of_advanced(managing(readOnly={"NotEquals": ["true"]})), {}),
        (
            of_advanced(managing(eventSource={"NotEquals": [KMS]})),
            {READS: {KMS}, WRITES: {KMS}},
        ),
        (of_advanced(managing(eventSource={"NotEquals": ["iam.amazonaws.com"]})), {}),
        (of_advanced(managing(eventSource=[KMS])), {}),
        (of_advanced(managing(eventName={"NotEquals": ["AssumeRole"]})), {}),
        (of_advanced(objects()), {}),
        (of_advanced(), {}),
        ({}, {}),
    ],
)
def test_management_events_are_logged_as_reads_and_as_writes(
    selectors: Selectors, expected: dict[str, set[str]]
) -> None:
    assert management(selectors) == expected
    assert logs_management(selectors) == (expected.keys() == {READS, WRITES})
    assert excluded_sources(selectors) == {name for left in expected.values() for name in left}


RANKED = [
    of_basic(basic(IncludeManagementEvents=False)),
    of_advanced(managing(readOnly=["false"], eventSource={"NotEquals": [KMS]})),
    of_advanced(managing(eventSource={"NotEquals": [KMS]})),
    of_basic(basic()),
]
"""Each logs all that the one before it logs, and more."""


@pytest.mark.parametrize(("old", "new"), [*product(range(4), range(4))])
def test_management_events_are_lost_exactly_when_less_is_logged(old: int, new: int) -> None:
    assert lost_management(RANKED[old], RANKED[new]) == (new < old)


def test_gaining_writes_does_not_make_up_for_reads_that_are_lost() -> None:
    reads, writes = (of_basic(basic(ReadWriteType=f"{kind}Only")) for kind in ("Read", "Write"))

    assert lost_management(reads, writes)
    assert lost_management(writes, reads)


# ---- data events --------------------------------------------------------------------------------


def test_data_events_are_counted_per_resource_and_for_reads_and_writes() -> None:
    assert len(data_events(basic_data("arn:aws:s3:::a/", "arn:aws:s3:::b/"))) == 4
    assert len(data_events(basic_data("arn:aws:s3:::a/", ReadWriteType="ReadOnly"))) == 1
    assert data_events(of_basic(basic())) == data_events({}) == frozenset()
    assert data_events(of_advanced(managing())) == frozenset()


def test_basic_and_advanced_selectors_of_the_same_events_lose_nothing_to_each_other() -> None:
    pairs = [
        (basic_data("arn:aws:s3"), of_advanced(objects())),
        (basic_data("arn:aws:s3:::"), of_advanced(objects())),
        (
            basic_data("arn:aws:s3:::a/"),
            of_advanced(objects(resources__ARN={"StartsWith": ["arn:aws:s3:::a/"]})),
        ),
        (
            basic_data("arn:aws:s3", ReadWriteType="WriteOnly"),
            of_advanced(objects(readOnly=["false"])),
        ),
        (
            of_advanced(objects()),
            of_advanced(objects(readOnly=["true"]), objects(readOnly=["false"])),
        ),
    ]
    for one, other in pairs:
        assert data_events(one)
        assert not lost_data_events(one, other)
        assert not lost_data_events(other, one)


NARROWER: list[tuple[Selectors, Selectors]] = [
    (of_advanced(objects()), of_advanced()),
    (of_advanced(objects()), of_advanced(objects(readOnly=["false"]))),
    (
        of_advanced(objects()),
        of_advanced(objects(resources__ARN={"StartsWith": ["arn:aws:s3:::a/"]})),
    ),
    (
        of_advanced(objects(resources__ARN={"StartsWith": ["arn:aws:s3:::a/"]})),
        of_advanced(objects(resources__ARN={"StartsWith": ["arn:aws:s3:::a/b/"]})),
    ),
    (
        of_advanced(objects(resources__ARN={"StartsWith": ["arn:aws:s3:::a/"]})),
        of_advanced(objects(resources__ARN=["arn:aws:s3:::a/b"])),
    ),
    (
        of_advanced(objects(resources__ARN=["arn:aws:s3:::a/b", "arn:aws:s3:::a/c"])),
        of_advanced(objects(resources__ARN=["arn:aws:s3:::a/b"])),
    ),
    (
        of_advanced(objects()),
        of_advanced(objects(resources__ARN={"NotStartsWith": ["arn:aws:s3:::a/"]})),
    ),
    (
        of_advanced(objects(eventName={"NotEquals": ["GetObject"]})),
        of_advanced(objects(eventName={"NotEquals": ["GetObject", "HeadObject"]})),
    ),
    (
        of_advanced(objects(eventName=["GetObject", "PutObject"])),
        of_advanced(objects(eventName=["GetObject"])),
    ),
    (
        of_advanced(objects(resources__ARN={"EndsWith": [".pdf", ".txt"]})),
        of_advanced(objects(resources__ARN={"EndsWith": [".pdf"]})),
    ),
    (
        basic_data("arn:aws:lambda", kind="AWS::Lambda::Function"),
        basic_data("arn:aws:lambda:eu-west-1:1:function:f", kind="AWS::Lambda::Function"),
    ),
]


@pytest.mark.parametrize(("wide", "narrow"), NARROWER)
def test_a_narrower_selector_loses_events_and_a_wider_one_does_not(
    wide: Selectors, narrow: Selectors
) -> None:
    assert lost_data_events(wide, narrow)
    assert not lost_data_events(narrow, wide)


def test_events_of_another_sort_do_not_make_up_for_those_that_are_lost() -> None:
    functions = basic_data("arn:aws:lambda", kind="AWS::Lambda::Function")

    assert lost_data_events(basic_data("arn:aws:s3"), functions)
    assert lost_data_events(functions, basic_data("arn:aws:s3"))


def test_the_order_of_selectors_and_values_does_not_matter() -> None:
    one = basic_data("arn:aws:s3:::a/", "arn:aws:s3:::b/")
    other = of_basic(basic(), basic_data("arn:aws:s3:::b/", "arn:aws:s3:::a/")["EventSelectors"])

    assert data_events(one) == data_events(other)


# ---- anything -----------------------------------------------------------------------------------

selectors = st.fixed_dictionaries(
    {},
    optional={
        "EventSelectors": values
        | st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "ReadWriteType": st.sampled_from(["All", "ReadOnly", "WriteOnly"]) | values,
                    "IncludeManagementEvents": st.booleans() | values,
                    "ExcludeManagementEventSources": st.just([KMS]) | values,
                    "DataResources": values
                    | st.just([{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::a/"]}]),
                },
            ),
            max_size=3,
        ),
        "AdvancedEventSelectors": values
        | st.lists(
            st.sampled_from(
                [managing(), managing(readOnly=["true"]), objects(), objects(readOnly=["true"])]
            ),
            max_size=3,
        ),
    },
)


@given(selectors)
def test_nothing_is_lost_from_selectors_to_themselves(given: Selectors) -> None:
    assert not lost_management(given, given)
    assert not lost_data_events(given, given)


@given(selectors, selectors)
def test_whatever_the_selectors_are_less_loses_and_more_does_not(
    some: Selectors, others: Selectors
) -> None:
    """Put together, two sets of selectors let through all that either does."""
    together = {
        name: [
            each
            for given in (some, others)
            if isinstance(given.get(name), list)
            for each in given[name]
        ]
        for name in ("EventSelectors", "AdvancedEventSelectors")
    }
    assert not lost_management(some, together)
    assert not lost_data_events(some, together)
