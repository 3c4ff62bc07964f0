"""The account's public access block: none is an answer, an empty answer is none."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.s3_account_pab import ACCOUNT_PAB
from driftkeeper.domain.types import Cause, Outcome, Sight
from tests.aws import ACCOUNT, HOME, Error, Script, reader

ON = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


def _look(answer: Any) -> Sight:
    script = Script({(HOME, "s3control.GetPublicAccessBlock"): answer})
    sight = look(ACCOUNT_PAB, reader(script, ACCOUNT_PAB))
    assert script.asked_for("s3control.GetPublicAccessBlock") == [{"AccountId": ACCOUNT}]
    return sight


def test_the_four_switches_are_the_one_resource_of_the_account():
    sight = _look({"PublicAccessBlockConfiguration": ON})
    assert [body.key for body in sight.bodies] == [
        f"urn:driftkeeper:{ACCOUNT}:s3:account-public-access-block"
    ]
    assert sight.bodies[0].config == {"Configured": True, **ON}


def test_none_configured_means_that_nothing_is_blocked():
    sight = _look(Error("NoSuchPublicAccessBlockConfiguration", status=404))
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert sight.bodies[0].config == {"Configured": False, **dict.fromkeys(ON, False)}


def test_four_switches_that_are_off_are_configured():
    sight = _look({"PublicAccessBlockConfiguration": dict.fromkeys(ON, False)})
    assert sight.bodies[0].config == {"Configured": True, **dict.fromkeys(ON, False)}


@pytest.mark.parametrize("missing", [*ON, *[None]])
def test_an_answer_without_a_switch_is_malformed(missing: str | None):
    switches = {name: True for name in ON if name != missing} if missing else {}
    sight = _look({"PublicAccessBlockConfiguration": switches})
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.FAILED)


def test_a_denial_is_not_none_configured():
    sight = _look(Error("AccessDenied", status=403))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)
