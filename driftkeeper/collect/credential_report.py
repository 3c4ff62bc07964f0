"""The IAM credential report: generated, waited for, fetched and read, once for all who take from it.

AWS makes a new report at most every four hours, so one is as of its own `GeneratedTime`, not of ours.
Columns are read by name. The numbered slots of keys and certificates are no identities (their order
moves), so they become lists of what each slot says.
"""

from __future__ import annotations

import base64
import csv
import io
from dataclasses import dataclass
from datetime import datetime

from driftkeeper.collect.body import understood
from driftkeeper.collect.spec import Asker, Call, Item, Unseen
from driftkeeper.domain.canonical import timestamp
from driftkeeper.domain.types import Cause, Json

_GENERATE = Call("iam", "generate_credential_report")
_FETCH = Call("iam", "get_credential_report", always=("Content", "GeneratedTime"))
REPORT = (_GENERATE, _FETCH)
"""The operations that it takes."""

_NOT_READY = ("ReportNotPresent", "ReportInProgress", "ReportExpired")
_SLOW_DOWN = ("LimitExceeded", "LimitExceededException")
_NO_VALUE = {"", "N/A", "no_information", "not_supported"}
_SPELLED = ("no_information", "not_supported")
_SLOTS = ("access_key_", "cert_")
_NAMES = ("user", "arn")
_ALWAYS = {*_NAMES, "user_creation_time", "password_enabled", "mfa_active", "access_key_1_active"}
_KNOWN = _ALWAYS | {
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    *(
        f"access_key_{n}_{part}"
        for n in (1, 2)
        for part in (
            "active",
            "last_rotated",
            "last_used_date",
            "last_used_region",
            "last_used_service",
        )
    ),
    *(f"cert_{n}_{part}" for n in (1, 2) for part in ("active", "last_rotated")),
}
_ROUNDS = 3
_LONGEST_WAIT = 180.0


@dataclass(frozen=True, slots=True)
class Report:
    """A report as AWS gave it: its bytes, and when it was made, in RFC 3339."""

    content: bytes
    made: str
    format: Json

    @property
    def made_at(self) -> datetime:
        """Return when it was made."""
        return datetime.fromisoformat(self.made)


def credential_report(asker: Asker) -> Report:
    """Return the newest credential report; raise `Unseen`."""
    return asker.once("iam.credential_report", lambda own: understood(_fetched, own))


def credentials(asker: Asker) -> list[Item]:
    """Return one item per row of the newest credential report; raise `Unseen`."""
    return asker.once("iam.credentials", lambda own: understood(_read, own))


def table(text: str) -> list[dict[str, str]]:
    """Return the rows by column name; a row cut short is a broken report, not a user without keys."""
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise Unseen(Cause.FAILED, "MalformedAnswer", f"the report is no CSV: {error}") from None
    if lost := sorted(_ALWAYS - {*(reader.fieldnames or ())}):
        # Without the column of keys, users would read as having none.
        raise Unseen(Cause.FAILED, "MalformedAnswer", f"the report has no column {', '.join(lost)}")
    if any(None in row or None in row.values() for row in rows):
        raise Unseen(Cause.FAILED, "MalformedAnswer", "a row of the report is not whole")
    if not rows:
        # Every account has root, so no rows are no answer. A report of users alone is taken: AWS would
        # not write one, but the simulators that we are tried against do.
        raise Unseen(Cause.FAILED, "MalformedAnswer", "the report has no rows, not even root's")
    return rows


def is_root(row: Item) -> bool:
    """Say whether a row is that of the root user."""
    return str(row["arn"]).endswith(":root")


def _read(asker: Asker) -> list[Item]:
    text = credential_report(asker).content.decode("utf-8-sig")
    return [_item(row) for row in table(text)]


def _fetched(asker: Asker) -> Report:
    answer = _answer(asker)
    content = base64.b64decode(answer["Content"]["$bytes"])
    return Report(content, answer["GeneratedTime"], answer.get("ReportFormat"))


def _answer(asker: Asker) -> Item:
    for attempt in range(1, _ROUNDS + 1):
        _generate(asker)
        try:
            answer: Item = asker.value(_FETCH)
        except Unseen as miss:
            if miss.code not in _NOT_READY or attempt == _ROUNDS:
                raise
        else:
            return answer
    raise AssertionError("the last round returns or raises")


def _generate(asker: Asker) -> None:
    waited, pauses = 0.0, iter((1.0, 2.0, 3.0))
    while why := _not_complete(asker):
        pause = next(pauses, 5.0)
        waited += pause
        if waited > _LONGEST_WAIT:
            raise why
        asker.clock.sleep(pause)


def _not_complete(asker: Asker) -> Unseen | None:
    """Ask for a report; return why there is none yet, None when there is."""
    try:
        state = asker.value(_GENERATE).get("State")
    except Unseen as miss:
        if miss.code not in _SLOW_DOWN:
            raise
        return miss
    if state == "COMPLETE":
        return None
    return Unseen(Cause.FAILED, "ReportInProgress", "the report was not ready in time")


def _item(row: dict[str, str]) -> Item:
    item: Item = {}
    spelled: dict[str, str] = {}
    for column, text in row.items():
        value = text if column in _NAMES else _value(text)
        if value is None and column not in _KNOWN:
            continue  # a new column of AWS, empty for all but a few, is no change of everybody
        item[column] = value
        if text in _SPELLED and not column.startswith(_SLOTS):
            spelled[column] = text
    slots = {
        "access_keys": [_slot(item, f"access_key_{n}_") for n in (1, 2)],
        "certificates": [_slot(item, f"cert_{n}_") for n in (1, 2)],
    }
    item["spelled"] = spelled
    for name, found in slots.items():
        item[name] = [slot for slot in found if _is_used(slot)]
    return item


def _value(text: str) -> Json:
    """Return a boolean, a time in UTC, None for the report's ways to say nothing, or the text."""
    if text in _NO_VALUE:
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if moment.tzinfo is None else timestamp(moment)


def _slot(item: Item, prefix: str) -> Item:
    names = [name for name in item if name.startswith(prefix)]
    return {name.removeprefix(prefix): item.pop(name) for name in names}


def _is_used(slot: Item) -> bool:
    return bool(slot.get("active")) or any(value for value in slot.values())
