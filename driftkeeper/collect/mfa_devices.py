"""All MFA devices of an account, with whom they belong to, read once for all who take from it.

Virtual devices come from one listing, also those of nobody and of root. Only users who have none, and
of whom the credential report says that they use MFA, are asked for others: hardware tokens, FIDO keys
and passkeys. The report may be hours old: users it does not know are asked too. When the account's
summary counts more devices than were found, users with virtual ones are asked as well: a device that is
not asked for must not read as one that is gone. Neither when devices are enabled while we ask: one that
is newer than the report explains nothing, and is not held against the summary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from driftkeeper.collect.body import understood
from driftkeeper.collect.credential_report import REPORT, credential_report, credentials
from driftkeeper.collect.iam import SUMMARY, USERS, VIRTUAL_DEVICES, same_second
from driftkeeper.collect.spec import Asker, Call, From, Gone, Item, Unseen

_MEANWHILE = timedelta(minutes=15)
"""How much older than the report the summary may be: it is asked first, and may lag."""

_OTHER_DEVICES = Call(
    "iam",
    "list_mfa_devices",
    items="MFADevices",
    params={"UserName": From("UserName")},
    always=("SerialNumber",),
    page_size=1000,
)
DEVICES = (VIRTUAL_DEVICES, *REPORT, USERS, SUMMARY, _OTHER_DEVICES)
"""The operations that it takes."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The devices, and the ARNs of users who were deleted before they could be asked for theirs."""

    devices: list[Item]
    gone: frozenset[str]


def mfa_devices(asker: Asker) -> list[Item]:
    """Return `SerialNumber`, `Kind`, `EnableDate` and `UserArn` of each device; raise `Unseen`.

    The kind is `virtual` or `hardware_or_fido`: AWS does not tell the latter two apart. A virtual device
    of nobody has no user and was never enabled.
    """
    return _all(asker).devices


def remaining_users(asker: Asker) -> list[Item]:
    """Return the users of the sweep, without those found deleted when asked for devices.

    A user who is gone has not lost a device. When the devices cannot be seen, that is told with them.
    """
    users = asker.rows(USERS)
    try:
        gone = _all(asker).gone
    except (Unseen, Gone):
        return users
    return [user for user in users if user["Arn"] not in gone]


def virtual_devices(asker: Asker) -> list[Item]:
    """Return the virtual devices in the same form; raise `Unseen`."""
    return [_virtual(row) for row in asker.rows(VIRTUAL_DEVICES)]


def unknown_to(report: list[Item], users: list[Item]) -> list[Item]:
    """Return the users who came to be after the report was made."""
    known = {row["arn"]: row.get("user_creation_time") for row in report}
    return [
        user
        for user in users
        if user["Arn"] not in known or not same_second(user.get("CreateDate"), known[user["Arn"]])
    ]


def _all(asker: Asker) -> _Found:
    return asker.once("iam.mfa_devices", lambda own: understood(_found, own))


def _found(asker: Asker) -> _Found:
    # The summary first: what is done away with meanwhile makes it count too many, never too few.
    summary = asker.value(SUMMARY)
    devices, report, users = virtual_devices(asker), credentials(asker), asker.rows(USERS)
    made = credential_report(asker).made_at
    asker.seen_at(made)
    is_settled = partial(_enabled_before, made - _MEANWHILE)
    explained = {device["UserArn"] for device in devices if is_settled(device)}
    may_have_others = {row["arn"] for row in report if row.get("mfa_active") is not False}
    may_have_others |= {user["Arn"] for user in unknown_to(report, users)}
    first = may_have_others - explained
    found = _with(_Found(devices, frozenset()), asker, users, first)
    settled = [device for device in found.devices if is_settled(device)]
    if _counts_more(summary, settled):
        found = _with(found, asker, users, {device["UserArn"] for device in devices} - first)
    return found


def _enabled_before(moment: datetime, device: Item) -> bool:
    """Say whether a device was in use so early that the summary and the report know it."""
    enabled = device["EnableDate"]
    return enabled is not None and datetime.fromisoformat(enabled) < moment


def _with(found: _Found, asker: Asker, users: list[Item], arns: set[str]) -> _Found:
    """Return what was found, and the devices of these users; a virtual one may be in both."""
    asked = [user for user in users if user["Arn"] in arns]
    answers = asker.each(partial(_others, asker), asked)
    devices = [*found.devices, *(device for answer in answers for device in answer or ())]
    gone = {user["Arn"] for user, answer in zip(asked, answers, strict=True) if answer is None}
    unique = {device["SerialNumber"]: device for device in devices}
    return _Found([*unique.values()], found.gone | gone)


def _counts_more(summary: Item, devices: list[Item]) -> bool:
    """Say whether more devices are in use than were found, but for one of root's that is not listed.

    A summary that does not count them may count more.
    """
    owners = [device["UserArn"] for device in devices if device["UserArn"]]
    is_listed = any(owner.endswith(":root") for owner in owners)
    unlisted = 0 if is_listed else summary["AccountMFAEnabled"]
    in_use = summary.get("MFADevicesInUse")
    return bool(in_use is None or in_use > len(owners) + unlisted)


def _virtual(row: Item) -> Item:
    return {
        "SerialNumber": row["SerialNumber"],
        "Kind": "virtual",
        "EnableDate": row.get("EnableDate"),
        "UserArn": (row.get("User") or {}).get("Arn"),
    }


def _others(asker: Asker, user: Item) -> list[Item] | None:
    """Return the devices that a user has, None when there is no such user any more."""
    try:
        rows = asker.rows(_OTHER_DEVICES, user)
    except Gone:
        return None
    return [_other(row, user) for row in rows]


def _other(row: Item, user: Item) -> Item:
    is_virtual = re.match(r"arn:[^:]+:iam::\d+:mfa/", row["SerialNumber"])
    return {
        "SerialNumber": row["SerialNumber"],
        "Kind": "virtual" if is_virtual else "hardware_or_fido",
        "EnableDate": row.get("EnableDate"),
        "UserArn": user["Arn"],
    }
