"""Digests: a chain that nobody touched is sound, whatever else is told, and what was not seen is a miss."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from driftkeeper.collect.digest_files import NAMED, SAMPLE, WINDOW
from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.cloudtrail_digest import DIGEST
from driftkeeper.domain.types import Body, Cause, Json, Outcome, Sight
from driftkeeper.semantics.digest_chain import ALTERED, FORGED, MISSING, UNKNOWN_KEY
from tests.aws import ACCOUNT, HOME, NOW, REGION, Error, Script, Ticking, reader
from tests.aws.digests import BUCKET, HOUR, TrailBucket, sign

OTHER = "eu-central-1"
SOUND = {"Invalid": 0, "Missing": 0, "LogsWrong": 0, "Wrong": [], "Gaps": []}
HOURS = int(WINDOW / HOUR) - 1
"""How many digests of the window there are: the first one ended a moment too early."""


def _trail(name: str = "main", **fields: Any) -> dict[str, Any]:
    home = fields.get("HomeRegion", REGION)
    return {
        "Name": name,
        "TrailARN": f"arn:aws:cloudtrail:{home}:{ACCOUNT}:trail/{name}",
        "HomeRegion": home,
        "S3BucketName": BUCKET,
        "IsMultiRegionTrail": True,
        "LogFileValidationEnabled": True,
        **fields,
    }


STATUS = {"IsLogging": True, "LatestDigestDeliveryTime": NOW - 50 * HOUR / 60}


def _script(
    bucket: TrailBucket, trails: list[dict[str, Any]] | None = None, **other: Any
) -> Script:
    """Answer for the bucket, which lies in another region than the one that is looked at."""
    answers: dict[tuple[str, str], Any] = {
        (REGION, "cloudtrail.DescribeTrails"): {"trailList": trails or [_trail()]},
        (REGION, "cloudtrail.GetTrailStatus"): STATUS,
        (REGION, "cloudtrail.ListPublicKeys"): bucket.keys(),
        (REGION, "s3.ListBuckets"): {
            "Buckets": [{"Name": BUCKET, "CreationDate": NOW, "BucketRegion": OTHER}]
        },
        (OTHER, "s3.ListObjectsV2"): bucket.listed,
        (OTHER, "s3.GetObject"): bucket.answer,
    }
    for name, answer in other.items():
        place = next(place for place in answers if place[1].endswith(f".{name}"))
        answers[place] = answer
    return Script(answers)


def _look(bucket: TrailBucket, trails: list[dict[str, Any]] | None = None, **other: Any) -> Sight:
    return look(DIGEST, reader(_script(bucket, trails, **other), DIGEST))


def _day(**fields: Any) -> TrailBucket:
    return TrailBucket(**fields).write_day()


def _config(sight: Sight) -> Mapping[str, Json]:
    (body,) = sight.bodies
    assert sight.coverage.outcome is Outcome.COMPLETE
    found: Mapping[str, Json] = body.config["Digests"]
    return found


def _observed(body: Body) -> Mapping[str, Json]:
    found: Mapping[str, Json] = body.observed["Digests"]
    return found


def test_a_healthy_day_is_sound_and_what_moves_is_only_observed():
    bucket = _day()
    sight = _look(bucket)
    (body,) = sight.bodies
    assert body.key == f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main/digest/{REGION}"
    assert _config(sight) == SOUND
    assert _observed(body) == {
        "Valid": HOURS,
        "LogsValid": 2,
        "LogsUnread": 0,
        "Backfill": 0,
        "From": "2026-06-30T01:00:00Z",
        "Until": "2026-07-01T02:00:00Z",
        "PublicKeys": [body.observed["Digests"]["PublicKeys"][0]],
    }


def test_the_next_day_is_no_change():
    bucket = _day()
    before = _look(bucket).bodies
    for hour in range(24):
        bucket.write(NOW + hour * HOUR)
    clock = Ticking(NOW + timedelta(days=1))
    status = {**STATUS, "LatestDigestDeliveryTime": clock.at - HOUR}
    script = _script(bucket, GetTrailStatus=status)
    after = look(DIGEST, reader(script, DIGEST, clock=clock)).bodies
    assert [body.digest for body in after] == [body.digest for body in before]
    assert after[0].observed != before[0].observed


def test_no_more_is_read_than_the_window_and_the_one_before_it():
    script = _script(bucket := _day())
    look(DIGEST, reader(script, DIGEST))
    read = [params["Key"] for params in script.asked_for("s3.GetObject")]
    assert len({*read}) == len(read)
    assert [*sorted(key for key in read if "-Digest/" in key)] == bucket.digests[-HOURS - 1 :]
    assert len(read) == HOURS + 1 + 2
    for params in (*script.asked_for("s3.GetObject"), *script.asked_for("s3.ListObjectsV2")):
        assert params["ExpectedBucketOwner"] == ACCOUNT


def _spoil(bucket: TrailBucket) -> None:
    bucket.spoil(
        bucket.digests[-3],
        metadata={**bucket.objects[bucket.digests[-3]].metadata, "signature": sign("x")},
    )


def _delete(bucket: TrailBucket, number: int = -3) -> None:
    del bucket.objects[bucket.digests[number]]


def _alter_log(bucket: TrailBucket) -> None:
    bucket.spoil(_logs(bucket)[-1], packed=gzip.compress(b"{}"))


def _delete_log(bucket: TrailBucket) -> None:
    del bucket.objects[_logs(bucket)[-1]]


def _logs(bucket: TrailBucket) -> list[str]:
    return [key for key in bucket.objects if "/CloudTrail/" in key]


@pytest.mark.parametrize(
    ("spoil", "counts", "reason"),
    [
        (_spoil, {"Invalid": 1}, FORGED),
        (_delete, {"Missing": 1}, MISSING),
        (lambda bucket: _delete(bucket, -HOURS - 1), {"Missing": 1}, MISSING),
        (_alter_log, {"LogsWrong": 1}, ALTERED),
        (_delete_log, {"LogsWrong": 1}, MISSING),
    ],
    ids=["forged", "deleted", "the one before the window deleted", "log altered", "log deleted"],
)
def test_what_is_wrong_is_counted_and_named(
    spoil: Callable[[TrailBucket], None], counts: dict[str, int], reason: str
):
    bucket = _day()
    spoil(bucket)
    config = dict(_config(_look(bucket)))
    (wrong,) = config.pop("Wrong")
    assert {**config, "Wrong": []} == {**SOUND, **counts}
    assert wrong["Reason"] == reason
    assert "/" not in wrong["Object"]


def test_what_was_wrong_before_the_window_is_not_told_any_more():
    bucket = _day()
    _delete(bucket, -HOURS - 3)
    assert _config(_look(bucket)) == SOUND


def test_a_chain_that_began_anew_leaves_a_gap():
    bucket = TrailBucket().write_day(NOW - 4 * HOUR)
    bucket.write(NOW - HOUR, starts=True)
    config = _config(_look(bucket))
    assert config == {
        **SOUND,
        "Gaps": [{"From": "2026-06-30T22:00:00Z", "Until": "2026-07-01T01:00:00Z"}],
    }


def test_a_trail_that_is_new_begins_without_a_gap():
    assert _config(_look(TrailBucket().write_day(hours=3))) == SOUND


def test_all_is_counted_and_some_is_named():
    bucket = _day()
    sight = _look(bucket, ListPublicKeys={"PublicKeyList": []})
    config = _config(sight)
    assert (config["Invalid"], len(config["Wrong"])) == (HOURS, NAMED)
    assert {wrong["Reason"] for wrong in config["Wrong"]} == {UNKNOWN_KEY}
    assert (_observed(sight.bodies[0])["Valid"], _observed(sight.bodies[0])["LogsValid"]) == (0, 0)


class TestNothingThere:
    def test_where_aws_says_that_it_delivered_digests_none_is_missing(self):
        config = _config(_look(TrailBucket()))
        assert config["Missing"] == 1
        assert config["Wrong"][0]["Reason"] == MISSING

    def test_where_none_was_ever_delivered_none_is_due(self):
        assert _config(_look(TrailBucket(), GetTrailStatus={"IsLogging": True})) == SOUND

    @pytest.mark.parametrize(("is_logging", "missing"), [(True, 1), (False, 0)])
    def test_where_they_stopped_to_come_they_are_missing_unless_the_trail_is_off(
        self, is_logging: bool, missing: int
    ):
        status = {"IsLogging": is_logging, "LatestDigestDeliveryTime": NOW - timedelta(days=5)}
        assert _config(_look(TrailBucket(), GetTrailStatus=status))["Missing"] == missing

    def test_the_newest_one_is_missing_when_it_was_delivered_and_is_not_there(self):
        bucket = _day()
        _delete(bucket, -1)
        config = _config(_look(bucket))
        assert (config["Missing"], config["Invalid"]) == (1, 0)

    def test_the_last_ones_are_missing_when_aws_says_that_it_delivers_no_more(self):
        bucket = TrailBucket().write_day(NOW - 6 * HOUR)
        status = {"IsLogging": True, "LatestDigestDeliveryTime": NOW - 7 * HOUR}
        assert _config(_look(bucket, GetTrailStatus=status))["Missing"] == 1


class TestBackfill:
    def test_digests_that_were_written_later_are_counted_and_not_judged(self):
        bucket = _day()
        held = bucket.objects[bucket.digests[-2]]
        later = bucket.digests[-2].replace("Z.json", "Z_backfill.json")
        bucket.objects[later] = replace(held, packed=b"anything")
        sight = _look(bucket)
        assert _config(sight) == SOUND
        assert _observed(sight.bodies[0])["Backfill"] == 1


class TestLogs:
    def test_no_more_than_a_few_are_compared(self):
        bucket = _day()
        bucket.write(NOW, logs=SAMPLE + 3)
        sight = _look(bucket)
        assert _config(sight) == SOUND
        assert _observed(sight.bodies[0])["LogsValid"] == SAMPLE

    @pytest.mark.parametrize("code", ["AccessDenied", "AllAccessDisabled"])
    def test_those_that_may_not_be_read_are_told_as_unread(self, code: str):
        bucket = _day()

        def got(params: dict[str, Any]) -> Any:
            return bucket.answer(params) if "-Digest/" in params["Key"] else Error(code, status=403)

        sight = _look(bucket, GetObject=got)
        assert _config(sight) == SOUND
        observed = _observed(sight.bodies[0])
        assert (observed["LogsValid"], observed["LogsUnread"]) == (0, 2)


class TestWhichTrails:
    @pytest.mark.parametrize(
        ("fields", "is_read"),
        [
            ({}, True),
            ({"HomeRegion": HOME}, True),
            ({"HomeRegion": HOME, "IsMultiRegionTrail": False}, False),
            ({"IsMultiRegionTrail": False}, True),
            ({"LogFileValidationEnabled": False}, False),
            ({"TrailARN": f"arn:aws:cloudtrail:{REGION}:999999999999:trail/main"}, False),
        ],
        ids=["own", "shadow", "elsewhere", "one region", "no validation", "of another account"],
    )
    def test_it_is_the_accounts_own_that_record_this_region_and_are_validated(
        self, fields: dict[str, Any], is_read: bool
    ):
        bucket = _day(home=fields.get("HomeRegion", REGION))
        sight = _look(bucket, [_trail(**fields)])
        assert sight.coverage.outcome is Outcome.COMPLETE
        assert [body.config["Digests"] for body in sight.bodies] == [SOUND] * is_read

    def test_a_prefix_and_the_id_of_the_organisation_are_found(self):
        bucket = _day(prefix="pre")
        moved = TrailBucket(prefix="pre")
        script = _script(
            moved,
            [_trail(IsOrganizationTrail=True, S3KeyPrefix="pre", LogFileValidationEnabled=True)],
        )
        moved.objects = {
            key.replace("AWSLogs/", "AWSLogs/o-abc/"): held for key, held in bucket.objects.items()
        }
        sight = look(DIGEST, reader(script, DIGEST))
        prefixes = [params["Prefix"] for params in script.asked_for("s3.ListObjectsV2")]
        assert {*prefixes} == {
            "pre/AWSLogs/o-",
            f"pre/AWSLogs/o-abc/{ACCOUNT}/CloudTrail-Digest/{REGION}/",
        }
        # They were moved there, and say so themselves.
        assert {row["Reason"] for row in _config(sight)["Wrong"]} == {
            "it was moved from where it was written"
        }


class TestUnseen:
    @pytest.mark.parametrize(
        ("operation", "answer", "cause"),
        [
            ("ListPublicKeys", Error("AccessDeniedException"), Cause.DENIED),
            ("ListPublicKeys", {}, Cause.FAILED),
            ("GetTrailStatus", Error("AccessDeniedException"), Cause.DENIED),
            ("GetTrailStatus", Error("TrailNotFoundException"), Cause.FAILED),
            ("ListBuckets", Error("AccessDenied"), Cause.DENIED),
            ("ListBuckets", {"Buckets": []}, Cause.NOT_OWNER),
            ("ListObjectsV2", Error("AccessDenied", status=403), Cause.DENIED),
            ("ListObjectsV2", Error("NoSuchBucket", status=404), Cause.FAILED),
            ("ListObjectsV2", {}, Cause.FAILED),
            ("GetObject", Error("AccessDenied", status=403), Cause.DENIED),
            ("GetObject", Error("SlowDown", status=503), Cause.THROTTLED),
            ("GetObject", {}, Cause.FAILED),
        ],
    )
    def test_what_may_not_be_read_is_a_miss_and_never_sound(
        self, operation: str, answer: Any, cause: Cause
    ):
        sight = _look(_day(), **{operation: answer})
        (body,) = sight.bodies
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, cause)
        assert body.unseen == ("Digests",)
        assert "Digests" not in body.config

    def test_trails_that_may_not_be_listed_are_missed(self):
        sight = _look(_day(), DescribeTrails=Error("AccessDeniedException"))
        assert (sight.coverage.outcome, sight.bodies) == (Outcome.MISSED, ())

    def test_the_bucket_of_another_account_hides_its_own_trail_and_no_other(self):
        trails = [_trail("far", S3BucketName="archive"), _trail()]
        sight = _look(_day(), trails)
        far, main = sight.bodies
        assert (far.unseen, main.unseen) == (("Digests",), ())
        assert main.config["Digests"] == SOUND
        (miss,) = sight.misses
        assert (miss.cause, miss.resource, miss.detail) == (Cause.NOT_OWNER, far.key, "Digests")


def test_digests_are_read_only_when_they_are_asked_for():
    assert DIGEST.optional
