"""Public keys of digest files: those of the last days, each once, byte for byte."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.cloudtrail_public_key import PUBLIC_KEY
from driftkeeper.domain.types import Cause, Outcome, Sight
from tests.aws import ACCOUNT, NOW, REGION, Error, Script, reader


def _key(name: str) -> dict[str, Any]:
    return {
        "Fingerprint": name,
        "Value": b"\x30\x82\xff",
        "ValidityStartTime": NOW - timedelta(days=9),
        "ValidityEndTime": NOW + timedelta(days=21),
    }


def _look(answer: Any) -> tuple[Sight, Script]:
    script = Script({(REGION, "cloudtrail.ListPublicKeys"): answer})
    return look(PUBLIC_KEY, reader(script, PUBLIC_KEY)), script


def test_each_key_is_kept_once_with_its_bytes():
    sight, script = _look({"PublicKeyList": [_key("a"), _key("b"), _key("a")]})
    urn = f"urn:driftkeeper:{ACCOUNT}:cloudtrail:{REGION}:public-key/"
    assert [body.key for body in sight.bodies] == [urn + "a", urn + "b"]
    assert sight.bodies[0].config["Value"] == {"$bytes": "MIL/"}
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert {p["StartTime"] for p in script.asked_for("cloudtrail.ListPublicKeys")} == {
        "2026-06-24T00:00:00Z"
    }


def test_no_keys_is_an_answer():
    sight, _ = _look({"PublicKeyList": []})
    assert (sight.bodies, sight.coverage.outcome) == ((), Outcome.COMPLETE)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({}, Cause.FAILED),
        ({"PublicKeyList": [{"Fingerprint": "a"}]}, Cause.FAILED),
        (Error("AccessDeniedException"), Cause.DENIED),
    ],
)
def test_what_is_not_answered_is_missed(answer: Any, cause: Cause):
    sight, _ = _look(answer)
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, cause)


def test_keys_are_read_only_when_they_are_asked_for():
    assert PUBLIC_KEY.optional
