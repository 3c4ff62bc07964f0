"""The account's password policy: set or not, and what became weaker or stronger in it."""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.diff.spec import ChangeKind, Difference
from driftkeeper.domain.types import Direction, Json, Severity

_POLICY = "iam.password_policy"
_MORE_IS_STRONGER = (
    "MinimumPasswordLength",
    "MinimumCharacterClasses",
    "RequireUppercaseCharacters",
    "RequireLowercaseCharacters",
    "RequireNumbers",
    "RequireSymbols",
    "PasswordReusePrevention",
    "HardExpiry",
)
_AGE = "MaxPasswordAge"
_TOLD = (*_MORE_IS_STRONGER, _AGE)


def _strength(name: str, value: Json) -> float | None:
    """Return a number that is higher the stronger the value is; None for one that says nothing."""
    if not isinstance(value, (bool, int)):
        return None
    if name == _AGE:
        return 0.0 if value <= 0 else 1 / value  # none at all is the longest
    return float(value)


def _moved(d: Difference, *, weaker: bool) -> list[str]:
    """Return the fields that became weaker, or those that became stronger."""
    old, new = _fields(d.before), _fields(d.after)
    found = []
    for name in _TOLD:
        before, after = _strength(name, old.get(name)), _strength(name, new.get(name))
        if before is not None and after is not None and before != after:
            found += [name] if (after < before) is weaker else []
    return found


def _fields(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _is_set(value: Json) -> bool:
    return _fields(value).get("Configured") is True


def _created(d: Difference) -> bool:
    return _is_set(d.after) and not _is_set(d.before)


def _removed(d: Difference) -> bool:
    return _is_set(d.before) and not _is_set(d.after)


def _weakened(d: Difference) -> bool:
    """Say whether a field is weaker; of a policy taken away, that it was says enough."""
    return bool(_moved(d, weaker=True)) and not _removed(d)


def _strengthened(d: Difference) -> bool:
    stronger = _moved(d, weaker=False) and not _moved(d, weaker=True)
    return bool(stronger) and not _created(d) and not _removed(d)


def _list(d: Difference) -> str:
    """Return every field that moved, either way, with both values."""
    old, new = _fields(d.before), _fields(d.after)
    moved = {*_moved(d, weaker=True), *_moved(d, weaker=False)}
    words = [
        f"{name} from {_word(old[name])} to {_word(new[name])}" for name in _TOLD if name in moved
    ]
    return ": " + ", ".join(words)


def _word(value: Json) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


PASSWORD_POLICY = (
    ChangeKind(
        name="iam.password_policy.created",
        evidence=_POLICY,
        whole=True,
        when=_created,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1", "CC6.2"),
        says="the account has a password policy of its own in place of AWS's default",
        adds=_list,
        trigger="The account has a password policy of its own and had none before",
        means=(
            "What you ask of passwords is set down and can be shown; rules that it leaves out may"
            " be weaker than AWS's default."
        ),
        advice=(
            "Compare each field with the written standard; if iam.password_policy.weakened is"
            " told beside it, raise what that names."
        ),
    ),
    ChangeKind(
        name="iam.password_policy.removed",
        evidence=_POLICY,
        whole=True,
        when=_removed,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.1", "CC6.2"),
        says="the account's password policy was removed, and AWS's default holds",
        adds=_list,
        trigger="The account had a password policy of its own and has none any more",
        means=(
            "Only AWS's default holds: 8 characters of three classes, no expiry, and old"
            " passwords may be used again."
        ),
        advice=(
            "Set it again by the written standard (aws iam update-account-password-policy), and"
            " find who called DeleteAccountPasswordPolicy."
        ),
    ),
    ChangeKind(
        name="iam.password_policy.weakened",
        evidence=_POLICY,
        whole=True,
        when=_weakened,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="the password policy is weaker",
        adds=_list,
        claims=lambda d: not _created(d),
        trigger=(
            "Length, character classes, reuse, age or hard expiry is weaker, whatever is"
            " stronger; a consequence if the policy was just set, not told if it was removed"
        ),
        means=(
            "Passwords may be easier to guess or stay in use for longer than the written standard"
            " allows."
        ),
        advice="Set the fields named back, or have the standard changed first by whoever owns it.",
    ),
    ChangeKind(
        name="iam.password_policy.strengthened",
        evidence=_POLICY,
        whole=True,
        when=_strengthened,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="the password policy is stronger",
        adds=_list,
        trigger=(
            "Length, character classes, reuse, age or hard expiry is stronger and none of them"
            " weaker, of a policy that is neither new nor removed"
        ),
        means=(
            "Passwords set from now on must meet more; one that exists meets a longer length only"
            " when it is changed."
        ),
        advice=(
            "Record the date; where the old rules fell short of the standard, have users change"
            " their passwords."
        ),
    ),
)
