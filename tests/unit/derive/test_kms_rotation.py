"""Which keys AWS can rotate, and whether it does."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.spec import Item
from driftkeeper.derive.facts.kms_rotation import ROTATION
from tests.cases.answers import GONE, KEY, kms_key
from tests.unit.derive.drawing import is_odd, missing, row

_KEY = "kms.key"
_NEVER = {"Rotation": None}


def of(item: Item, **more: Any) -> dict[str, Any]:
    return row(ROTATION, _KEY, {_KEY: item}, **more)


def test_a_key_that_rotates_says_how_often() -> None:
    assert of(KEY) == {
        "eligible": True,
        "state": "Enabled",
        "obstacle": None,
        "rotates": True,
        "days": 365,
    }


def test_a_key_that_could_rotate_and_does_not_has_no_period() -> None:
    found = of(kms_key({"Rotation": {"KeyRotationEnabled": False, "KeyId": "1234abcd"}}))

    assert (found["eligible"], found["rotates"], found["days"]) == (True, False, None)


@pytest.mark.parametrize(
    ("edits", "obstacle"),
    [
        ({"KeyMetadata": {"KeyManager": "AWS"}}, "AWS manages the key"),
        (
            {"KeyMetadata.KeySpec": "RSA_2048", "KeyMetadata.KeyUsage": "SIGN_VERIFY"},
            "the key is not a symmetric encryption key",
        ),
        ({"KeyMetadata.KeySpec": "HMAC_256"}, "the key is not a symmetric encryption key"),
        ({"KeyMetadata.KeyUsage": "SIGN_VERIFY"}, "the key is not a symmetric encryption key"),
        ({"KeyMetadata.Origin": "EXTERNAL"}, "its material does not come from KMS"),
        ({"KeyMetadata.Origin": "AWS_CLOUDHSM"}, "its material does not come from KMS"),
        ({"KeyMetadata.KeyState": "PendingDeletion"}, "the key is not in use"),
        (
            {"KeyMetadata.MultiRegionConfiguration": {"MultiRegionKeyType": "REPLICA"}},
            "the key is a replica, and follows its primary",
        ),
    ],
)
def test_why_a_key_cannot_rotate(edits: dict[str, Any], obstacle: str) -> None:
    found = of(kms_key({**_NEVER, **edits}))

    assert (found["eligible"], found["obstacle"]) == (False, obstacle)
    assert (found["rotates"], found["days"]) == (None, None)


def test_a_key_that_kms_refuses_to_rotate_is_not_one_that_was_forgotten() -> None:
    found = of(kms_key(_NEVER))

    assert (found["eligible"], found["obstacle"]) == (
        False,
        "KMS says that it cannot rotate the key",
    )


def test_a_primary_of_several_regions_rotates_by_itself() -> None:
    several = {"KeyMetadata.MultiRegionConfiguration": {"MultiRegionKeyType": "PRIMARY"}}

    assert of(kms_key(several))["eligible"] is True


def test_a_disabled_key_keeps_its_setting() -> None:
    found = of(kms_key({"KeyMetadata.KeyState": "Disabled"}))

    assert (found["eligible"], found["state"], found["rotates"]) == (True, "Disabled", True)


def test_what_an_old_answer_leaves_out_is_as_it_always_was() -> None:
    """KMS once named no spec: all keys were symmetric then."""
    assert of(kms_key({"KeyMetadata.KeySpec": GONE, "KeyMetadata.Origin": GONE}))["eligible"]


def test_a_key_that_is_not_there_does_not_rotate() -> None:
    found = row(ROTATION, _KEY, {_KEY: None}, key="x")

    assert (found["eligible"], found["obstacle"], found["state"]) == (
        False,
        "the key does not exist",
        None,
    )


def test_what_was_not_seen_matters_only_where_it_could_rotate() -> None:
    blind = {_KEY: ("Rotation",)}
    imported = kms_key({"KeyMetadata.Origin": "EXTERNAL"})

    assert missing(ROTATION, _KEY, {_KEY: KEY}, unseen=blind) == (_KEY, "Rotation")
    assert of(imported, unseen=blind)["obstacle"] == "its material does not come from KMS"
    assert missing(ROTATION, _KEY, {_KEY: KEY}, unseen={_KEY: ("KeyMetadata",)}) == (
        _KEY,
        "KeyMetadata",
    )


def test_an_odd_answer_costs_only_its_own_row() -> None:
    assert is_odd(ROTATION, _KEY, {_KEY: kms_key({"Rotation": [1]})})
