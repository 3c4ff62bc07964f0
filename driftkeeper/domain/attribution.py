"""Who made a change: the nouns that the stages of attribution pass on.

A change says what is different and by when. CloudTrail says what was called, by whom and exactly when.
An attribution holds one attempt to bring both together, and how sure that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Quality(StrEnum):
    """What one attempt to name the actor of a change came to.

    `exact`: the call's own parameters say the difference. `probable`: the only call that fits the
    resource. `ambiguous`: several do. `none`: no call was found. `out_of_account`: it is logged in
    another account. `too_late`: CloudTrail no longer keeps what was called then. `pending`: it could not
    be asked.
    """

    EXACT = "exact"
    PROBABLE = "probable"
    AMBIGUOUS = "ambiguous"
    NONE = "none"
    OUT_OF_ACCOUNT = "out_of_account"
    TOO_LATE = "too_late"
    PENDING = "pending"


class Role(StrEnum):
    """What a call has to do with a change."""

    CANDIDATE = "candidate"
    HISTORY = "history"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who called, and how, as far as CloudTrail says so. `channel` is iac, cli, console or service."""

    label: str | None = None
    channel: str | None = None
    mfa: bool | None = None
    source_ip: str | None = None
    session: str | None = None
    via: str | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """One call as CloudTrail logged it. `error` is why AWS refused it, None where it was done."""

    id: str
    at: datetime
    name: str
    source: str
    caller: Caller
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A call beside the one that made the change, and what it has to do with it."""

    role: Role
    called: Called


@dataclass(frozen=True, slots=True)
class Attribution:
    """One attempt to name the actor of a change.

    `called` made the change, `raw` is its whole record as CloudTrail keeps it. `others` are the calls
    that could have made it as well, that came before, or that were refused. `code` and `message` say why
    an attempt is pending or came too late.
    """

    change: str
    quality: Quality
    called: Called | None = None
    raw: str = ""
    others: tuple[Note, ...] = ()
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who made a change, for those who ask. `label` is None where nobody can be named.

    `change` is the change that the calls were looked for: a consequence has the actor of its cause.
    """

    quality: Quality
    label: str | None
    called: Called | None
    others: tuple[Note, ...]
    change: str


def actor_of(found: Attribution) -> Actor:
    """Return who an attempt names. Several candidates name somebody only when they all name the same.

    A user and a session of a role may have one name without being one person.
    """
    label = None if found.called is None else found.called.caller.label
    if found.quality is Quality.AMBIGUOUS:
        callers = (note.called.caller for note in found.others if note.role is Role.CANDIDATE)
        labels = {(caller.label, caller.via is None) for caller in callers}
        label = labels.pop()[0] if len(labels) == 1 else None
    return Actor(found.quality, label, found.called, found.others, found.change)
