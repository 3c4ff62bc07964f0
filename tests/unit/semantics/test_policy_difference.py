"""What is said of the difference of two policy documents, line by line."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from driftkeeper.semantics.policy import canonical
from driftkeeper.semantics.policy_difference import policy_lines

OWN, PARTNER = "111122223333", "444455556666"
OFFICE, HOME = "198.51.100.0/24", "203.0.113.0/24"


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(*statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **more}


def only_if(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


def lines(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    return [" ".join(line) for line in policy_lines(policy(*before), policy(*after))]


FROM_OFFICE = only_if("IpAddress", "aws:SourceIp", OFFICE)


# ---- statements that came and went ---------------------------------------------------------------


def test_of_no_policy_before_every_statement_came_and_of_none_now_every_one_went() -> None:
    document = policy(allow("s3:GetObject", "arn:aws:s3:::b/*", Principal="*", **FROM_OFFICE))
    said = f"allow s3:GetObject on arn:aws:s3:::b/* to everyone if aws:SourceIp in {OFFICE}"

    assert policy_lines(None, document) == [("+", said)]
    assert policy_lines(document, None) == [("-", said)]
    assert policy_lines(None, None) == []


def test_statements_with_little_in_common_are_two() -> None:
    assert lines([allow("s3:Get*", "a")], [allow("s3:Put*", "b")]) == [
        "+ allow s3:Put* on b",
        "- allow s3:Get* on a",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (allow("s3:*"), allow("s3:*", Effect="Deny")),
        (allow("s3:*"), {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}),
        (allow("sts:*", Principal="*"), {"Effect": "Allow", "Action": "sts:*", "Principal": "*"}),
        (allow(["a:a", "b:b"], ["1", "2"]), allow(["a:a", "c:c"], ["3", "4"])),
        (allow("a:a", "1", Other="x"), allow("a:a", "1", Other="y")),
        (
            allow(["a:a", "b:b"], ["1", "2"], Principal={"AWS": [OWN, PARTNER]}),
            allow(["a:a", "c:c"], ["1", "3"], Principal={"AWS": OWN}),
        ),
    ],
    ids=["effect", "exclusion", "no resource", "two strangers", "unknown element", "three"],
)
def test_a_statement_of_another_sort_takes_the_place_of_one(before: Any, after: Any) -> None:
    assert [sign for sign, _ in policy_lines(policy(before), policy(after))] == ["+", "-"]


# ---- statements that differ inside ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            allow(["s3:Get*", "s3:List*"]),
            allow(["s3:Get*", "s3:Put*"]),
            "allow s3:Get* on *, now also s3:Put*, no longer s3:List*",
        ),
        (
            allow("s3:Get*", ["a", "b"]),
            allow("s3:Get*", ["b", "c"]),
            "allow s3:Get* on b, now also on c, no longer on a",
        ),
        (
            allow("sts:*", Principal={"AWS": OWN}),
            allow("sts:*", Principal={"AWS": [OWN, PARTNER], "Service": "ec2.amazonaws.com"}),
            f"allow sts:* on * to account {OWN}, now also to account {PARTNER}, ec2.amazonaws.com",
        ),
        (
            allow("sts:*", Principal={"AWS": "x", "Service": "x"}),
            allow("sts:*", Principal={"AWS": "x"}),
            "allow sts:* on * to x, no longer to x",
        ),
        (allow("s3:Get*", "a"), allow("s3:Put*", "a"), "allow s3:Put* on a, in place of s3:Get*"),
        (
            allow("s3:Get*", "a", Principal={"AWS": OWN}),
            allow("s3:Get*", "a", Principal="*"),
            f"allow s3:Get* on a to everyone, in place of account {OWN}",
        ),
        (
            {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"},
            {"Effect": "Allow", "NotAction": ["iam:*", "kms:*"], "Resource": "*"},
            "allow all but iam:* on *, now also excluding kms:*, no longer excluding sts:*",
        ),
        (
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
            {"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"},
            "allow all but kms:* on *, in place of all but iam:*",
        ),
        (allow([]), allow("a:a"), "allow on *, now also a:a"),
        (allow("a:a"), allow([]), "allow on *, no longer a:a"),
        (
            allow(["a:a", "b:b"], ["1", "2"]),
            allow(["a:a", "c:c"], ["1", "3"]),
            "allow a:a on 1, now also c:c, no longer b:b, now also on 3, no longer on 2",
        ),
        (
            allow([f"s3:A{i}" for i in range(5)]),
            allow([f"s3:A{i}" for i in range(10)]),
            "allow s3:A0, s3:A1, s3:A2 and 2 more on *, now also s3:A5, s3:A6, s3:A7 and 2 more",
        ),
    ],
)
def test_of_an_edited_statement_what_came_and_went_inside_is_said(
    before: Any, after: Any, expected: str
) -> None:
    assert policy_lines(policy(before), policy(after)) == [("~", expected)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, FROM_OFFICE, f"now only if aws:SourceIp in {OFFICE}"),
        (FROM_OFFICE, {}, f"no longer only if aws:SourceIp in {OFFICE}"),
        (
            FROM_OFFICE,
            only_if("IpAddress", "aws:SourceIp", HOME),
            f"now also if aws:SourceIp in {HOME}, no longer if aws:SourceIp in {OFFICE}",
        ),
        (
            FROM_OFFICE,
            only_if("NotIpAddress", "aws:SourceIp", OFFICE),
            f"now only if aws:SourceIp not in {OFFICE}, no longer only if aws:SourceIp in {OFFICE}",
        ),
        (
            only_if("StringNotEquals", "aws:SourceVpce", "a"),
            only_if("StringNotEquals", "aws:SourceVpce", "b"),
            "now only if aws:SourceVpce is not b, no longer only if aws:SourceVpce is not a",
        ),
    ],
)
def test_of_a_condition_the_tests_and_values_that_came_and_went_are_said(
    before: Any, after: Any, expected: str
) -> None:
    found = policy_lines(policy(allow("s3:*", **before)), policy(allow("s3:*", **after)))

    assert found == [("~", f"allow s3:* on *, {expected}")]


def test_tests_and_values_of_a_condition_that_stay_are_said_first() -> None:
    tests = {"Bool": {"aws:SecureTransport": "true"}, "IpAddress": {"aws:SourceIp": [OFFICE]}}
    more = {**tests, "IpAddress": {"aws:SourceIp": [OFFICE, HOME]}}

    [said] = lines([allow("s3:*", Condition=tests)], [allow("s3:*", Condition=more)])
    assert said == (
        f"~ allow s3:* on * if aws:SecureTransport is true and aws:SourceIp in {OFFICE},"
        f" now also if aws:SourceIp in {HOME}"
    )


def test_a_test_with_no_value_stays_one() -> None:
    nothing = only_if("StringEquals", "a", [])

    assert lines([allow("s3:*", **nothing)], [allow("s3:*", "x", **nothing)]) == [
        "~ allow s3:* on x if a is nothing, in place of *"
    ]


def test_the_statements_most_alike_are_the_one_that_was_edited() -> None:
    before = [allow(["a:a", "b:b"], ["1", "2"]), allow("a:a", "1")]
    after = [allow(["a:a", "b:b"], ["1", "2", "3"])]

    assert lines(before, after) == [
        "~ allow a:a, b:b on 1, 2, now also on 3",
        "- allow a:a on 1",
    ]
    before = [allow(["a:a", "b:b"], "1"), allow("a:a", ["1", "2"])]
    assert lines(before, [allow("a:a", ["1", "2", "3"])]) == [
        "~ allow a:a on 1, 2, now also on 3",
        "- allow a:a, b:b on 1",
    ]
    assert lines([allow("a:a", "1"), allow("z:z", "1")], [allow(["a:a", "b:b"], "1")]) == [
        "~ allow a:a on 1, now also b:b",
        "- allow z:z on 1",
    ]


# ---- documents -----------------------------------------------------------------------------------


def test_order_shape_and_names_are_no_difference() -> None:
    before = policy(allow(["s3:Get*", "s3:List*"], Sid="A"), allow("sqs:*"), Id="x")
    after = policy(allow("SQS:*"), allow(["s3:List*", "s3:get*", "s3:Get*"], ["*"]))

    assert policy_lines(before, after) == []


def test_documents_may_be_text_plain_or_encoded() -> None:
    document = policy(allow("s3:GetObject"))
    expected = [("+", "allow s3:GetObject on *")]

    assert policy_lines(None, json.dumps(document)) == expected
    assert policy_lines(None, quote(json.dumps(document))) == expected
    assert policy_lines(None, {**document, "Statement": document["Statement"][0]}) == expected


def test_of_a_document_that_cannot_be_read_only_that_is_said() -> None:
    document = policy(allow("s3:GetObject"))
    said = "cannot be read as a policy document"

    assert policy_lines("no policy", document) == [("~", f"the document before {said}")]
    assert policy_lines(document, "no policy") == [("~", f"the document now {said}")]


def test_a_policy_without_statements_is_said_to_be_one() -> None:
    assert policy_lines(None, policy()) == [("+", "a policy without statements")]
    assert policy_lines(policy(), None) == [("-", "a policy without statements")]
    assert policy_lines(policy(), policy(allow("a:b"))) == [("+", "allow a:b on *")]


def test_another_version_of_the_language_is_said() -> None:
    statement = allow("s3:*", "${aws:username}")

    assert policy_lines({"Statement": statement}, policy(statement)) == [
        ("~", "version 2012-10-17, before 2008-10-17")
    ]


def test_a_key_written_twice_is_said() -> None:
    once = policy(allow("a:b"))
    twice = '{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}'
    said = "a key is written twice: readers may disagree on which of the two holds"

    assert policy_lines(once, twice) == [("-", "allow a:b on *"), ("+", said)]
    assert policy_lines(twice, once) == [("+", "allow a:b on *"), ("-", said)]
    assert policy_lines(None, twice) == [("+", "a policy without statements"), ("+", said)]
    assert policy_lines(twice, twice) == []


def test_canonical_documents_take_their_spelling_from_what_was_written() -> None:
    document = policy(allow("s3:GetObject", **only_if("Bool", "aws:ViaAWSService", "true")))
    form = canonical(document)
    said = "allow s3:GetObject on * if aws:ViaAWSService is true"

    assert policy_lines(None, form, [document]) == [("+", said)]
    assert policy_lines(None, form, [None, "no policy", {}]) == [("+", said.lower())]
    assert policy_lines(None, form) == [("+", said.lower())]
