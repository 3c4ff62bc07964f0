"""KMS grants: rows are those that cross the border of the account, and no others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.kms_grant import GRANT, is_foreign
from driftkeeper.collect.evidence.kms_key import KEY
from driftkeeper.collect.shared import Shared
from driftkeeper.domain.types import Cause, Outcome, Sight
from tests.aws import ACCOUNT, NOW, REGION, Error, Script, clients, reader

PARTNER = "999988887777"
OURS = f"arn:aws:iam::{ACCOUNT}:root"
FOREIGN: dict[str, Any] = {
    "GrantId": "g1",
    "GranteePrincipal": f"arn:aws:iam::{PARTNER}:role/reader",
    "IssuingAccount": OURS,
    "Operations": ["Decrypt", "Encrypt"],
    "CreationDate": NOW,
}
SERVICE = {
    "GrantId": "g2",
    "GranteePrincipal": "dynamodb.eu-west-1.amazonaws.com",
    "IssuingAccount": OURS,
}


def _arn(key: str) -> str:
    return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key}"


def _script(**answers: Any) -> Script:
    usual: dict[str, Any] = {
        "ListKeys": {"Keys": [{"KeyId": key, "KeyArn": _arn(key)} for key in ("a", "b", "c")]},
        "ListAliases": {"Aliases": [{"AliasName": "alias/aws/ebs", "TargetKeyId": "c"}]},
        "DescribeKey": lambda params: {
            "KeyMetadata": {
                "KeyId": params["KeyId"],
                "KeyState": "PendingDeletion",
                "KeyManager": "AWS" if params["KeyId"] == "b" else "CUSTOMER",
            }
        },
        "ListGrants": {"Grants": [FOREIGN, SERVICE]},
        **answers,
    }
    return Script({(REGION, f"kms.{name}"): answer for name, answer in usual.items()})


def _look(script: Script) -> Sight:
    return look(GRANT, reader(script, GRANT))


@pytest.mark.parametrize(
    ("grant", "foreign"),
    [
        ({"GranteePrincipal": f"arn:aws:iam::{PARTNER}:role/x"}, True),
        ({"GranteePrincipal": f"arn:aws:sts::{PARTNER}:assumed-role/x/y"}, True),
        ({"GranteePrincipal": PARTNER}, True),
        ({"GranteePrincipal": f"arn:aws:iam::{ACCOUNT}:role/x", "IssuingAccount": PARTNER}, True),
        ({"GranteePrincipal": f"arn:aws:iam::{ACCOUNT}:role/x", "IssuingAccount": OURS}, False),
        ({"GranteePrincipal": f"arn:aws:iam::{ACCOUNT}:role/{PARTNER}"}, False),
        ({"GranteePrincipal": "rds.amazonaws.com"}, False),
        ({"GranteeServicePrincipal": "rds.amazonaws.com"}, False),
        ({"GranteePrincipal": "AROAEXAMPLEEXAMPLE123"}, False),
        ({}, False),
    ],
)
def test_a_grant_is_foreign_by_its_grantee_or_its_issuer(grant: dict[str, str], foreign: bool):
    assert is_foreign(grant, ACCOUNT) is foreign


def test_only_grants_to_other_accounts_of_the_customers_keys_are_rows():
    script = _script()
    (body,) = _look(script).bodies
    assert body.key == f"{_arn('a')}/grant/g1"
    assert body.uid == "g1"
    assert body.config["Operations"] == ["Decrypt", "Encrypt"]
    assert body.observed == {"CreationDate": "2026-07-01T03:00:00Z"}
    assert {params["KeyId"] for params in script.asked_for("kms.DescribeKey")} == {"a", "b"}
    assert {params["KeyId"] for params in script.asked_for("kms.ListGrants")} == {"a"}


def test_the_order_of_operations_means_nothing():
    turned = {**FOREIGN, "Operations": FOREIGN["Operations"][::-1]}
    bodies = [
        _look(_script(ListGrants={"Grants": [grant]})).bodies[0] for grant in (FOREIGN, turned)
    ]
    assert bodies[0].digest == bodies[1].digest


def test_all_pages_are_read_and_as_large_as_can_be():
    script = _script(ListGrants={"Grants": [{**FOREIGN, "GrantId": f"g{n}"} for n in range(5)]})
    assert len(_look(script).bodies) == 5
    assert {params["Limit"] for params in script.asked_for("kms.ListGrants")} == {100}


@pytest.mark.parametrize("name", ["DescribeKey", "ListGrants"])
def test_a_key_that_was_deleted_meanwhile_has_no_grants(name: str):
    sight = _look(_script(**{name: Error("NotFoundException")}))
    assert (sight.coverage.outcome, sight.bodies) == (Outcome.COMPLETE, ())


@pytest.mark.parametrize("name", ["ListKeys", "ListAliases", "DescribeKey", "ListGrants"])
def test_what_one_may_not_read_makes_the_scope_missed(name: str):
    sight = _look(_script(**{name: Error("AccessDeniedException")}))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


def test_a_grant_without_an_id_makes_the_scope_missed():
    sight = _look(_script(ListGrants={"Grants": [{"GranteePrincipal": PARTNER}]}))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


def test_keys_and_grants_are_asked_for_once_for_both_types():
    script = _script(
        GetKeyPolicy={"Policy": "{}"},
        GetKeyRotationStatus={"KeyRotationEnabled": False},
        ListKeyRotations={"Rotations": []},
        ListResourceTags={"Tags": []},
    )
    asks, shared = clients(script, (*KEY.calls(), *GRANT.calls())), Shared()
    for spec in (KEY, GRANT):
        look(spec, replace(reader(script, spec), clients=asks, shared=shared))
    asked = [(name, str(params.get("KeyId"))) for _, name, params in script.asked]
    for name in ("kms.DescribeKey", "kms.ListGrants"):
        assert sorted(key for called, key in asked if called == name) == sorted(
            {key for called, key in asked if called == name}
        )
    assert [called for called, _ in asked].count("kms.ListKeys") == 2  # pages
    assert [called for called, _ in asked].count("kms.ListAliases") == 1
