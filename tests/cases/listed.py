"""Cases of `iam.root`, and of keys, devices and credentials that are listed by their ids."""

from __future__ import annotations

from driftkeeper.collect.spec import Item
from tests.cases.answers import (
    ACCESS_KEY,
    ACCOUNT,
    MFA_DEVICE,
    ROOT,
    SERVICE_CREDENTIAL,
    virtual,
)
from tests.cases.case import Case

_KEY, _DEVICE, _ROOT = "iam.access_key", "iam.mfa_device", "iam.root"
_CREDENTIAL = "iam.service_specific_credential"
_W, _S, _N = "weakened", "strengthened", "neutral"
_HARDWARE: Item = {"Kind": "hardware_or_fido", "Devices": []}
_RAW = "resource.attribute_changed"
_VIRTUAL = f"MFA/Devices/arn:aws:iam::{ACCOUNT}:mfa/root"


def root(*, mfa: Item | None = None, keys: int = 0, **flags: object) -> Item:
    """The root user as the summary, the report and the listing of devices answer it."""
    guard = {**ROOT["MFA"][0], **(mfa or {})}
    credentials = [{**ROOT["Credentials"][0], "ActiveAccessKeys": keys}]
    return {**ROOT, "MFA": [guard], "Credentials": credentials, **flags}


CASES = {
    "root's virtual MFA takes the place of hardware": Case(
        _ROOT,
        root(mfa=_HARDWARE),
        root(),
        expect=(
            ("iam.root.mfa_kind_changed", "MFA/Kind", _W, "medium"),
            (_RAW, _VIRTUAL, _N, "info"),
        ),
        near=("iam.root.mfa_device_changed", "iam.root.summary_changed"),
    ),
    "root's hardware takes the place of a virtual device": Case(
        _ROOT,
        root(),
        root(mfa=_HARDWARE),
        expect=(
            ("iam.root.mfa_kind_changed", "MFA/Kind", _S, "medium"),
            (_RAW, _VIRTUAL, _N, "info"),
        ),
    ),
    "root has no MFA any more, which the report tells": Case(
        _ROOT,
        root(),
        root(mfa={"Kind": "none", "Devices": []}, AccountMFAEnabled=0),
        expect=(
            ("iam.root.summary_changed", "AccountMFAEnabled", _N, "info"),
            ("iam.root.summary_changed", "MFA/Kind", _N, "info"),
            (_RAW, _VIRTUAL, _N, "info"),
        ),
        near=("iam.root.mfa_kind_changed", "iam.root.mfa_disabled"),
    ),
    "root has another virtual device": Case(
        _ROOT,
        root(),
        root(mfa={"Devices": [virtual("phone")]}),
        expect=(
            (
                "iam.root.mfa_device_changed",
                f"MFA/Devices/{virtual('phone')['SerialNumber']}",
                _N,
                "low",
            ),
            ("iam.root.mfa_device_changed", _VIRTUAL, _N, "low"),
        ),
        near=("iam.root.mfa_kind_changed", "iam.root.summary_changed"),
    ),
    "root has an active access key, which the report tells": Case(
        _ROOT,
        root(),
        root(keys=1, AccountAccessKeysPresent=1),
        expect=(
            ("iam.root.summary_changed", "AccountAccessKeysPresent", _N, "info"),
            ("iam.root.summary_changed", "Credentials/ActiveAccessKeys", _N, "info"),
        ),
        near=("iam.root.access_key_created",),
    ),
    "an access key is listed": Case(
        _KEY,
        None,
        ACCESS_KEY,
        expect=(("iam.access_key.listed", "", _N, "info"),),
        near=("iam.access_key.unlisted", "iam.access_key.created"),
    ),
    "an access key is listed no more": Case(
        _KEY,
        ACCESS_KEY,
        None,
        expect=(("iam.access_key.unlisted", "", _N, "info"),),
        near=("iam.access_key.listed", "iam.access_key.status_changed"),
    ),
    "an access key is listed as inactive": Case(
        _KEY,
        ACCESS_KEY,
        {**ACCESS_KEY, "Status": "Inactive"},
        expect=(("iam.access_key.status_changed", "Status", _N, "info"),),
        near=("iam.access_key.listed", "iam.access_key.deactivated"),
    ),
    "an MFA device is listed": Case(
        _DEVICE,
        None,
        MFA_DEVICE,
        expect=(("iam.mfa_device.listed", "", _N, "info"),),
        near=("iam.mfa_device.unlisted", "iam.mfa_device.assigned"),
    ),
    "an MFA device is listed no more": Case(
        _DEVICE,
        MFA_DEVICE,
        None,
        expect=(("iam.mfa_device.unlisted", "", _N, "info"),),
        near=("iam.mfa_device.listed",),
    ),
    "an MFA device is nobody's": Case(
        _DEVICE,
        MFA_DEVICE,
        {**MFA_DEVICE, "UserArn": None},
        expect=(("iam.mfa_device.assigned", "UserArn", _N, "info"),),
        near=("iam.mfa_device.unlisted",),
    ),
    "a user gets a credential for a service": Case(
        _CREDENTIAL,
        None,
        SERVICE_CREDENTIAL,
        expect=(("iam.service_credential.created", "", _W, "medium"),),
    ),
    "a user loses a credential for a service": Case(
        _CREDENTIAL,
        SERVICE_CREDENTIAL,
        None,
        expect=(("iam.service_credential.deleted", "", _S, "info"),),
        near=("iam.service_credential.created",),
    ),
    "a credential for a service is inactive": Case(
        _CREDENTIAL,
        SERVICE_CREDENTIAL,
        {**SERVICE_CREDENTIAL, "Status": "Inactive"},
        expect=(("iam.service_credential.deactivated", "Status", _S, "info"),),
        near=("iam.service_credential.created", "iam.service_credential.deleted"),
    ),
}
