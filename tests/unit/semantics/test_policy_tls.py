"""Whether a bucket policy keeps out whoever does not encrypt on the way."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.semantics.policy import canonical
from driftkeeper.semantics.policy_tls import enforces_tls

BUCKET = "arn:aws:s3:::orders"
ALL = f"{BUCKET}/*"


def deny(**edits: Any) -> dict[str, Any]:
    """The statement that AWS recommends, with edits; None takes an element away."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [BUCKET, ALL],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        **edits,
    }
    return {name: value for name, value in statement.items() if value is not None}


def _if(**tests: Any) -> dict[str, Any]:
    return {"Condition": tests}


VERSION = {"s3:TlsVersion": 1.2}


@pytest.mark.parametrize(
    "statements",
    [
        [deny()],
        [deny(Action="*", Resource="*")],
        [deny(Action=["s3:*", "sts:*"], Resource=f"{BUCKET}*")],
        [deny(Resource=BUCKET), deny(Resource=ALL)],
        [deny(Principal={"AWS": "*"})],
        [deny(**_if(Bool={"AWS:securetransport": False}))],
        [deny(**_if(BoolIfExists={"aws:SecureTransport": "false"}))],
        [deny(**_if(NumericLessThan=VERSION))],
        [deny(**_if(NumericLessThan={"s3:TlsVersion": "1.3"}))],
        [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": ALL}, deny()],
    ],
)
def test_tls_is_enforced(statements: list[dict[str, Any]]) -> None:
    assert enforces_tls(canonical({"Statement": statements}), BUCKET)


@pytest.mark.parametrize(
    "statement",
    [
        deny(Effect="Allow"),
        deny(Resource=ALL),
        deny(Resource=BUCKET),
        deny(Resource=["arn:aws:s3:::other", "arn:aws:s3:::other/*"]),
        deny(Resource=None, NotResource="arn:aws:s3:::other"),
        deny(Action="s3:GetObject"),
        deny(Action=None, NotAction="s3:GetObject"),
        deny(Principal={"AWS": "arn:aws:iam::111122223333:root"}),
        deny(Principal=None, NotPrincipal={"AWS": "*"}),
        deny(Condition=None),
        deny(**_if(Bool={"aws:SecureTransport": "true"})),
        deny(**_if(Bool={"aws:SecureTransport": ["true", "false"]})),
        deny(**_if(Bool={"aws:SecureTransport": "false", "aws:ViaAWSService": "false"})),
        deny(**_if(Bool={"aws:SecureTransport": "false"}, StringEquals={"aws:userid": "x"})),
        deny(**_if(NumericLessThan={"s3:TlsVersion": "1.1"})),
        deny(**_if(NumericLessThan={"s3:TlsVersion": "new"})),
        deny(**_if(NumericGreaterThan=VERSION)),
    ],
)
def test_tls_is_not_enforced(statement: dict[str, Any]) -> None:
    assert not enforces_tls(canonical({"Statement": [statement]}), BUCKET)
