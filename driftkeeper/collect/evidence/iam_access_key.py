"""Access keys of IAM users by their ids, with state and last use (evidence item 2).

Only users who have keys by the credential report are asked, and those whom the report does not know
yet. Last use comes from the report as well: it numbers the keys of a user in no stable order and leaves
out their ids, so its slots are joined to the keys by the second in which a key was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from driftkeeper.collect.credential_report import REPORT, credential_report, credentials
from driftkeeper.collect.iam import USERS, same_second
from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.mfa_devices import unknown_to
from driftkeeper.collect.no_setting import COPY
from driftkeeper.collect.spec import Asker, Call, EvidenceType, From, Function, Gone, Item, Reach

_KEYS = Call(
    "iam",
    "list_access_keys",
    items="AccessKeyMetadata",
    params={"UserName": From("UserName")},
    always=("AccessKeyId", "Status", "CreateDate"),
    page_size=1000,
)


def access_keys(asker: Asker) -> Iterable[Item]:
    """Return every access key of every user who may have some; root's are not listed anywhere."""
    report, users = credentials(asker), asker.rows(USERS)
    asker.seen_at(credential_report(asker).made_at)
    slots = {row["arn"]: row["access_keys"] for row in report}
    new = {user["Arn"] for user in unknown_to(report, users)}
    asked = [user for user in users if user["Arn"] in new or slots[user["Arn"]]]
    found = asker.each(partial(_keys, asker), asked)
    return [
        _key(key, user, [] if user["Arn"] in new else slots[user["Arn"]])
        for user, keys in zip(asked, found, strict=True)
        for key in keys
    ]


def _keys(asker: Asker, user: Item) -> list[Item]:
    try:
        return asker.rows(_KEYS, user)
    except Gone:
        return []


def _key(key: Item, user: Item, slots: list[Item]) -> Item:
    return {
        "UserName": user["UserName"],
        "UserArn": user["Arn"],
        "AccessKeyId": key["AccessKeyId"],
        "Status": key["Status"],
        "CreateDate": key["CreateDate"],
        "LastUsed": _last_used(key, slots),
    }


def _last_used(key: Item, slots: list[Item]) -> Item:
    """Return what the report says of a key's use, or why it cannot be told.

    Two keys made in the same second are told apart by whether they are active.
    """
    same = [slot for slot in slots if same_second(slot.get("last_rotated"), key["CreateDate"])]
    if len(same) > 1:
        same = [slot for slot in same if slot.get("active") is (key["Status"] == "Active")]
    if len(same) > 1:
        return {"Slot": "ambiguous"}
    return {
        "Slot": "joined" if same else "absent",
        **{
            name: slot.get(column)
            for slot in same
            for name, column in (
                ("LastUsedDate", "last_used_date"),
                ("Region", "last_used_region"),
                ("ServiceName", "last_used_service"),
            )
        },
    }


ACCESS_KEY = EvidenceType(
    name="iam.access_key",
    title="IAM access keys",
    says="Each user's access keys by id: whether active, when made, when, where and for what last used.",
    item=2,
    reach=Reach.ACCOUNT,
    listing=Function((USERS, *REPORT, _KEYS), access_keys),
    key="urn:driftkeeper:{account}:iam:user/{UserName}/accesskey/{AccessKeyId}",
    uid="AccessKeyId",
    observed=("LastUsed",),
    acts=("LastUsed.LastUsedDate",),
    criteria=("CC6.1", "CC6.2"),
    limits=(
        "Root's keys are listed nowhere: `iam.root` says how many are active. Users are asked who have"
        " keys by the credential report, which may be four hours old: the first key of an older user is"
        " seen with the next report. Last use is as of the report, and not told where two keys cannot be"
        " told apart in it. The secrets of keys cannot be read."
    ),
    made=Made(
        fields=plain("UserName", "UserArn", "AccessKeyId", "Status", "CreateDate", "LastUsed")
    ),
    no_setting={"UserArn": COPY},
)
