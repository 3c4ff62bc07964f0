"""What buckets are for."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.derive.facts.s3_purpose import PURPOSE
from tests.cases.answers import OTHER_ACCOUNT, TRAIL, trail
from tests.cases.border_answers import BUCKET_ARN, bucket
from tests.unit.derive.drawing import at, row

_BUCKET, _TRAIL = "s3.bucket", "cloudtrail.trail"
_ARN = TRAIL["TrailARN"]


def of(item: Any, *trails: Any, **more: Any) -> dict[str, Any]:
    return row(PURPOSE, _BUCKET, {_BUCKET: item, _TRAIL: [*trails]}, **more)


def tagged(**tags: str) -> Any:
    return bucket(Tags=[{"Key": key.replace("__", "-"), "Value": tags[key]} for key in tags])


def test_the_trails_that_deliver_to_a_bucket_are_named() -> None:
    mine, other = trail({"S3BucketName": "orders"}), trail({"TrailARN": f"{_ARN}2"})

    assert of(bucket(), mine, other) == {"trails": [_ARN], "class": None, "class_seen": True}


def test_a_trail_of_another_account_counts_as_well() -> None:
    """Logs are often kept in an account of their own."""
    elsewhere = at(_TRAIL, account=OTHER_ACCOUNT)
    seen = {_BUCKET: bucket(), elsewhere: trail({"S3BucketName": "orders"})}

    assert row(PURPOSE, _BUCKET, seen)["trails"] == [_ARN]


def test_a_bucket_that_is_gone_still_has_the_trails_that_deliver_to_it() -> None:
    assert of(None, trail({"S3BucketName": "orders"}), key=BUCKET_ARN)["trails"] == [_ARN]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({"team": "shop"}, None),
        ({"data__class": "customer"}, "customer"),
        ({"data_class": "evidence"}, "evidence"),
        ({"DataClass": "internal"}, "internal"),
        ({"DataClass": "internal", "data__class": "customer"}, "customer"),
    ],
)
def test_the_class_is_what_its_tags_say(tags: dict[str, str], found: str | None) -> None:
    assert of(tagged(**tags))["class"] == found


def test_trails_out_of_sight_take_nothing_from_those_in_sight() -> None:
    hidden = at(_TRAIL, "us-east-1")
    found = of(bucket(), trail({"S3BucketName": "orders"}), out=[hidden])

    assert found["trails"] == [_ARN]


def test_tags_that_were_not_seen_hide_the_class_and_say_so() -> None:
    mine = trail({"S3BucketName": "orders"})
    found = of(tagged(data__class="evidence"), mine, unseen={_BUCKET: ("Tags",)})

    assert found == {"trails": [_ARN], "class": None, "class_seen": False}
