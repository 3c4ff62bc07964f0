"""Rows of the credential report: access keys and certificates of users and of root."""

from __future__ import annotations

from datetime import datetime, timedelta

from driftkeeper.diff.kinds.credentials import has_console, is_admin, keys, root, user
from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    appeared,
    both,
    either,
    moment,
    turned,
    vanished,
)
from driftkeeper.domain.types import Direction, Severity

_ROW = "iam.credential"
_KEY = "access_keys.*"
_ACTIVE = f"{_KEY}.active"
_OVERLAP = timedelta(days=7)
"""How long both keys of a rotation may be there together."""


def _came(d: Difference) -> bool:
    return appeared(d) and isinstance(d.after, dict)


def _went(d: Difference) -> bool:
    return vanished(d) and isinstance(d.before, dict)


def _retired(d: Difference) -> bool:
    """Say whether a key goes out of use within a week of a newer one of the same user."""
    if d.old is None or d.new is None or d.old.uid != d.new.uid:
        return False
    if not (_went(d) and _was_active(d)) and not turned(True, False)(d):
        return False
    newer = [made for made in keys(d.new) if made > d.path[1] and made in keys(d.old)]
    return any(_is_fresh(made, d.as_of) for made in newer)


def _was_active(d: Difference) -> bool:
    return isinstance(d.before, dict) and d.before.get("active") is True


def _is_fresh(made: str, as_of: datetime) -> bool:
    found = moment(made)
    return found is not None and as_of - found <= _OVERLAP


def _rotated(d: Difference) -> bool:
    """Say whether an older key of the same user was retired when this one appeared."""
    if d.old is None or d.new is None or d.old.uid != d.new.uid:
        return False
    after = keys(d.new)
    return any(
        made < d.path[-1] and (made not in after or (active and not after[made]))
        for made, active in keys(d.old).items()
    )


KEYS = (
    ChangeKind(
        name="iam.root.access_key_created",
        evidence=_ROW,
        paths=(_KEY, _ACTIVE),
        when=root(either(_came, turned(False, True))),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.2", "CC6.1"),
        says="the root user has an access key, made {steps[1]}",
        trigger=(
            "A key is new in root's row of the credential report, or one there went from inactive"
            " to active"
        ),
        means=(
            "A secret with all rights exists that no IAM policy limits and no MFA guards: leaked"
            " once, it is the whole account."
        ),
        advice=(
            "Deactivate and delete it today, find CreateAccessKey by root in CloudTrail, and give"
            " the job that wanted it a role."
        ),
    ),
    ChangeKind(
        name="iam.root.access_key_removed",
        evidence=_ROW,
        paths=(_KEY, _ACTIVE),
        when=root(either(_went, turned(True, False))),
        direction=Direction.STRENGTHENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.2", "CC6.1"),
        says="the root user's access key made {steps[1]} is gone or inactive",
        trigger=(
            "A key is gone from root's row of the credential report, or went from active to"
            " inactive"
        ),
        means=(
            "That key opens nothing any more, and it was the worst secret of the account to lose."
        ),
        advice=(
            "If it is only inactive, delete it as soon as nothing misses it; then link this to"
            " the deviation it ends."
        ),
    ),
    ChangeKind(
        name="iam.access_key.created",
        evidence=_ROW,
        path=_KEY,
        when=user(appeared),
        born=user(has_console),
        direction=Direction.WEAKENED,
        severity=lambda d: Severity.HIGH if has_console(d) or is_admin(d) else Severity.LOW,
        criteria=("CC6.1",),
        says="user {user} has a new access key, made {leaf}",
        trigger=(
            "A key is new in a user's row, or a new row with a password brings one; high if the"
            " user has a password or is an administrator, else low"
        ),
        means=(
            "A secret that does not expire works from anywhere until somebody deletes it; beside"
            " a password it is a second way in for one user."
        ),
        advice=(
            "Ask the owner what uses it and whether a role would do, and note the ticket and the"
            " date of its rotation."
        ),
    ),
    ChangeKind(
        name="iam.access_key.deleted",
        evidence=_ROW,
        path=_KEY,
        when=user(vanished),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="the access key of {user} made {leaf} is gone",
        trigger="A key that stood in a user's row of the credential report is there no more",
        means="The secret is worth nothing any more, wherever copies of it lie.",
        advice=(
            "Link it to the rotation or the leaver that it belongs to; if there is none, ask"
            " whether something stopped working."
        ),
    ),
    ChangeKind(
        name="iam.access_key.activated",
        evidence=_ROW,
        path=_ACTIVE,
        when=user(turned(False, True)),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="the access key of {user} made {steps[1]} is active again",
        trigger="A key in a user's row of the credential report went from inactive to active",
        means=(
            "A secret that was taken out of use works again, and copies of it may lie in old code"
            " and backups."
        ),
        advice=(
            "Ask who called UpdateAccessKey and what needs it; rather make a new key there and"
            " delete this one."
        ),
    ),
    ChangeKind(
        name="iam.access_key.deactivated",
        evidence=_ROW,
        path=_ACTIVE,
        when=user(turned(True, False)),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="the access key of {user} made {steps[1]} is inactive now",
        trigger="A key in a user's row of the credential report went from active to inactive",
        means=(
            "AWS refuses the key from now on, but whoever may call UpdateAccessKey can bring it"
            " back."
        ),
        advice=(
            "Delete it once nothing has missed it for a week or so, and note in the ticket when"
            " that is due."
        ),
    ),
    ChangeKind(
        name="iam.access_key.rotated",
        evidence=_ROW,
        paths=(_KEY, _ACTIVE),
        when=user(either(both(_came, _rotated), _retired)),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="the access key of {user} was rotated",
        adds=lambda d: (
            f": one made {d.path[1]} took the place of an older one"
            if appeared(d)
            else f": the one made {d.path[1]} is out of use, a newer one is there"
        ),
        claims=False,
        trigger=(
            "A key is new in a user's row while an older one of the same user goes or becomes"
            " inactive; or that happens to an older one within seven days of the newer"
        ),
        means=(
            "The older secret stopped working once the newer one was there: proof that rotation"
            " is practised for this user."
        ),
        advice=(
            "Count it as a sample for the rotation control; if the old key is only inactive, see"
            " that it is deleted."
        ),
    ),
    ChangeKind(
        name="iam.service_credential.created",
        evidence=_ROW,
        path="certificates.*",
        when=appeared,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="{user} has a new signing certificate, made {leaf}",
        trigger=(
            "A signing certificate is new in a row of the credential report, a user's or root's"
        ),
        means=(
            "A certificate that signs old SOAP requests is one more lasting secret, with no"
            " expiry that IAM enforces and no MFA."
        ),
        advice=(
            "Ask the owner which tool still needs one; if none does, run aws iam"
            " delete-signing-certificate."
        ),
    ),
)
