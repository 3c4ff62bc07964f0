"""KMS keys: what is the customer's to set is asked for, and nothing that AWS sets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.kms_key import KEY, can_rotate
from driftkeeper.domain.types import Cause, Outcome, Sight
from tests.aws import ACCOUNT, NOW, REGION, Error, Script, reader

OURS = {
    "KeyManager": "CUSTOMER",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "Origin": "AWS_KMS",
    "KeyState": "Enabled",
    "CreationDate": NOW,
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Enable IAM",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
RESAVED = json.dumps(
    {
        "Statement": {
            "Resource": ["*"],
            "Action": ["KMS:*"],
            "Principal": {"AWS": ACCOUNT},
            "Effect": "Allow",
        },
        "Version": "2012-10-17",
    }
)


def _metadata(**more: Any) -> dict[str, Any]:
    return {**OURS, **more}


def _look(keys: dict[str, dict[str, Any]], **answers: Any) -> tuple[Sight, Script]:
    """Look at keys by id, each with its metadata; answers replace the usual ones."""
    usual: dict[str, Any] = {
        "ListKeys": {
            "Keys": [{"KeyId": k, "KeyArn": f"arn:aws:kms:::key/{k}" + "0" * 10} for k in keys]
        },
        "ListAliases": {"Aliases": []},
        "DescribeKey": lambda p: {"KeyMetadata": {"KeyId": p["KeyId"], **keys[p["KeyId"]]}},
        "GetKeyRotationStatus": {"KeyRotationEnabled": True, "NextRotationDate": NOW},
        "GetKeyPolicy": {"Policy": json.dumps(POLICY), "PolicyName": "default"},
        "ListResourceTags": {"Tags": [{"TagKey": "k", "TagValue": "v"}]},
        **answers,
    }
    script = Script({(REGION, f"kms.{name}"): answer for name, answer in usual.items()})
    return look(KEY, reader(script, KEY)), script


def test_a_key_of_the_customer_is_read_whole():
    sight, _ = _look({"a": _metadata()})
    body = sight.bodies[0]
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert body.uid == "a"
    assert body.config["Rotation"] == {"KeyRotationEnabled": True}
    assert body.config["Tags"] == [{"TagKey": "k", "TagValue": "v"}]
    assert body.config["Policy"]["Statement"][0]["Action"] == ["kms:*"]
    assert body.observed["Rotation"] == {"NextRotationDate": "2026-07-01T03:00:00Z"}
    assert body.observed["Policy"] == json.dumps(POLICY)


def test_of_a_key_of_aws_only_the_metadata_are_asked_for():
    sight, script = _look({"a": _metadata(KeyManager="AWS")})
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert {name for _, name, _ in script.asked} == {
        "kms.ListKeys",
        "kms.ListAliases",
        "kms.DescribeKey",
    }
    config = sight.bodies[0].config
    assert (config["Rotation"], config["Policy"], config["Tags"]) == (None, None, [])


@pytest.mark.parametrize(
    ("metadata", "can"),
    [
        ({}, True),
        ({"KeyState": "Disabled"}, True),
        ({"KeyState": "PendingDeletion"}, False),
        ({"KeyState": "PendingImport"}, False),
        ({"KeyManager": "AWS"}, False),
        ({"KeySpec": "RSA_2048"}, False),
        ({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}, False),
        ({"KeyUsage": "SIGN_VERIFY"}, False),
        ({"Origin": "EXTERNAL"}, False),
        ({"Origin": "AWS_CLOUDHSM"}, False),
    ],
)
def test_rotation_is_asked_for_where_aws_can_rotate(metadata: dict[str, Any], can: bool):
    assert can_rotate({"KeyMetadata": _metadata(**metadata)}) is can
    _, script = _look({"a": _metadata(**metadata)})
    assert bool(script.asked_for("kms.GetKeyRotationStatus")) is can


def test_a_key_whose_rotation_is_not_supported_after_all_is_seen_to_have_none():
    sight, _ = _look(
        {"a": _metadata()}, GetKeyRotationStatus=Error("UnsupportedOperationException")
    )
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert sight.bodies[0].config["Rotation"] is None


def test_a_policy_saved_anew_in_another_spelling_is_no_change_and_its_text_is_kept():
    before, _ = _look({"a": _metadata()})
    after, _ = _look({"a": _metadata()}, GetKeyPolicy={"Policy": RESAVED})
    assert before.bodies[0].digest == after.bodies[0].digest
    assert after.bodies[0].observed["Policy"] == RESAVED


def test_a_policy_that_one_may_not_read_is_unseen_and_not_absent():
    def policy(params: dict[str, Any]) -> Any:
        return Error("AccessDeniedException") if params["KeyId"] == "b" else {"Policy": RESAVED}

    sight, _ = _look({"a": _metadata(), "b": _metadata()}, GetKeyPolicy=policy)
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, Cause.DENIED)
    assert [body.unseen for body in sight.bodies] == [(), ("Policy",)]
    assert "Policy" not in sight.bodies[1].config


def test_what_cannot_be_described_is_not_asked_further():
    sight, script = _look({"a": {}}, DescribeKey=Error("AccessDeniedException"))
    assert sight.bodies[0].unseen == ("KeyMetadata", "Rotation", "Policy", "Tags")
    assert [name for _, name, _ in script.asked][-1] == "kms.DescribeKey"


@pytest.mark.parametrize("answer", [{}, {"NextRotationDate": NOW}])
def test_an_empty_rotation_status_is_not_rotation_off(answer: dict[str, Any]):
    sight, _ = _look({"a": _metadata()}, GetKeyRotationStatus=answer)
    assert sight.bodies[0].unseen == ("Rotation",)


def test_aliases_come_from_one_listing_and_their_dates_are_observed():
    aliases = [
        {"AliasName": f"alias/{n}", "TargetKeyId": k, "CreationDate": NOW, "LastUpdatedDate": NOW}
        for n, k in (("z", "a"), ("y", "b"), ("x", "a"))
    ]
    sight, script = _look({"a": _metadata(), "b": _metadata()}, ListAliases={"Aliases": aliases})
    assert [alias["AliasName"] for alias in sight.bodies[0].config["Aliases"]] == [
        "alias/x",
        "alias/z",
    ]
    assert all("CreationDate" not in alias for alias in sight.bodies[0].config["Aliases"])
    assert {params["Limit"] for params in script.asked_for("kms.ListAliases")} == {100}


def test_a_rotation_that_happened_is_an_act_and_no_configuration():
    before, _ = _look({"a": _metadata(CurrentKeyMaterialId="1" * 64)})
    after, _ = _look({"a": _metadata(CurrentKeyMaterialId="2" * 64)})
    assert before.bodies[0].digest == after.bodies[0].digest
    assert before.bodies[0].observed != after.bodies[0].observed
