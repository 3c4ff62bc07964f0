"""A digest file is deleted from the trail's bucket: the next collection tells it, and nothing else."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from driftkeeper.collect.recording import file_name
from driftkeeper.domain.canonical import plain, timestamp
from driftkeeper.domain.types import GLOBAL_REGION
from tests.aws import ACCOUNT, NOW, REGION
from tests.aws.digests import BUCKET, HOUR, TrailBucket
from tests.journeys.program import Program

DAY = timedelta(days=1)
_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main"
_GONE = {"Error": {"Code": "NoSuchKey", "Message": "no such key"}, "HTTPStatusCode": 404}


def _write(folder: Path, bucket: TrailBucket, at: datetime) -> None:
    """Write what is answered at a moment."""
    trail = {
        "Name": "main",
        "TrailARN": _ARN,
        "HomeRegion": REGION,
        "S3BucketName": BUCKET,
        "LogFileValidationEnabled": True,
    }
    status = {"IsLogging": True, "LatestDigestDeliveryTime": at - HOUR}
    answers: dict[str, dict[str, Any]] = {
        "cloudtrail.DescribeTrails.json": {"trailList": [trail]},
        "cloudtrail.GetTrailStatus.json": status,
        "cloudtrail.ListPublicKeys.json": bucket.keys(),
        "s3.ListObjectsV2.json": bucket.listed({"Prefix": bucket.folder}),
        "s3.GetObject.json": _GONE,
    }
    for key in bucket.objects:
        answer = {**bucket.got({"Key": key}), "Body": bucket.taken(key)}
        answers[file_name("s3", "GetObject", {"Bucket": BUCKET, "Key": key})] = answer
    buckets = [{"Name": BUCKET, "CreationDate": NOW, "BucketRegion": REGION}]
    places = {REGION: answers, GLOBAL_REGION: {"s3.ListBuckets.json": {"Buckets": buckets}}}
    for place, files in places.items():
        (folder / ACCOUNT / place).mkdir(parents=True)
        for name, answer in files.items():
            (folder / ACCOUNT / place / name).write_text(json.dumps(plain(answer)))
    (folder / ACCOUNT / "meta.json").write_text(json.dumps({"regions": [REGION]}))


def _collect(program: Program, folder: Path, bucket: TrailBucket, at: datetime) -> None:
    _write(folder, bucket, at)
    words = ("--replay", str(folder), "--at", timestamp(at), "--evidence", "cloudtrail.digest")
    ran = program("collect", *words)
    assert ran.code == 0, ran.err


def test_a_digest_that_is_deleted_is_one_change(fresh: Program, tmp_path: Path) -> None:
    bucket = TrailBucket().write_day(hours=40)
    for day in range(4):
        at = NOW + day * DAY
        if day:
            for hour in range(24):
                bucket.write(at - DAY + hour * HOUR)
        if day == 2:
            del bucket.objects[bucket.digests[-9]]
        _collect(fresh, tmp_path / str(day), bucket, at)

    found = fresh.json("changes")["changes"]
    told = [(change["kind"], change["severity"]) for change in found if change["evidence"]]
    assert [row for row in told if row[0].startswith("cloudtrail.")] == [
        ("cloudtrail.digest_invalid", "critical"),
        ("cloudtrail.digest_sound", "info"),
    ]
    assert {kind for kind, _ in told} <= {
        "cloudtrail.digest_sound",
        "cloudtrail.digest_invalid",
        "collection.baseline_established",
    }
    (change,) = (c for c in found if c["kind"] == "cloudtrail.digest_invalid")
    name = bucket.digests[-9 - 24].rpartition("/")[2]
    assert f"in {REGION}: {name} (it is not there)" in change["says"]
    assert change["after"]["Missing"] == 1
