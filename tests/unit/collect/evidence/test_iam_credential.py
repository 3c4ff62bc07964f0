"""The credential report: waited for, read by column name, and as of when AWS made it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.iam_credential import CREDENTIAL
from driftkeeper.domain.types import Body, Cause, Outcome, Sight
from tests.aws import ACCOUNT, NOW, Error, Script, Ticking, reader

MADE = NOW - timedelta(hours=2)
GENERATE, FETCH = (
    ("aws-global", "iam.GenerateCredentialReport"),
    ("aws-global", "iam.GetCredentialReport"),
)
STARTED, RUNNING, COMPLETE = ({"State": state} for state in ("STARTED", "INPROGRESS", "COMPLETE"))
COLUMNS = [
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
]
ARN = f"arn:aws:iam::{ACCOUNT}:user/alice"
NOTHING = {
    **dict.fromkeys(COLUMNS, "N/A"),
    **{name: "false" for name in COLUMNS if name.endswith("_active")},
}
ALICE = {
    **NOTHING,
    "user": "alice",
    "arn": ARN,
    "user_creation_time": "2025-02-03T04:05:06Z",
    "password_enabled": "true",
    "password_last_used": "2026-06-30T08:00:00Z",
    "password_last_changed": "2026-01-02T03:04:05Z",
    "mfa_active": "true",
    "access_key_1_active": "true",
    "access_key_1_last_rotated": "2026-03-01T00:00:00Z",
    "access_key_1_last_used_date": "2026-06-30T09:00:00Z",
    "access_key_1_last_used_region": "eu-west-1",
    "access_key_1_last_used_service": "s3",
    "access_key_2_active": "false",
    "access_key_2_last_rotated": "2025-03-01T00:00:00Z",
    "cert_1_active": "true",
    "cert_1_last_rotated": "2025-05-05T00:00:00Z",
}
ROOT = {
    **NOTHING,
    "user": "<root_account>",
    "arn": f"arn:aws:iam::{ACCOUNT}:root",
    "user_creation_time": "2020-01-01T00:00:00Z",
    "password_enabled": "true",
    "password_next_rotation": "not_supported",
    "mfa_active": "true",
}


def csv_of(*rows: dict[str, str], columns: list[str] = COLUMNS) -> bytes:
    """Return a report as AWS writes it: no newline at the end."""
    lines = [columns, *([row[name] for name in columns] for row in rows)]
    return "\n".join(",".join(line) for line in lines).encode()


def _report(content: bytes, made: datetime = MADE) -> dict[str, Any]:
    return {"Content": content, "ReportFormat": "text/csv", "GeneratedTime": made}


def _look(generate: Any, fetch: Any, clock: Ticking | None = None) -> Sight:
    script = Script({GENERATE: generate, FETCH: fetch})
    return look(CREDENTIAL, reader(script, CREDENTIAL, clock=clock, seconds=900))


def _body(row: dict[str, str], **more: str) -> Body:
    """Return the body of one user whose row has these columns besides."""
    whole = {**row, **more}
    columns = [*COLUMNS, *(name for name in whole if name not in COLUMNS)]
    sight = _look([COMPLETE], [_report(csv_of(whole, columns=columns))])
    assert sight.coverage.outcome is Outcome.COMPLETE, sight.coverage
    return sight.bodies[0]


class TestWaiting:
    def test_a_report_is_asked_for_until_it_is_complete(self):
        clock = Ticking()
        sight = _look(
            [STARTED, RUNNING, RUNNING, RUNNING, RUNNING, COMPLETE],
            [_report(csv_of(ROOT, ALICE))],
            clock,
        )
        assert clock.slept == [1, 2, 3, 5, 5]
        assert (sight.coverage.outcome, sight.coverage.resources) == (Outcome.COMPLETE, 2)
        assert sight.coverage.calls == 7

    def test_a_cached_report_is_complete_at_once(self):
        clock = Ticking()
        _look([COMPLETE], [_report(csv_of(ROOT))], clock)
        assert clock.slept == []

    def test_the_sight_is_as_of_the_time_the_report_was_made(self):
        sight = _look([COMPLETE], [_report(csv_of(ROOT, ALICE))])
        assert sight.coverage.as_of == MADE
        assert all("GeneratedTime" not in body.config for body in sight.bodies)

    def test_a_report_is_about_the_time_when_it_was_made_however_long_it_took(self):
        sight = _look([STARTED, COMPLETE], [_report(csv_of(ROOT))], Ticking())
        assert (sight.coverage.as_of, sight.coverage.ended) == (MADE, MADE)

    def test_a_report_without_rows_is_missed_because_every_account_has_root(self):
        sight = _look([COMPLETE], [_report(csv_of())])
        assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
        assert sight.bodies == ()

    def test_a_report_of_users_alone_is_taken_as_simulators_write_it(self):
        sight = _look([COMPLETE], [_report(csv_of(ALICE))])
        assert [body.key for body in sight.bodies] == [ARN]
        assert sight.coverage.outcome is Outcome.COMPLETE

    @pytest.mark.parametrize("code", ["ReportExpired", "ReportNotPresent", "ReportInProgress"])
    def test_a_report_that_is_not_there_after_all_is_asked_for_again(self, code: str):
        clock = Ticking()
        gone = Error(code, status=410)
        sight = _look(
            [COMPLETE, STARTED, COMPLETE, COMPLETE],
            [gone, gone, _report(csv_of(ROOT))],
            clock,
        )
        assert (sight.coverage.outcome, sight.coverage.resources) == (Outcome.COMPLETE, 1)
        assert clock.slept == [1]

    def test_after_three_rounds_it_is_given_up(self):
        sight = _look([COMPLETE] * 3, [Error("ReportExpired", status=410)] * 3)
        coverage = sight.coverage
        assert (coverage.outcome, coverage.cause, coverage.code) == (
            Outcome.MISSED,
            Cause.FAILED,
            "ReportExpired",
        )

    def test_a_report_that_is_never_ready_is_given_up_after_three_minutes(self):
        clock = Ticking()
        sight = _look([STARTED] * 100, [], clock)
        assert (sight.coverage.outcome, sight.coverage.code) == (
            Outcome.MISSED,
            "ReportInProgress",
        )
        assert 170 < sum(clock.slept) <= 180

    def test_being_told_to_slow_down_is_waited_out(self):
        clock = Ticking()
        slow = Error("LimitExceeded", status=409)
        sight = _look([slow, slow, COMPLETE], [_report(csv_of(ROOT))], clock)
        assert (sight.coverage.outcome, clock.slept) == (Outcome.COMPLETE, [1, 2])

    def test_being_told_to_slow_down_for_ever_is_throttling(self):
        sight = _look([Error("LimitExceeded", status=409)] * 100, [])
        coverage = sight.coverage
        assert (coverage.outcome, coverage.cause, coverage.code) == (
            Outcome.MISSED,
            Cause.THROTTLED,
            "LimitExceeded",
        )

    @pytest.mark.parametrize(
        ("generate", "fetch"),
        [
            ([Error("AccessDenied", status=403)], []),
            ([COMPLETE], [Error("AccessDenied", status=403)]),
        ],
    )
    def test_a_denial_is_not_asked_again(self, generate: Any, fetch: Any):
        sight = _look(generate, fetch)
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


WHOLE = csv_of(ROOT, ALICE)


class TestBrokenReports:
    @pytest.mark.parametrize(
        "answer",
        [
            {},
            {"Content": WHOLE},
            {"GeneratedTime": MADE},
            _report(b""),
            _report(b"\n\n"),
            _report(b"<html>error</html>"),
            _report(b"user,name\nalice,x"),
            _report(csv_of(ROOT, ALICE, columns=COLUMNS[1:])),
            _report(WHOLE + b"\nbob"),
            _report(WHOLE[: -len("N/A,N/A,N/A")]),
            _report(WHOLE + b",one,too,many"),
            _report(b'"' + WHOLE),
            _report(WHOLE + b'\n"bo"b,x'),
            _report(b"\xff\xfe" + WHOLE),
        ],
    )
    def test_one_is_missed_and_never_half_read(self, answer: dict[str, Any]):
        sight = _look([COMPLETE], [answer])
        coverage = sight.coverage
        assert (coverage.outcome, coverage.code) == (Outcome.MISSED, "MalformedAnswer")
        assert sight.bodies == ()

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (WHOLE + b"\nbob", "a row of the report is not whole"),
            (WHOLE + b",one,too,many", "a row of the report is not whole"),
            (csv_of(ROOT, columns=COLUMNS[2:]), "the report has no column arn, user"),
            (
                csv_of(ROOT, columns=[name for name in COLUMNS if "access_key" not in name]),
                "the report has no column access_key_1_active",
            ),
            (b'"' + WHOLE, "the report is no CSV: unexpected end of data"),
        ],
    )
    def test_one_says_what_is_broken(self, content: bytes, why: str):
        assert _look([COMPLETE], [_report(content)]).coverage.message == why

    def test_a_byte_order_mark_and_a_last_newline_do_no_harm(self):
        sight = _look([COMPLETE], [_report(b"\xef\xbb\xbf" + WHOLE + b"\n")])
        plain = _look([COMPLETE], [_report(WHOLE)])
        assert [b.digest for b in sight.bodies] == [b.digest for b in plain.bodies]


class TestRows:
    def test_a_user_reads_as_configuration_and_observation(self):
        body = _body(ALICE)
        assert (body.key, body.uid) == (ARN, "2025-02-03T04:05:06Z")
        assert body.config == {
            "user": "alice",
            "arn": ARN,
            "user_creation_time": "2025-02-03T04:05:06Z",
            "password_enabled": True,
            "mfa_active": True,
            "access_keys": [
                {"active": False, "last_rotated": "2025-03-01T00:00:00Z"},
                {"active": True, "last_rotated": "2026-03-01T00:00:00Z"},
            ],
            "certificates": [{"active": True, "last_rotated": "2025-05-05T00:00:00Z"}],
        }
        assert body.observed["password_last_used"] == "2026-06-30T08:00:00Z"
        assert body.observed["access_keys"]["2026-03-01T00:00:00Z"] == {
            "last_used_date": "2026-06-30T09:00:00Z",
            "last_used_region": "eu-west-1",
            "last_used_service": "s3",
        }

    def test_root_is_a_row_like_any_other(self):
        sight = _look([COMPLETE], [_report(WHOLE)])
        root = next(body for body in sight.bodies if body.key.endswith(":root"))
        assert root.config["user"] == "<root_account>"
        assert root.config["access_keys"] == []
        assert root.observed["password_next_rotation"] is None
        assert root.observed["spelled"] == {"password_next_rotation": "not_supported"}

    @pytest.mark.parametrize("spelling", ["N/A", "no_information", "not_supported", ""])
    def test_every_way_to_say_nothing_is_nothing(self, spelling: str):
        body = _body(ALICE, password_last_used=spelling, password_enabled=spelling)
        assert body.observed["password_last_used"] is None
        assert body.config["password_enabled"] is None
        spelled = {"password_last_used": spelling, "password_enabled": spelling}
        assert body.observed["spelled"] == (
            spelled if spelling in ("no_information", "not_supported") else {}
        )

    @pytest.mark.parametrize("spelling", ["N/A", "no_information", "not_supported", ""])
    def test_a_slot_that_says_nothing_is_no_key(self, spelling: str):
        slot = {name: spelling for name in COLUMNS if name.startswith("access_key_1")}
        body = _body(ALICE, **slot)
        assert [key["last_rotated"] for key in body.config["access_keys"]] == [
            "2025-03-01T00:00:00Z"
        ]

    @pytest.mark.parametrize(
        ("true", "false"), [("true", "false"), ("TRUE", "FALSE"), ("True", "False")]
    )
    def test_booleans_are_read_in_any_case(self, true: str, false: str):
        body = _body(ALICE, password_enabled=true, mfa_active=false, access_key_1_active=true)
        assert (body.config["password_enabled"], body.config["mfa_active"]) == (True, False)
        assert body.digest == _body(ALICE, mfa_active="false").digest

    def test_times_are_the_same_with_either_spelling_of_utc(self):
        other = {
            name: value.replace("Z", "+00:00") if value.startswith("20") else value
            for name, value in ALICE.items()
        }
        ours, theirs = _body(ALICE), _body(other)
        assert (ours.digest, ours.observed, ours.uid) == (
            theirs.digest,
            theirs.observed,
            theirs.uid,
        )

    def test_a_time_without_an_offset_is_left_as_it_is(self):
        assert _body(ALICE, password_last_used="2026-01-02T03:04:05").observed[
            "password_last_used"
        ] == ("2026-01-02T03:04:05")

    def test_keys_and_certificates_that_swap_their_slots_are_the_same(self):
        def swapped(row: dict[str, str], prefix: str) -> dict[str, str]:
            other = {"1": "2", "2": "1"}
            return {
                **row,
                **{
                    name: row[f"{prefix}{other[name[len(prefix)]]}{name[len(prefix) + 1 :]}"]
                    for name in row
                    if name.startswith(prefix)
                },
            }

        turned = swapped(swapped(ALICE, "access_key_"), "cert_")
        assert turned["access_key_2_active"] == "true"
        ours, theirs = _body(ALICE), _body(turned)
        assert (ours.digest, ours.observed) == (theirs.digest, theirs.observed)

    def test_the_order_of_columns_and_rows_means_nothing(self):
        columns = [*COLUMNS[::-1]]
        ours = _look([COMPLETE], [_report(csv_of(ROOT, ALICE))])
        theirs = _look([COMPLETE], [_report(csv_of(ALICE, ROOT, columns=columns))])
        assert [b.digest for b in ours.bodies] == [b.digest for b in theirs.bodies]

    def test_a_column_nobody_knows_is_kept(self):
        body = _body(ALICE, additional_credentials_info="3 keys", access_key_1_scope="all")
        assert body.config["additional_credentials_info"] == "3 keys"
        assert {"active": True, "last_rotated": "2026-03-01T00:00:00Z", "scope": "all"} in (
            body.config["access_keys"]
        )

    def test_a_new_column_that_says_nothing_of_a_user_is_no_change_of_the_user(self):
        for spelling in ("N/A", ""):
            body = _body(ALICE, additional_credentials_info=spelling, access_key_1_scope=spelling)
            assert body.digest == _body(ALICE).digest

    @pytest.mark.parametrize("name", ["true", "False", "no_information", "20260101T000000Z"])
    def test_a_user_has_the_name_that_is_written_whatever_it_says_elsewhere(self, name: str):
        assert _body(ALICE, user=name).config["user"] == name

    def test_use_alone_moves_no_digest(self):
        later = {
            "password_last_used": "2026-07-01T00:00:00Z",
            "password_last_changed": "2026-07-01T00:00:00Z",
            "password_next_rotation": "2026-09-01T00:00:00Z",
            "access_key_1_last_used_date": "2026-07-01T01:00:00Z",
            "access_key_1_last_used_region": "us-east-1",
            "access_key_1_last_used_service": "ec2",
        }
        body = _body(ALICE, **later)
        assert body.digest == _body(ALICE).digest
        assert body.observed != _body(ALICE).observed

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("mfa_active", "false"),
            ("password_enabled", "false"),
            ("access_key_1_active", "false"),
            ("access_key_1_last_rotated", "2026-06-30T00:00:00Z"),
            ("cert_1_active", "false"),
            ("user_creation_time", "2026-06-30T00:00:00Z"),
        ],
    )
    def test_configuration_moves_the_digest(self, column: str, value: str):
        assert _body(ALICE, **{column: value}).digest != _body(ALICE).digest

    def test_a_user_made_anew_under_the_same_name_has_another_uid(self):
        again = _body(ALICE, user_creation_time="2026-06-30T00:00:00Z")
        assert (again.key, again.uid) == (ARN, "2026-06-30T00:00:00Z")

    def test_a_time_in_another_zone_is_told_in_utc(self):
        body = _body(ALICE, password_last_used="2026-06-30T10:00:00+02:00")
        assert datetime.fromisoformat(body.observed["password_last_used"]) == datetime(
            2026, 6, 30, 8, tzinfo=UTC
        )
        assert body.observed["password_last_used"].endswith("08:00:00Z")
