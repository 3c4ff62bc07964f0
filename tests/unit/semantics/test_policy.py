"""The canonical form of policy documents, and wildcards that cover wildcards."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from driftkeeper.semantics.policy import (
    PolicyError,
    canonical,
    duplicate_keys,
    glob_covers,
    matches,
    parse,
    semantic_hash,
)

ROOT = "arn:aws:iam::123456789012:root"


def one(**statement: Any) -> dict[str, Any]:
    """The only statement of a policy, in canonical form."""
    form = canonical({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
    [found] = form["Statement"]
    assert isinstance(found, dict)
    return found


# --- reading


def test_a_document_reads_alike_as_object_as_json_and_url_encoded() -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:b+c d%"}]}
    text = json.dumps(document)

    assert parse(document) == document
    assert parse(text) == document
    assert parse(quote(text, safe="")) == document
    assert parse(f"\ufeff\n{text}\n") == document


def test_plus_and_percent_in_plain_json_are_kept() -> None:
    assert parse('{"Id": "a+b%20c"}') == {"Id": "a+b%20c"}


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", '"text"', "null", "1", "{", "{'a': 1}", '{"a": NaN}', "[" * 100_000],
    ids=lambda text: text[:12] or "empty",
)
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        parse(text)


@pytest.mark.parametrize("value", [None, 1, ["{}"], b"{}"])
def test_what_is_neither_text_nor_object_is_refused(value: object) -> None:
    with pytest.raises(PolicyError, match="is text or an object"):
        canonical(value)


@pytest.mark.parametrize(
    "document",
    [
        {"Statement": "Allow"},
        {"Statement": ""},
        {"Statement": ["Allow"]},
        {"Statement": 1},
        {"Statement": {"Condition": "x"}},
        {"Statement": {"Condition": {"Bool": "x"}}},
        {"Statement": {"Action": {"a": "b"}}},
        {"Statement": {"Resource": [["a"]]}},
        {"Statement": {"Principal": {"AWS": {"a": "b"}}}},
    ],
    ids=json.dumps,
)
def test_a_document_of_another_shape_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(PolicyError):
        canonical(document)


def test_a_repeated_key_is_flagged_at_any_depth_and_the_flag_stays() -> None:
    top = '{"Statement": [], "Statement": []}'
    deep = '{"Statement": {"Condition": {"Bool": {"a": "1", "a": "2"}}}}'

    for text in (top, deep, quote(deep)):
        form = canonical(text)
        assert form["duplicate_keys"] is True
        assert canonical(form) == form
        assert duplicate_keys(text)


def test_one_condition_key_in_two_spellings_is_a_repeated_key() -> None:
    form = canonical(
        {"Statement": {"Condition": {"StringEquals": {"aws:UserId": "A", "AWS:userid": "B"}}}}
    )

    assert form["duplicate_keys"] is True
    assert form["Statement"] == [{"Condition": {"StringEquals": {"aws:userid": ["A", "B"]}}}]


def test_one_repeated_key_among_others_is_enough() -> None:
    tests = {"Bool": {"x": "true"}, "StringLike": {"a": "1", "A": "2"}}

    assert duplicate_keys({"Statement": [{"Condition": tests}, {"Effect": "Deny"}]})


def test_one_condition_key_under_two_operators_is_not_repeated() -> None:
    form = canonical(
        {"Statement": {"Condition": {"StringLike": {"a": "x"}, "StringEquals": {"A": "y"}}}}
    )

    assert "duplicate_keys" not in form
    assert not duplicate_keys(form)


# --- canonical form


def test_an_absent_version_is_the_one_aws_assumes_and_not_the_current_one() -> None:
    assert canonical({"Statement": []})["Version"] == "2008-10-17"
    assert canonical({"Version": "2012-10-17"}) == {"Version": "2012-10-17", "Statement": []}


def test_one_statement_is_a_list_of_one() -> None:
    statement = {"Effect": "Deny"}

    assert canonical({"Statement": statement}) == canonical({"Statement": [statement]})


def test_a_single_value_is_a_list_of_one_sorted_and_without_repetition() -> None:
    assert one(Action="s3:GetObject")["Action"] == ["s3:getobject"]
    assert one(NotAction=["b:B", "a:A", "B:b"])["NotAction"] == ["a:a", "b:b"]
    assert one(Resource="arn:b")["Resource"] == ["arn:b"]
    assert one(NotResource=["b", "a", "b"])["NotResource"] == ["a", "b"]


def test_resources_keep_their_case() -> None:
    assert one(Resource="arn:aws:s3:::Bucket/Key")["Resource"] == ["arn:aws:s3:::Bucket/Key"]


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("*", {"AWS": ["*"]}),
        ({"AWS": "*"}, {"AWS": ["*"]}),
        ({"AWS": "123456789012"}, {"AWS": [ROOT]}),
        ({"AWS": 123456789012}, {"AWS": [ROOT]}),
        ({"AWS": ["123456789012", ROOT]}, {"AWS": [ROOT]}),
        ({"AWS": "12345678901"}, {"AWS": ["12345678901"]}),
        ({"AWS": "١٢٣٤٥٦٧٨٩٠١٢"}, {"AWS": ["١٢٣٤٥٦٧٨٩٠١٢"]}),
        ({"CanonicalUser": "123456789012"}, {"CanonicalUser": ["123456789012"]}),
        (
            {"Service": ["b.amazonaws.com", "a.amazonaws.com"], "AWS": "AIDAEXAMPLE"},
            {"Service": ["a.amazonaws.com", "b.amazonaws.com"], "AWS": ["AIDAEXAMPLE"]},
        ),
    ],
)
def test_principals_are_lists_by_kind_and_accounts_are_roots(
    element: str, written: object, expected: object
) -> None:
    assert one(**{element: written})[element] == expected


def test_a_bare_account_belongs_to_the_given_partition() -> None:
    document = {"Statement": {"Principal": {"AWS": "123456789012"}}}

    [statement] = canonical(document, partition="aws-cn")["Statement"]

    assert statement["Principal"] == {"AWS": ["arn:aws-cn:iam::123456789012:root"]}


def test_condition_keys_are_lower_case_operators_as_written_and_values_text() -> None:
    condition = {
        "Bool": {"AWS:SecureTransport": True},
        "NumericLessThan": {"s3:TlsVersion": 1.2, "aws:MultiFactorAuthAge": 3600},
        "stringLIKE": {"aws:UserId": ["b", "a", "b"]},
        "Null": {"aws:TokenIssueTime": None},
    }

    assert one(Condition=condition)["Condition"] == {
        "Bool": {"aws:securetransport": ["true"]},
        "NumericLessThan": {"s3:tlsversion": ["1.2"], "aws:multifactorauthage": ["3600"]},
        "stringLIKE": {"aws:userid": ["a", "b"]},
        "Null": {"aws:tokenissuetime": ["null"]},
    }


def test_values_keep_their_case() -> None:
    assert one(Condition={"StringEquals": {"k": "O-Abc"}})["Condition"] == {
        "StringEquals": {"k": ["O-Abc"]}
    }


@pytest.mark.parametrize("nothing", [{}, None, {"StringEquals": {}}])
def test_a_condition_that_tests_nothing_is_no_condition(nothing: object) -> None:
    assert "Condition" not in one(Action="*", Condition=nothing)


def test_sid_and_id_mean_nothing() -> None:
    named = {"Id": "x", "Statement": [{"Sid": "1", "Effect": "Deny"}]}

    assert canonical(named) == canonical({"Statement": [{"Effect": "Deny"}]})


def test_statements_that_differ_only_in_sid_are_one() -> None:
    form = canonical({"Statement": [{"Sid": "1", "Action": "A:B"}, {"Sid": "2", "Action": "a:b"}]})

    assert form["Statement"] == [{"Action": ["a:b"]}]


def test_what_is_not_known_is_kept() -> None:
    form = canonical({"Statement": {"Odd": {"x": [1, 2.50, None, True]}}, "Extra": "y"})

    assert form["Extra"] == "y"
    assert form["Statement"] == [{"Odd": {"x": [1, "2.5", "null", True]}}]


def test_a_float_is_the_text_that_was_written() -> None:
    text = '{"Statement": {"Condition": {"NumericEquals": {"k": [1.50, 1e2]}}}}'

    [statement] = canonical(text)["Statement"]

    assert statement["Condition"] == {"NumericEquals": {"k": ["1.50", "1e2"]}}


def test_equal_meaning_gives_equal_hashes_and_another_version_does_not() -> None:
    here = canonical({"Version": "2012-10-17", "Statement": {"Action": ["B:*", "a:x"]}})
    there = canonical({"Statement": [{"Action": ["a:X", "b:*"]}], "Version": "2012-10-17"})
    older = canonical({"Statement": [{"Action": ["a:X", "b:*"]}]})

    assert semantic_hash(here) == semantic_hash(there)
    assert semantic_hash(here) != semantic_hash(older)
    assert semantic_hash({"a": 1, "b": [True]}) == (
        # printf '{"a":1,"b":[true]}' | sha256sum
        "90eddf64b875cb5fa184bb12503cc7309b6ce21b175521a80bd8d83082bae604"
    )


# --- wildcards


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("iam:*", "iam:passrole", True),
        ("iam:pass?ole", "iam:passrole", True),
        ("iam:pass?role", "iam:passrole", False),
        ("s3:[gp]et*", "s3:getobject", False),
        ("s3:[gp]et*", "s3:[gp]etobject", True),
        ("a.c", "abc", False),
        ("*", "line\nbreak", True),
        ("", "", True),
        ("", "x", False),
    ],
)
def test_only_star_and_question_mark_are_wildcards(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    ("pattern", "other", "expected"),
    [
        ("*", "", True),
        ("*", "*", True),
        ("*", "anything*?", True),
        ("", "*", False),
        ("s3:*", "s3:get*", True),
        ("s3:get*", "s3:*", False),
        ("s3:get*", "s3:getobject", True),
        ("s3:getobject", "s3:getobject", True),
        ("s3:getobject", "s3:getobjects", False),
        ("s3:get", "s3:get*", False),
        ("*:*", "*", False),
        ("**", "*", True),
        ("a?c", "abc", True),
        ("a?c", "a*c", False),
        ("a*c", "a?c", True),
        ("a?", "a*", False),
        ("?*", "*?", True),
        ("*?", "?*", True),
        ("?*", "*", False),
        ("??*", "*?", False),
        ("*?", "**?*", True),
        ("a?*b", "a*cb", True),
        ("a?*b", "a*b", False),
        ("*a*", "b*a", True),
        ("*ab*", "*a*b*", False),
        ("*a*b*", "*ab*", True),
        ("*aab", "*aaab", True),
        ("a*a", "a", False),
        ("?*a?a*?", "*??aaa*", False),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/*", True),
        ("arn:aws:s3:::b", "arn:aws:s3:::b/*", False),
        ("[a]*", "[a]b", True),
        ("[a]*", "ab", False),
    ],
)
def test_a_pattern_covers_another_when_it_matches_all_the_other_matches(
    pattern: str, other: str, expected: bool
) -> None:
    assert glob_covers(pattern, other) is expected


def test_patterns_made_to_be_hard_are_decided_at_once() -> None:
    hard = "*" + "?" * 40 + "a" + "?" * 40 + "b*"

    assert not glob_covers(hard, "*a" * 40 + "*b")
    assert glob_covers("*a" * 40 + "*", "*a?" * 40 + "*")
