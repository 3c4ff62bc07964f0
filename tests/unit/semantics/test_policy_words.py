"""How statements of policies are said in one line."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.semantics.policy import canonical
from driftkeeper.semantics.policy_words import line

ACCOUNT = "111122223333"


def said(statement: dict[str, Any], **names: str) -> str:
    [form] = canonical({"Statement": {"Effect": "Allow", **statement}})["Statement"]
    return line(form, {key.replace("_", ":"): text for key, text in names.items()})


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Principal": "*"},
            "allow s3:getobject on arn:aws:s3:::b/* to everyone",
        ),
        ({"Effect": "Deny", "Action": "*", "Resource": "*"}, "deny * on *"),
        ({"Action": ["a:1", "a:2", "a:3"]}, "allow a:1, a:2, a:3"),
        ({"Action": ["a:1", "a:2", "a:3", "a:4", "a:5"]}, "allow a:1, a:2, a:3 and 2 more"),
        (
            {"NotAction": "iam:*", "NotResource": "arn:x", "NotPrincipal": {"AWS": ACCOUNT}},
            f"allow all but iam:* on all but arn:x to everyone but account {ACCOUNT}",
        ),
        ({}, "allow"),
    ],
)
def test_it_says_what_on_what_and_to_whom(statement: dict[str, Any], expected: str) -> None:
    assert said(statement) == expected


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("AWS", "*", "everyone"),
        ("AWS", ACCOUNT, f"account {ACCOUNT}"),
        ("AWS", f"arn:aws-cn:iam::{ACCOUNT}:root", f"account {ACCOUNT}"),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:role/r", f"arn:aws:iam::{ACCOUNT}:role/r"),
        ("AWS", "AROAEXAMPLE", "deleted role AROAEXAMPLE"),
        ("AWS", "AIDAEXAMPLE", "deleted user AIDAEXAMPLE"),
        ("Service", "ec2.amazonaws.com", "ec2.amazonaws.com"),
        ("Federated", "accounts.google.com", "provider accounts.google.com"),
        ("CanonicalUser", "79a59d", "canonical user 79a59d"),
        ("Other", "x", "Other x"),
    ],
)
def test_it_says_who_a_principal_is(kind: str, name: str, expected: str) -> None:
    assert said({"Principal": {kind: name}}) == f"allow to {expected}"


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("StringEquals", "a", "k is a"),
        ("StringEquals", ["a", "b"], "k is one of a, b"),
        ("StringEquals", [], "k is nothing"),
        ("STRINGNOTEQUALS", "a", "k is not a"),
        ("StringNotEquals", ["a", "b"], "k is none of a, b"),
        ("StringLike", "a*", "k is like a*"),
        ("NumericLessThan", 5, "k < 5"),
        ("DateLessThan", "2027-01-01", "k before 2027-01-01"),
        ("Bool", False, "k is false"),
        ("Null", True, "k is absent"),
        ("Null", "false", "k is present"),
        ("IpAddress", ["1.0.0.0/8", "2.0.0.0/8"], "k in 1.0.0.0/8, 2.0.0.0/8"),
        ("NotIpAddress", "1.0.0.0/8", "k not in 1.0.0.0/8"),
        ("StringEqualsIfExists", "a", "k, where it is given, is a"),
        ("ForAllValues:StringLike", "a", "every value of k is like a"),
        ("ForAnyValue:StringLikeIfExists", "a", "some value of k, where it is given, is like a"),
        ("SomethingNew", "a", "k SomethingNew a"),
        ("StringEquals", ["a", "b", "c", "d"], "k is one of a, b, c and 1 more"),
    ],
)
def test_it_says_what_a_condition_tests(operator: str, values: Any, expected: str) -> None:
    assert said({"Condition": {operator: {"K": values}}}) == f"allow if {expected}"


@pytest.mark.parametrize(
    ("operators", "one", "several"),
    [
        ("StringEquals NumericEquals DateEquals Bool BinaryEquals", "is", "is one of"),
        ("StringNotEquals NumericNotEquals DateNotEquals", "is not", "is none of"),
        ("StringLike ArnEquals ArnLike", "is like", "is like one of"),
        ("StringNotLike ArnNotEquals ArnNotLike", "is not like", "is like none of"),
        ("StringEqualsIgnoreCase", "is in any case", "is in any case one of"),
        ("StringNotEqualsIgnoreCase", "is in no case", "is in no case one of"),
        ("NumericLessThan", "<", "< one of"),
        ("NumericLessThanEquals", "<=", "<= one of"),
        ("NumericGreaterThan", ">", "> one of"),
        ("NumericGreaterThanEquals", ">=", ">= one of"),
        ("DateLessThan", "before", "before one of"),
        ("DateLessThanEquals", "not after", "not after one of"),
        ("DateGreaterThan", "after", "after one of"),
        ("DateGreaterThanEquals", "not before", "not before one of"),
        ("IpAddress", "in", "in"),
        ("NotIpAddress", "not in", "not in"),
    ],
)
def test_it_knows_every_operator_of_aws(operators: str, one: str, several: str) -> None:
    for operator in operators.split():
        assert said({"Condition": {operator: {"k": "1"}}}) == f"allow if k {one} 1"
        assert said({"Condition": {operator: {"k": ["1", "2"]}}}) == f"allow if k {several} 1, 2"


def test_all_tests_of_a_condition_are_said() -> None:
    tests = {"Bool": {"aws:securetransport": "true"}, "StringLike": {"a": "1", "b": "2"}}

    assert said({"Action": "s3:*", "Condition": tests}) == (
        "allow s3:* if aws:SecureTransport is true and a is like 1 and b is like 2"
    )


def test_the_spelling_of_the_author_is_kept_and_that_of_aws_where_it_is_not_known() -> None:
    statement = {"Action": "s3:GetObject", "Condition": {"Null": {"aws:SourceIp": "true"}}}

    assert said(statement) == "allow s3:getobject if aws:SourceIp is absent"
    assert said(statement, s3_getobject="s3:GetObject", aws_sourceip="AWS:SourceIP") == (
        "allow s3:GetObject if AWS:SourceIP is absent"
    )
