"""KMS keys: what is the customer's to set is asked for, and nothing that AWS sets."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.kms_key import KEY, can_rotate
from driftkeeper.collect.reader import Known
from driftkeeper.collect.ties import Counter
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

FIRST = {"KeyId": "a", "RotationDate": NOW - timedelta(days=365), "RotationType": "AUTOMATIC"}
LAST = {"KeyId": "a", "RotationDate": NOW, "RotationType": "ON_DEMAND"}
SOME, OTHER = "1" * 64, "2" * 64
"""Ids of key material."""


def _metadata(**more: Any) -> dict[str, Any]:
    return {**OURS, **more}


def _look(
    keys: dict[str, dict[str, Any]], before: Sight | None = None, **answers: Any
) -> tuple[Sight, Script]:
    """Look at keys by id, each with its metadata; answers replace the usual ones.

    `before` is what was seen at the last look.
    """
    usual: dict[str, Any] = {
        "ListKeys": {
            "Keys": [{"KeyId": k, "KeyArn": f"arn:aws:kms:::key/{k}" + "0" * 10} for k in keys]
        },
        "ListAliases": {"Aliases": []},
        "DescribeKey": lambda p: {"KeyMetadata": {"KeyId": p["KeyId"], **keys[p["KeyId"]]}},
        "GetKeyRotationStatus": {"KeyRotationEnabled": True, "NextRotationDate": NOW},
        "GetKeyPolicy": {"Policy": json.dumps(POLICY), "PolicyName": "default"},
        "ListResourceTags": {"Tags": [{"TagKey": "k", "TagValue": "v"}]},
        "ListKeyRotations": {"Rotations": [LAST, FIRST]},
        "ListGrants": {"Grants": []},
        **answers,
    }
    script = Script({(REGION, f"kms.{name}"): answer for name, answer in usual.items()})
    asks = reader(script, KEY)
    if before is not None:
        bodies = {body.key: body for body in before.bodies}
        asks = replace(asks, remember=lambda: Known(NOW, bodies))
    return look(KEY, asks), script


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
    assert config["KeyMetadata"] == {"KeyManager": "AWS"}


OF_AWS = {"AliasName": "alias/aws/ebs", "TargetKeyId": "a"}


def test_a_key_that_its_alias_shows_to_be_of_aws_is_not_described():
    sight, script = _look({"a": _metadata(KeyManager="AWS")}, ListAliases={"Aliases": [OF_AWS]})
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert {name for _, name, _ in script.asked} == {"kms.ListKeys", "kms.ListAliases"}
    assert sight.bodies[0].config["KeyMetadata"] == {"KeyManager": "AWS"}


def test_a_key_of_aws_is_the_same_on_a_day_when_aliases_cannot_be_read():
    keys = {"a": _metadata(KeyManager="AWS", CurrentKeyMaterialId=SOME)}
    seen, _ = _look(keys, ListAliases={"Aliases": [OF_AWS]})
    denied, script = _look(keys, ListAliases=Error("AccessDeniedException"))
    assert script.asked_for("kms.DescribeKey")
    assert denied.bodies[0].unseen == ("Aliases",)
    before, after = dict(seen.bodies[0].config), dict(denied.bodies[0].config)
    assert before.pop("Aliases")
    assert before == after
    assert "KeyMetadata" not in denied.bodies[0].observed


def test_an_alias_that_only_begins_like_those_of_aws_hides_nothing():
    alias = {"AliasName": "alias/awsome", "TargetKeyId": "a"}
    _, script = _look({"a": _metadata()}, ListAliases={"Aliases": [alias]})
    assert script.asked_for("kms.DescribeKey")


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
    assert sight.bodies[0].unseen == (
        "KeyMetadata",
        "Rotation",
        "Rotations",
        "Policy",
        "Tags",
        "Grants",
    )
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


def test_past_rotations_are_observed_in_the_order_of_their_dates():
    sight, script = _look({"a": _metadata(CurrentKeyMaterialId=SOME)})
    body = sight.bodies[0]
    assert "Rotations" not in body.config
    assert [row["RotationType"] for row in body.observed["Rotations"]] == ["AUTOMATIC", "ON_DEMAND"]
    assert {params["Limit"] for params in script.asked_for("kms.ListKeyRotations")} == {1000}


def test_rotations_are_not_asked_for_again_while_the_key_material_is_the_same():
    keys = {"a": _metadata(CurrentKeyMaterialId=SOME)}
    before, _ = _look(keys)
    after, script = _look(keys, before)
    assert script.asked_for("kms.ListKeyRotations") == []
    assert after.bodies[0].observed == before.bodies[0].observed
    assert after.coverage.outcome is Outcome.COMPLETE


@pytest.mark.parametrize("material", [{}, {"CurrentKeyMaterialId": OTHER}])
def test_rotations_are_asked_for_when_the_key_material_is_new_or_not_known(
    material: dict[str, Any],
):
    before, _ = _look({"a": _metadata(**{"CurrentKeyMaterialId": SOME, **material})})
    now = _metadata(**({"CurrentKeyMaterialId": SOME} if material else {}))
    _, script = _look({"a": now}, before)
    assert script.asked_for("kms.ListKeyRotations")


def test_rotations_that_were_never_listed_are_not_kept():
    """As the key was to be deleted they were not asked for: what is not known cannot be kept."""
    before, _ = _look({"a": _metadata(CurrentKeyMaterialId=SOME, KeyState="PendingDeletion")})
    after, _ = _look({"a": _metadata(CurrentKeyMaterialId=SOME)}, before)
    assert before.bodies[0].observed["Rotations"] is None
    assert len(after.bodies[0].observed["Rotations"]) == 2


@pytest.mark.parametrize(
    "answers",
    [
        {"ListKeyRotations": Error("UnsupportedOperationException")},
        {"GetKeyRotationStatus": Error("UnsupportedOperationException")},
    ],
    ids=["rotations", "status"],
)
def test_where_rotation_is_not_supported_there_are_no_rotations(answers: dict[str, Any]):
    sight, script = _look({"a": _metadata()}, **answers)
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert sight.bodies[0].observed["Rotations"] is None
    assert bool(script.asked_for("kms.ListKeyRotations")) == ("ListKeyRotations" in answers)


def test_rotations_that_one_may_not_read_are_unseen_and_change_nothing():
    keys = {"a": _metadata(CurrentKeyMaterialId=SOME)}
    before, _ = _look(keys)
    after, _ = _look(keys, ListKeyRotations=Error("AccessDeniedException"))
    assert after.bodies[0].unseen == ("Rotations",)
    assert after.bodies[0].digest == before.bodies[0].digest


def test_a_rotation_without_a_date_is_no_rotation():
    sight, _ = _look({"a": _metadata()}, ListKeyRotations={"Rotations": [{"KeyId": "a"}]})
    assert sight.bodies[0].unseen == ("Rotations",)
    assert sight.coverage.code == "MalformedAnswer"


def test_grants_of_services_come_and_go_without_a_change():
    grants = [
        {"GrantId": n, "GranteePrincipal": "dynamodb.eu-west-1.amazonaws.com"} for n in ("y", "x")
    ]
    before, _ = _look({"a": _metadata()})
    after, script = _look({"a": _metadata()}, ListGrants={"Grants": grants})
    assert [grant["GrantId"] for grant in after.bodies[0].observed["Grants"]] == ["x", "y"]
    assert before.bodies[0].digest == after.bodies[0].digest
    assert {params["Limit"] for params in script.asked_for("kms.ListGrants")} == {100}


def test_a_key_that_was_deleted_meanwhile_is_gone_and_not_missed():
    sight, _ = _look({"a": _metadata()}, DescribeKey=Error("NotFoundException"))
    assert sight.bodies == ()
    assert (sight.coverage.outcome, sight.coverage.gone) == (Outcome.COMPLETE, 1)


def test_the_keys_that_are_described_are_those_that_are_listed():
    def described(params: dict[str, Any]) -> Any:
        if params["KeyId"] == "b":
            return Error("AccessDeniedException")
        return {"KeyMetadata": {"KeyId": "a", **_metadata()}}

    counted = []
    for answers in ({}, {"DescribeKey": described}):
        keys = {"a": _metadata(), "b": _metadata(), "c": _metadata(KeyManager="AWS")}
        aliases = {"Aliases": [{**OF_AWS, "TargetKeyId": "c"}]}
        sight, _ = _look(keys, None, ListAliases=aliases, **answers)
        counter = Counter({KEY.name: KEY})
        counter.see(sight)
        (tied,) = counter.ties(sight.scope)
        counted.append((tied.mine, tied.theirs, len(tied.odd)))
    assert counted == [(2, 2, 0), (1, 2, 1)]
