"""What is said of the statements of a policy that came and went."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from driftkeeper.diff.spec import Difference, Lifecycle
from driftkeeper.diff.statements import statements
from driftkeeper.domain.types import Scope

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
DIFFERENCE = Difference(
    Lifecycle.ATTRIBUTE,
    Scope("111122223333", "aws-global", "iam.policy"),
    "arn:aws:iam::111122223333:policy/p",
    ("Document",),
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
            ": now also Allow s3:put* on *",
        ),
        (
            [allow("s3:Get*", ["a", "b"])],
            [allow("s3:Get*", ["b", "c"])],
            ": now also Allow s3:get* on c; no longer Allow s3:get* on a",
        ),
        (
            [allow("sts:*", Principal={"AWS": "111122223333"})],
            [allow("sts:*", Principal={"AWS": "111122223333", "Service": "ec2.amazonaws.com"})],
            ": now also Allow sts:* on * to ec2.amazonaws.com",
        ),
        (
            [allow("sts:*", Principal={"Service": ["a", "b"]})],
            [allow("sts:*", Principal={"Service": "a"})],
            ": no longer Allow sts:* on * to b",
        ),
        (
            [allow("s3:Get*", Condition={"Bool": {"aws:SecureTransport": "true"}})],
            [allow("s3:Get*")],
            ": now also Allow s3:get* on *; no longer Allow s3:get* on * if aws:securetransport",
        ),
        (
            [allow("s3:Get*")],
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            ": now also Allow all but iam:* on *; no longer Allow s3:get* on *",
        ),
        (
            [allow("a:b")],
            [allow("a:b"), allow("c:d"), allow("e:f"), allow("g:h")],
            ": now also Allow c:d on *, Allow e:f on * and 1 more",
        ),
        (
            [{"Effect": "Allow", "Action": "sts:*"}],
            [allow("sts:*", "x")],
            ": now also Allow sts:* on x; no longer Allow sts:*",
        ),
        ([allow("a:b")], [], ": no longer Allow a:b on *"),
        ([allow("a:b")], [allow(["A:B"])], ""),
        ([allow("a:b")], None, ""),
        ("no policy", [allow("a:b")], ""),
    ],
)
def test_it_says_what_came_and_went(before: Any, after: Any, expected: str) -> None:
    assert said(before, after) == expected
