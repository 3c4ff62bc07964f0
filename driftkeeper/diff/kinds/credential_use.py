"""What the credential report tells of the use of credentials: it proves deeds, and no configuration."""

from __future__ import annotations

from datetime import timedelta

from driftkeeper.diff.kinds.credentials import root, user
from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, moment, moved_on
from driftkeeper.domain.shape import matches
from driftkeeper.domain.types import Direction, Severity

_ROW = "iam.credential"
_DORMANT = timedelta(days=90)
_LATE = timedelta(hours=4)
"""AWS tells of a use up to so much later; an older one that is the first we hear of may be long past."""


def _used(d: Difference) -> bool:
    last_use = d.path == ("password_last_used",) or matches("access_keys.*.last_used_date", d.path)
    after, before = moment(d.after), moment(d.before)
    if not last_use or after is None or d.since is None:
        return False
    return after > (d.since - _LATE if before is None else before)


def _was_dormant(d: Difference) -> bool:
    before = moment(d.before)
    return _used(d) and before is not None and d.since is not None and d.since - before >= _DORMANT


PASSWORDS = (
    ChangeKind(
        name="iam.root.password_changed",
        evidence=_ROW,
        on=Lifecycle.ACT,
        path="password_last_changed",
        when=root(moved_on),
        direction=Direction.ACTIVITY,
        severity=Severity.HIGH,
        criteria=("CC6.1", "CC7.2"),
        says="the password of the root user was changed at {after}",
    ),
    ChangeKind(
        name="iam.user.password_changed",
        evidence=_ROW,
        on=Lifecycle.ACT,
        path="password_last_changed",
        when=user(moved_on),
        direction=Direction.ACTIVITY,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="the password of {user} was changed at {after}",
    ),
)

USE = (
    ChangeKind(
        name="iam.root.used",
        evidence=_ROW,
        on=Lifecycle.ACT,
        when=root(_used),
        direction=Direction.ACTIVITY,
        severity=Severity.HIGH,
        criteria=("CC6.1", "CC7.2"),
        says="the root user was used at {after} ({path})",
    ),
    ChangeKind(
        name="iam.user.dormant_reactivated",
        evidence=_ROW,
        on=Lifecycle.ACT,
        when=user(_was_dormant),
        direction=Direction.ACTIVITY,
        severity=Severity.MEDIUM,
        criteria=("CC7.2",),
        says="{user} was used at {after} ({path}), for the first time since {before}",
    ),
)
