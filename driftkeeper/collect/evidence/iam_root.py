"""The root user: what credentials it has, whether MFA guards it, and when it was used (evidence item 4).

The account's summary says what there is, the credential report what is active and when it was used, the
listing of virtual devices of what kind the MFA is.
"""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.credential_report import (
    REPORT,
    credential_report,
    credentials,
    is_root,
)
from driftkeeper.collect.iam import SUMMARY, VIRTUAL_DEVICES
from driftkeeper.collect.made import LIST, Made, plain
from driftkeeper.collect.mfa_devices import virtual_devices
from driftkeeper.collect.no_setting import COPY, FIXED
from driftkeeper.collect.spec import Asker, Call, EvidenceType, Function, Gather, Item, Reach

_FLAGS = (
    "AccountMFAEnabled",
    "AccountAccessKeysPresent",
    "AccountPasswordPresent",
    "AccountSigningCertificatesPresent",
)
_ROOT = {"_user": "root"}
_ONE = ("Credentials", "MFA")


def root_flags(asker: Asker) -> Iterable[Item]:
    """Return the flags of the summary that are about root; one that is not answered is not known."""
    summary = asker.value(SUMMARY)
    return [{**_ROOT, **{name: summary.get(name) for name in _FLAGS}}]


def root_credentials(asker: Asker) -> Iterable[Item]:
    """Return what the report says of root: nothing when it has no row of it, as simulators write it."""
    rows = [row for row in credentials(asker) if is_root(row)]
    asker.seen_at(credential_report(asker).made_at)
    return [{**_ROOT, **_credentials(row)} for row in rows]


def _credentials(row: Item) -> Item:
    keys = row["access_keys"]
    used = [key["last_used_date"] for key in keys if key.get("last_used_date")]
    return {
        "ActiveAccessKeys": sum(key.get("active") is True for key in keys),
        "AccessKeyLastUsed": max(used, default=None),
        "PasswordLastUsed": row.get("password_last_used"),
        "PasswordLastChanged": row.get("password_last_changed"),
    }


def root_mfa(asker: Asker) -> Iterable[Item]:
    """Return root's MFA: its kind, and its virtual devices; devices of other kinds are not listed."""
    is_on = bool(asker.value(SUMMARY)["AccountMFAEnabled"])
    devices = [
        {"SerialNumber": device["SerialNumber"], "EnableDate": device["EnableDate"]}
        for device in virtual_devices(asker)
        if str(device["UserArn"]).endswith(":root")
    ]
    other = "hardware_or_fido" if is_on else "none"
    return [{**_ROOT, "Kind": "virtual" if devices else other, "Devices": devices}]


def _tidy(item: Item) -> Item:
    """Return root with each gathered detail as the one object that it is, or null without any."""
    seen = {name: item[name] for name in _ONE if name in item}
    return {**item, **{name: _one(rows) for name, rows in seen.items()}}


def _one(rows: list[Item]) -> Item | None:
    return {k: v for k, v in rows[0].items() if k not in _ROOT} if rows else None


ROOT = EvidenceType(
    name="iam.root",
    title="Root user",
    says="Whether root has MFA, and of what kind, a password, keys or certificates; when it was used.",
    item=4,
    reach=Reach.ACCOUNT,
    listing=Function((SUMMARY,), root_flags),
    details={
        "Credentials": Gather(Function(REPORT, root_credentials), on="_user", to="_user"),
        "MFA": Gather(Function((SUMMARY, VIRTUAL_DEVICES), root_mfa), on="_user", to="_user"),
        "OrganizationsFeatures": Call(
            "iam",
            "list_organizations_features",
            always=("EnabledFeatures",),
            # Only the management account and its delegate can tell: elsewhere it is not known.
            absent_on={
                "AccountNotManagementOrDelegatedAdministratorException": None,
                "OrganizationNotFoundException": None,
                "OrganizationNotInAllFeaturesModeException": None,
                "ServiceAccessNotEnabledException": None,
            },
        ),
    },
    key="arn:{partition}:iam::{account}:root",
    tidy=_tidy,
    acts=(
        "Credentials.AccessKeyLastUsed",
        "Credentials.PasswordLastUsed",
        "Credentials.PasswordLastChanged",
        "MFA.Devices.EnableDate",
    ),
    sets={"MFA.Devices": "SerialNumber", "OrganizationsFeatures.EnabledFeatures": None},
    criteria=("CC6.2", "CC6.1"),
    limits=(
        "Hardware tokens and FIDO keys of root cannot be listed: that there are any follows from MFA"
        " being on without a virtual device, and beside a virtual one they are not seen. Last use is as"
        " of the credential report. Whether the organisation manages root's credentials centrally is"
        " told only to its management account and the delegate; null means that it is not known here."
    ),
    made=Made(
        fields={
            **plain("AccountMFAEnabled", "AccountAccessKeysPresent", "AccountPasswordPresent"),
            **plain("AccountSigningCertificatesPresent"),
            "Credentials": plain(
                "ActiveAccessKeys", "AccessKeyLastUsed", "PasswordLastUsed", "PasswordLastChanged"
            ),
            "MFA": {
                "Kind": None,
                "Devices": {LIST: plain("SerialNumber", "Kind", "EnableDate")},
            },
        }
    ),
    no_setting={"MFA.Devices.*.Kind": FIXED, "OrganizationsFeatures.OrganizationId": COPY},
)
