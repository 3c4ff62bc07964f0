"""What the credential report tells of the use of credentials: it proves deeds, and no configuration."""

from __future__ import annotations

from datetime import timedelta

from driftkeeper.diff.kinds.credentials import root, user
from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, moment, moved_on
from driftkeeper.domain.types import Direction, Severity

_ROW = "iam.credential"
_LAST_USE = ("password_last_used", "access_keys.*.last_used_date")
_DORMANT = timedelta(days=90)
_LATE = timedelta(hours=4)
"""AWS tells of a use up to so much later; an older one that is the first we hear of may be long past."""


def _used(d: Difference) -> bool:
    after, before = moment(d.after), moment(d.before)
    if after is None or d.since is None:
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
        trigger="The date password_last_changed of root moved past the previous look",
        means=(
            "Somebody held root's session or its mailbox at that time: a planned rotation proves"
            " care, any other change a takeover."
        ),
        advice=(
            "Match it to a rotation that two people signed for; without one reset the password,"
            " check MFA and read root's events in CloudTrail."
        ),
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
        trigger="The date password_last_changed of a user moved past the previous look",
        means=(
            "It proves that the password is no older than that, whether the user or an"
            " administrator set it."
        ),
        advice=(
            "Nothing to do after an expiry or a reset asked for; else look for UpdateLoginProfile"
            " by somebody else, a known way to take over a user."
        ),
    ),
)

USE = (
    ChangeKind(
        name="iam.root.used",
        evidence=_ROW,
        on=Lifecycle.ACT,
        paths=_LAST_USE,
        when=root(_used),
        direction=Direction.ACTIVITY,
        severity=Severity.HIGH,
        criteria=("CC6.1", "CC7.2"),
        says="the root user was used at {after} ({path})",
        trigger=(
            "Root's password_last_used or a key's last_used_date is later than the one known; a"
            " first one known counts if it is at most 4 hours older than the previous look"
        ),
        means=(
            "Somebody worked as the identity that no IAM policy limits; a use without a reason on"
            " paper is a finding, or a theft."
        ),
        advice=(
            "Read root's events of that time in CloudTrail, and record who it was, for which task"
            " and who had approved it."
        ),
    ),
    ChangeKind(
        name="iam.user.dormant_reactivated",
        evidence=_ROW,
        on=Lifecycle.ACT,
        paths=_LAST_USE,
        when=user(_was_dormant),
        direction=Direction.ACTIVITY,
        severity=Severity.MEDIUM,
        criteria=("CC7.2",),
        says="a credential of {user} was used at {after} ({path}), for the first time since {before}",
        trigger=(
            "A password or key of a user was used whose last known use lay 90 days or more before"
            " the previous look"
        ),
        means=(
            "A credential that nobody missed is in use again, which is typical of leavers'"
            " accounts and of old keys that leaked."
        ),
        advice=(
            "Ask the owner whether it was them; if not, take away password and keys and read the"
            " user's calls in CloudTrail."
        ),
    ),
)
