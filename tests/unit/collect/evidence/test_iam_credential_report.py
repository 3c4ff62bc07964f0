"""The raw report: kept byte for byte, with what can be told of it without reading a row."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from driftkeeper.collect.evidence.iam_credential_report import CREDENTIAL_REPORT
from driftkeeper.domain.types import Outcome, Sight
from tests.aws import ACCOUNT, Error
from tests.unit.collect.evidence.iam_account import IAM, MADE, ROOT, account, report, row, see

WHOLE = report([row(ROOT), row(f"{IAM}:user/alice")])


def _look(content: bytes) -> Sight:
    answer = {"Content": content, "ReportFormat": "text/csv", "GeneratedTime": MADE}
    return see(CREDENTIAL_REPORT, account(GetCredentialReport=lambda _params: answer))


def _kept(content: bytes) -> bytes:
    (body,) = _look(content).bodies
    if "Text" in body.observed:
        return str(body.observed["Text"]).encode()
    return base64.b64decode(body.observed["Base64"])


@pytest.mark.parametrize(
    "content",
    [
        WHOLE,
        WHOLE + b"\n",
        WHOLE.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + WHOLE,
        WHOLE.replace(b"alice", "zoë".encode()),
        WHOLE.replace(b"alice", b"zo\xeb"),
    ],
)
def test_the_bytes_are_kept_as_they_are_with_their_digest(content: bytes):
    assert _kept(content) == content
    (body,) = _look(content).bodies
    assert body.observed["SHA256"] == hashlib.sha256(content).hexdigest()
    assert body.observed["Rows"] == 2


def test_there_is_one_per_account_as_of_when_it_was_made():
    sight = _look(WHOLE)
    assert [body.key for body in sight.bodies] == [
        f"urn:driftkeeper:{ACCOUNT}:iam:credential-report"
    ]
    assert (sight.coverage.as_of, sight.coverage.ended) == (MADE, MADE)


def test_what_rows_say_is_no_configuration_and_a_new_column_is():
    (body,) = _look(WHOLE).bodies
    assert body.digest == _look(report([row(ROOT)])).bodies[0].digest
    assert body.digest != _look(report([row(ROOT, more="3 keys")])).bodies[0].digest
    turned = dict(reversed(row(ROOT).items()))
    assert body.digest == _look(report([turned])).bodies[0].digest


@pytest.mark.parametrize("content", [b"", b"<html>error</html>", WHOLE + b"\nbob", b"user,arn"])
def test_what_is_no_report_is_missed(content: bytes):
    sight = _look(content)
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


@pytest.mark.parametrize("answer", [{}, {"Content": WHOLE}, {"GeneratedTime": MADE}])
def test_an_answer_without_its_parts_is_missed(answer: dict[str, Any]):
    sight = see(CREDENTIAL_REPORT, account(GetCredentialReport=lambda _params: answer))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


def test_a_denial_is_a_miss():
    denied = Error("AccessDenied", status=403)
    sight = see(CREDENTIAL_REPORT, account(GenerateCredentialReport=denied))
    assert sight.coverage.outcome is Outcome.MISSED
