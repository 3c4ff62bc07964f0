"""The root user: what three answers say of it together, and each of them may be missing."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.evidence.iam_root import ROOT as TYPE
from driftkeeper.domain.types import Body, Cause, Outcome
from tests.aws import NOW, Error, Script
from tests.unit.collect.evidence.iam_account import (
    BORN,
    IAM,
    MADE,
    ROOT,
    SUMMARY,
    account,
    row,
    see,
    user,
    virtual,
)

ALICE = f"{IAM}:user/alice"
FEATURES = {"OrganizationId": "o-abcdefghij", "EnabledFeatures": ["RootSessions"]}
NOT_HERE = Error("AccountNotManagementOrDelegatedAdministratorException")


def _script(
    flags: dict[str, int] | None = None,
    columns: dict[str, str] | None = None,
    devices: tuple[dict[str, Any], ...] = (),
    **answers: Any,
) -> Script:
    summary = {"SummaryMap": {**SUMMARY, **(flags or {})}}
    healthy = {
        "GetAccountSummary": summary,
        "ListVirtualMFADevices": {"VirtualMFADevices": [*devices]},
        "ListOrganizationsFeatures": NOT_HERE,
    }
    rows = [row(ROOT, **(columns or {})), row(ALICE, access_key_1_active="true")]
    return account([user("alice")], rows, **{**healthy, **answers})


def _body(script: Script) -> Body:
    sight = see(TYPE, script)
    assert sight.coverage.outcome is Outcome.COMPLETE, sight.coverage
    (body,) = sight.bodies
    return body


def test_root_without_anything():
    body = _body(_script())
    assert body.key == ROOT
    assert body.config == {
        "AccountMFAEnabled": 0,
        "AccountAccessKeysPresent": 0,
        "AccountPasswordPresent": 1,
        "AccountSigningCertificatesPresent": 0,
        "Credentials": {"ActiveAccessKeys": 0},
        "MFA": {"Kind": "none", "Devices": []},
        "OrganizationsFeatures": None,
    }


@pytest.mark.parametrize(
    ("is_on", "devices", "kind"),
    [
        (0, (), "none"),
        (1, (), "hardware_or_fido"),
        (1, (virtual("root", ROOT),), "virtual"),
        (1, (virtual("alice", ALICE), virtual("nobodys")), "hardware_or_fido"),
    ],
)
def test_the_kind_of_mfa_follows_from_the_virtual_devices(
    is_on: int, devices: tuple[dict[str, Any], ...], kind: str
):
    assert _body(_script({"AccountMFAEnabled": is_on}, devices=devices)).config["MFA"] == {
        "Kind": kind,
        "Devices": [{"SerialNumber": f"{IAM}:mfa/root"}] if kind == "virtual" else [],
    }


def test_keys_are_counted_when_active_in_whatever_slot():
    made = {"access_key_1_last_rotated": "2025-01-01T00:00:00Z"}
    used = "2026-06-01T00:00:00Z"
    inactive = _body(_script({"AccountAccessKeysPresent": 1}, made))
    active = _body(
        _script(
            {"AccountAccessKeysPresent": 1},
            {**made, "access_key_2_active": "true", "access_key_2_last_used_date": used},
        )
    )
    assert inactive.config["Credentials"] == {"ActiveAccessKeys": 0}
    assert active.config["Credentials"] == {"ActiveAccessKeys": 1}
    assert active.observed["Credentials"]["AccessKeyLastUsed"] == used


def test_use_of_root_and_a_device_enabled_anew_are_acts_and_no_configuration():
    device = virtual("root", ROOT)
    before = _body(_script({"AccountMFAEnabled": 1}, devices=(device,)))
    after = _body(
        _script(
            {"AccountMFAEnabled": 1},
            {"password_last_used": "2026-06-01T00:00:00Z"},
            ({**device, "EnableDate": NOW},),
        )
    )
    assert before.digest == after.digest
    assert before.observed != after.observed


def test_what_the_summary_does_not_tell_is_not_known():
    summary = {k: v for k, v in SUMMARY.items() if k != "AccountPasswordPresent"}
    body = _body(_script(GetAccountSummary={"SummaryMap": summary}))
    assert body.config["AccountPasswordPresent"] is None


@pytest.mark.parametrize(
    "code",
    [
        "AccountNotManagementOrDelegatedAdministratorException",
        "OrganizationNotFoundException",
        "OrganizationNotInAllFeaturesModeException",
        "ServiceAccessNotEnabledException",
    ],
)
def test_features_of_the_organisation_that_cannot_be_told_here_are_not_known(code: str):
    assert (
        _body(_script(ListOrganizationsFeatures=Error(code))).config["OrganizationsFeatures"]
        is None
    )


def test_features_of_the_organisation_are_configuration():
    both = {**FEATURES, "EnabledFeatures": ["RootCredentialsManagement", "RootSessions"]}
    one = _body(_script(ListOrganizationsFeatures=FEATURES))
    two = _body(_script(ListOrganizationsFeatures=both))
    assert one.config["OrganizationsFeatures"] == FEATURES
    assert one.digest != two.digest


def test_a_sight_is_as_fresh_as_the_report():
    coverage = see(TYPE, _script()).coverage
    assert (coverage.as_of, coverage.ended) == (MADE, NOW)


def test_a_report_without_root_says_nothing_of_its_credentials():
    only_alice = {
        "Content": "\n".join(map(",".join, [row(ALICE), row(ALICE).values()])).encode(),
        "GeneratedTime": MADE,
    }
    body = _body(_script(GetCredentialReport=lambda _params: only_alice))
    assert body.config["Credentials"] is None


@pytest.mark.parametrize(
    ("operation", "detail"),
    [
        ("GetCredentialReport", "Credentials"),
        ("ListVirtualMFADevices", "MFA"),
        ("ListOrganizationsFeatures", "OrganizationsFeatures"),
    ],
)
def test_what_is_denied_is_unseen_and_the_rest_is_seen(operation: str, detail: str):
    denied: dict[str, Any] = {operation: lambda _params: Error("AccessDenied", status=403)}
    sight = see(TYPE, _script(**denied))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, Cause.DENIED)
    (body,) = sight.bodies
    assert body.unseen == (detail,)
    assert detail not in body.config


@pytest.mark.parametrize("lost", ["AccountMFAEnabled", "AccountAccessKeysPresent"])
def test_a_summary_without_the_flags_is_malformed_and_not_a_safe_root(lost: str):
    summary = {k: v for k, v in SUMMARY.items() if k != lost}
    sight = see(TYPE, _script(GetAccountSummary={"SummaryMap": summary}))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


def test_no_seed_is_kept():
    body = _body(_script({"AccountMFAEnabled": 1}, devices=(virtual("root", ROOT),)))
    assert str(BORN.year) in str(body.observed)
    assert "SECRET" not in str(body.config) + str(body.observed)
