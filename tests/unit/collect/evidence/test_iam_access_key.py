"""Access keys: who is asked for them, and which slot of the report is theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from driftkeeper.collect.evidence.iam_access_key import ACCESS_KEY
from driftkeeper.domain.types import Body, Cause, Outcome
from tests.aws import ACCOUNT, NOW, Error, Script
from tests.unit.collect.evidence.iam_account import BORN, IAM, MADE, account, row, see, user

ALICE, BOB = f"{IAM}:user/alice", f"{IAM}:user/bob"
OLD, NEW = "2025-03-01T00:00:00Z", "2026-03-01T00:00:00Z"
_OLD_TIME = BORN.replace(month=3, day=1, hour=0, minute=0, second=0)
_NEW_TIME = _OLD_TIME.replace(year=2026)


def _key(number: int, made: Any, status: str = "Active") -> dict[str, Any]:
    key = f"AKIA{number:016}"
    return {"UserName": "alice", "AccessKeyId": key, "Status": status, "CreateDate": made}


def _slot(number: int, made: str, active: str = "true", used: str = "N/A") -> dict[str, str]:
    return {
        f"access_key_{number}_active": active,
        f"access_key_{number}_last_rotated": made,
        f"access_key_{number}_last_used_date": used,
        f"access_key_{number}_last_used_region": "eu-west-1" if used != "N/A" else "N/A",
        f"access_key_{number}_last_used_service": "s3" if used != "N/A" else "N/A",
    }


def _script(*keys: dict[str, Any], **columns: str) -> Script:
    return account(
        [user("alice")], [row(ALICE, **columns)], ListAccessKeys={"AccessKeyMetadata": [*keys]}
    )


def _bodies(script: Script) -> dict[str, Body]:
    sight = see(ACCESS_KEY, script)
    assert sight.coverage.outcome is Outcome.COMPLETE, sight.coverage
    return {body.config["AccessKeyId"][-1]: body for body in sight.bodies}


def test_a_key_is_known_by_its_user_and_its_id():
    body = _bodies(_script(_key(1, _OLD_TIME, "Inactive"), **_slot(1, OLD, "false")))["1"]
    name = "AKIA0000000000000001"
    assert body.key == f"urn:driftkeeper:{ACCOUNT}:iam:user/alice/accesskey/{name}"
    assert body.uid == name
    assert body.config == {
        "UserName": "alice",
        "UserArn": ALICE,
        "AccessKeyId": name,
        "Status": "Inactive",
        "CreateDate": OLD,
    }


def test_keys_find_their_slots_by_the_second_they_were_made_in_whatever_the_order():
    used = "2026-06-30T09:00:00Z"
    slots = {**_slot(1, NEW, used=used), **_slot(2, OLD, "false")}
    keys = (_key(1, _OLD_TIME, "Inactive"), _key(2, _NEW_TIME))
    found = _bodies(_script(*keys, **slots))
    assert found["2"].observed["LastUsed"] == {
        "Slot": "joined",
        "LastUsedDate": used,
        "Region": "eu-west-1",
        "ServiceName": "s3",
    }
    assert found["1"].observed["LastUsed"]["LastUsedDate"] is None
    turned = {**_slot(2, NEW, used=used), **_slot(1, OLD, "false")}
    assert {name: body.observed for name, body in _bodies(_script(*keys, **turned)).items()} == {
        name: body.observed for name, body in found.items()
    }


def test_keys_of_the_same_second_are_told_apart_by_their_state():
    slots = {**_slot(1, OLD, "false"), **_slot(2, OLD, used=NEW)}
    found = _bodies(_script(_key(1, _OLD_TIME), _key(2, _OLD_TIME, "Inactive"), **slots))
    assert found["1"].observed["LastUsed"]["LastUsedDate"] == NEW
    assert found["2"].observed["LastUsed"]["LastUsedDate"] is None


def test_keys_that_cannot_be_told_apart_are_not():
    slots = {**_slot(1, OLD), **_slot(2, OLD, used=NEW)}
    found = _bodies(_script(_key(1, _OLD_TIME), _key(2, _OLD_TIME), **slots))
    assert [body.observed["LastUsed"] for body in found.values()] == [{"Slot": "ambiguous"}] * 2


def test_a_key_made_after_the_report_has_no_slot():
    found = _bodies(_script(_key(1, _OLD_TIME), _key(2, NOW), **_slot(1, OLD)))
    assert [body.observed["LastUsed"]["Slot"] for body in found.values()] == ["joined", "absent"]


def test_use_alone_moves_no_digest():
    before = _bodies(_script(_key(1, _OLD_TIME), **_slot(1, OLD)))["1"]
    after = _bodies(_script(_key(1, _OLD_TIME), **_slot(1, OLD, used=NEW)))["1"]
    assert before.digest == after.digest
    assert before.observed != after.observed


def test_only_users_with_keys_in_the_report_and_those_it_does_not_know_are_asked():
    users = [user("alice"), user("bob"), user("carol", CreateDate=NOW)]
    script = account(users, [row(ALICE, **_slot(1, OLD)), row(f"{IAM}:user/gone", **_slot(1, OLD))])
    sight = see(ACCESS_KEY, script)
    asked = [params["UserName"] for params in script.asked_for("iam.ListAccessKeys")]
    assert asked == ["alice", "carol"]
    assert (sight.coverage.as_of, sight.coverage.ended) == (MADE, NOW)


def test_keys_of_a_user_made_anew_are_not_joined_to_the_slots_of_the_one_before():
    again = user("alice", CreateDate=BORN + timedelta(days=9))
    script = account(
        [again],
        [row(ALICE, **_slot(1, OLD))],
        ListAccessKeys={"AccessKeyMetadata": [_key(1, _OLD_TIME)]},
    )
    assert _bodies(script)["1"].observed["LastUsed"] == {"Slot": "absent"}


def test_a_user_deleted_meanwhile_has_no_keys():
    gone = Error("NoSuchEntity", status=404)
    script = account([user("alice")], [row(ALICE, **_slot(1, OLD))], ListAccessKeys=gone)
    assert _bodies(script) == {}


def test_all_pages_of_a_users_keys_are_read():
    keys = [_key(n, _OLD_TIME) for n in range(5)]
    assert [*_bodies(_script(*keys, **_slot(1, OLD)))] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    "operation", ["ListAccessKeys", "GetCredentialReport", "GetAccountAuthorizationDetails"]
)
def test_what_is_denied_is_missed_and_not_empty(operation: str):
    denied: dict[str, Any] = {operation: lambda _params: Error("AccessDenied", status=403)}
    script = account([user("alice")], [row(ALICE, **_slot(1, OLD))], **denied)
    sight = see(ACCESS_KEY, script)
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


def test_a_key_without_a_state_is_malformed():
    key = _key(1, _OLD_TIME)
    del key["Status"]
    sight = see(ACCESS_KEY, _script(key, **_slot(1, OLD)))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
