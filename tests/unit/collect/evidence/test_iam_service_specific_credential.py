"""Service-specific credentials: every page of every user, and no secret."""

from __future__ import annotations

from typing import Any

from driftkeeper.collect.evidence.iam_service_specific_credential import (
    SERVICE_SPECIFIC_CREDENTIAL,
)
from driftkeeper.domain.types import Cause, Outcome, Sight
from tests.aws import ACCOUNT, Error
from tests.unit.collect.evidence.iam_account import BORN, account, see, user

PAGES = {"": ("m1", [0, 1]), "m1": ("m2", [2]), "m2": (None, [3])}


def _credential(name: str, number: int) -> dict[str, Any]:
    return {
        "UserName": name,
        "Status": "Active",
        "ServiceUserName": f"{name}-at-1",
        "CreateDate": BORN,
        "ServiceSpecificCredentialId": f"ACCA{number:016}",
        "ServiceName": "codecommit.amazonaws.com",
    }


def _pages(params: dict[str, Any]) -> Any:
    name = params["UserName"]
    if name != "alice":
        return {"ServiceSpecificCredentials": []}
    marker, numbers = PAGES[params.get("Marker", "")]
    rows = [_credential(name, number) for number in numbers]
    more = {"IsTruncated": True, "Marker": marker} if marker else {"IsTruncated": False}
    return {"ServiceSpecificCredentials": rows, **more}


def _look(answer: Any) -> Sight:
    script = account([user("alice"), user("bob")], ListServiceSpecificCredentials=answer)
    return see(SERVICE_SPECIFIC_CREDENTIAL, script)


def test_every_page_of_every_user_is_read():
    sight = _look(_pages)
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert [body.uid for body in sight.bodies] == [f"ACCA{n:016}" for n in range(4)]
    assert sight.bodies[0].key == (
        f"urn:driftkeeper:{ACCOUNT}:iam:user/alice/service-credential/ACCA0000000000000000"
    )
    assert sight.bodies[0].config["Status"] == "Active"


def test_a_page_that_is_answered_again_and_again_ends_as_a_miss():
    def turning(params: dict[str, Any]) -> Any:
        row = _credential(params["UserName"], 0)
        return {"ServiceSpecificCredentials": [row], "IsTruncated": True, "Marker": "same"}

    sight = _look(turning)
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


def test_a_user_deleted_meanwhile_has_none():
    sight = _look(Error("NoSuchEntity", status=404))
    assert (sight.bodies, sight.coverage.outcome) == ((), Outcome.COMPLETE)


def test_a_denial_is_missed_and_not_empty():
    sight = _look(Error("AccessDenied", status=403))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


def test_it_is_read_only_when_named():
    assert SERVICE_SPECIFIC_CREDENTIAL.optional
