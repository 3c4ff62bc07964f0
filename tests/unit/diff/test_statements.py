"""What is said of the statements of a policy that came, went and differ inside."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from driftkeeper.diff.spec import Difference, Lifecycle
from driftkeeper.diff.statements import as_answered, statements
from driftkeeper.domain.types import Body, Scope
from driftkeeper.semantics.policy import canonical

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
DIFFERENCE = Difference(
    Lifecycle.ATTRIBUTE,
    Scope("111122223333", "aws-global", "iam.role"),
    "arn:aws:iam::111122223333:role/r",
    ("RolePolicyList", "inline", "PolicyDocument"),
    None,
    None,
    None,
    None,
    NOW,
    NOW,
)


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def said(before: Any, after: Any) -> str:
    old, new = ({"Statement": rows} if isinstance(rows, list) else rows for rows in (before, after))
    return statements(replace(DIFFERENCE, before=old, after=new))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            [allow(["s3:Get*", "s3:List*"])],
            [allow(["s3:Get*", "s3:List*", "s3:Put*"])],
            ": allow s3:Get*, s3:List* on *, now also s3:Put*",
        ),
        ([allow("a:b")], [allow("a:b"), allow("c:d")], ": now also allow c:d on *"),
        ([allow("a:b")], [], ": no longer allow a:b on *"),
        (None, [allow("a:b")], ": now also allow a:b on *"),
        ([allow("a:b")], None, ": no longer allow a:b on *"),
        (
            [allow("s3:Get*")],
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            ": now also allow all but iam:* on *; no longer allow s3:Get* on *",
        ),
        (
            [allow("a:b")],
            [allow("a:b"), allow("c:d"), allow("e:f"), allow("g:h")],
            ": now also allow c:d on *; now also allow e:f on *; and 1 more",
        ),
        ("no policy", [allow("a:b")], ": the document before cannot be read as a policy document"),
        ([allow("a:b")], [allow(["A:B"])], ""),
        (None, None, ""),
    ],
)
def test_it_says_what_came_and_went(before: Any, after: Any, expected: str) -> None:
    assert said(before, after) == expected


def test_canonical_documents_are_spelled_as_aws_answered_them() -> None:
    before = {"Statement": [allow("s3:GetObject")]}
    after = {"Statement": [allow(["s3:GetObject", "s3:PutObject"])]}

    def body(document: Any) -> Body:
        observed = {"RolePolicyList": {"inline": {"PolicyDocument": document}}}
        return Body("r", None, {}, b"{}", "0", observed, ())

    difference = replace(DIFFERENCE, before=canonical(before), after=canonical(after))
    seen = replace(difference, old=body(before), new=body(after))

    assert statements(difference) == ": allow s3:getobject on *, now also s3:putobject"
    assert statements(seen) == ": allow s3:GetObject on *, now also s3:PutObject"
    assert as_answered(seen) == [before, after]
    assert as_answered(replace(seen, path=("RolePolicyList", "gone", "PolicyDocument"))) == [
        None,
        None,
    ]
