"""The root user as the account's summary and its MFA devices tell of it.

That root has MFA, a password or keys is told with its weight by its row of the credential report (see
`credentials.py` and `credential_keys.py`). The summary counts the same things, so here they are repeated
quietly; only the kind of the MFA stands nowhere else.
"""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, appeared
from driftkeeper.domain.shape import matches
from driftkeeper.domain.types import Body, Direction, Json, Severity

_ROOT = "iam.root"
_DEVICE = "MFA.Devices.*"
_NO_MFA = "none"
_MFA_KIND = "MFA.Kind"
_COUNTED = {
    "AccountMFAEnabled": "MFA",
    "AccountAccessKeysPresent": "access keys",
    "AccountPasswordPresent": "password",
    "AccountSigningCertificatesPresent": "signing certificates",
    "Credentials.ActiveAccessKeys": "active access keys",
    _MFA_KIND: "kind of MFA",
}


def _kinds(d: Difference) -> tuple[Json, Json]:
    return _kind(d.old), _kind(d.new)


def _kind(body: Body | None) -> Json:
    mfa = None if body is None else body.config.get("MFA")
    return mfa.get("Kind") if isinstance(mfa, dict) else None


def _is_of_another_kind(d: Difference) -> bool:
    """Say whether root has MFA at both sights, and of two kinds."""
    kinds = _kinds(d)
    return all(kind not in (None, _NO_MFA) for kind in kinds) and kinds[0] != kinds[1]


def _is_counted(d: Difference) -> bool:
    return not (matches(_MFA_KIND, d.path) and _is_of_another_kind(d))


def _is_of_the_same_kind(d: Difference) -> bool:
    before, after = _kinds(d)
    return bool(before == after)


def _count(value: Json) -> str:
    return "not known" if value is None else str(value)


ROOT = (
    ChangeKind(
        name="iam.root.mfa_kind_changed",
        evidence=_ROOT,
        path=_MFA_KIND,
        when=_is_of_another_kind,
        direction=lambda d: Direction.WEAKENED if d.after == "virtual" else Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="the MFA of the root user is {after} now, and was {before}",
        explains=(_DEVICE,),
        trigger=(
            "Root has MFA on both days, and MFA.Kind went between virtual and hardware_or_fido;"
            " to virtual weakens"
        ),
        means=(
            "A virtual device can be copied as it is set up and its codes phished, a hardware or"
            " FIDO key cannot be copied."
        ),
        advice=(
            "Ask the custodians why it was changed, and record the new device, who keeps it and"
            " where."
        ),
    ),
    ChangeKind(
        name="iam.root.mfa_device_changed",
        evidence=_ROOT,
        path=_DEVICE,
        when=_is_of_the_same_kind,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.1",),
        says="the MFA devices of the root user are others than before",
        adds=lambda d: f": {d.path[-1]} {'is new' if appeared(d) else 'is gone'}",
        trigger=(
            "A virtual MFA device of root is new or gone while the kind of MFA is the same on"
            " both days"
        ),
        means=(
            "Whoever holds a new device needs only the password to be root; one that went may"
            " have been lost, or taken away on purpose."
        ),
        advice="Have the custodians confirm it and bring the record of root's devices up to date.",
    ),
    ChangeKind(
        name="iam.root.summary_changed",
        evidence=_ROOT,
        paths=tuple(_COUNTED),
        when=_is_counted,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="what is counted of the root user moved",
        adds=lambda d: f": {_COUNTED['.'.join(d.path)]} {_count(d.before)} to {_count(d.after)}",
        explains=(_DEVICE,),
        trigger=(
            "Root's MFA, password, keys or certificates are counted otherwise by the account's"
            " summary, or active keys by the report, or MFA.Kind went from or to none"
        ),
        means=(
            "It repeats from a second source what the credential report tells with its weight, so"
            " that the two can be held against each other."
        ),
        advice=(
            "Look for the change of kind iam.root beside it; if there is none the next day"
            " either, ask why the sources differ."
        ),
    ),
)
