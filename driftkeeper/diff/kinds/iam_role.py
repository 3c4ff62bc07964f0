"""IAM roles: whom each trusts, and how long a session lasts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from driftkeeper.diff.kinds.iam_policies import is_admin_policy
from driftkeeper.diff.policies import document, effect, orphaned
from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle
from driftkeeper.diff.statements import statements
from driftkeeper.domain.types import Direction, Json, Severity
from driftkeeper.semantics.policy_admin import grants_admin
from driftkeeper.semantics.policy_effect import Effect
from driftkeeper.semantics.policy_public import is_public, orphans
from driftkeeper.semantics.policy_trust import trusted_accounts, unguarded_accounts

_ROLE = "iam.role"
_TRUST = "AssumeRolePolicyDocument"

Accounts = Callable[[Mapping[str, Json], str], frozenset[str]]


def _public(trust: Json) -> bool:
    found = document(trust)
    return found is not None and is_public(found)


def _accounts(trust: Json, d: Difference, which: Accounts = trusted_accounts) -> frozenset[str]:
    found = document(trust)
    return frozenset() if found is None else which(found, d.scope.account)


def _orphaned(d: Difference) -> bool:
    return orphaned(d.before, d.after)


def _is(wanted: Effect) -> Callable[[Difference], bool]:
    return lambda d: not _orphaned(d) and effect(d.before, d.after) is wanted


def _came(d: Difference) -> frozenset[str]:
    return _accounts(d.after, d) - _accounts(d.before, d)


def _went(d: Difference) -> frozenset[str]:
    """Return the accounts trusted no more, unless all that was theirs is deleted: nobody took it away."""
    return frozenset() if _orphaned(d) else _accounts(d.before, d) - _accounts(d.after, d)


def _exposed(d: Difference) -> frozenset[str]:
    """Return the accounts trusted at both sights that had to send an external id, and need not now."""
    stayed = _accounts(d.before, d) & _accounts(d.after, d)
    before, after = (_accounts(trust, d, unguarded_accounts) for trust in (d.before, d.after))
    return stayed & (after - before)


def _guarded(d: Difference) -> frozenset[str]:
    """Return the accounts trusted at both sights that need not send an external id, and must now."""
    stayed = _accounts(d.before, d) & _accounts(d.after, d)
    before, after = (_accounts(trust, d, unguarded_accounts) for trust in (d.before, d.after))
    return stayed & (before - after)


def _naming(which: Callable[[Difference], frozenset[str]]) -> Callable[[Difference], str]:
    return lambda d: f": {', '.join(sorted(which(d)))}"


def _new_orphans(d: Difference) -> str:
    old, new = document(d.before), document(d.after)
    ids = orphans(new or {"Statement": []}) - orphans(old or {"Statement": []})
    return f": {', '.join(sorted(ids))} stands in its place"


def _is_dangerous(d: Difference) -> bool:
    """Say whether a new role is an administrator, or trusts everyone or another account."""
    trust, attached = d.field(_TRUST), d.field("AttachedManagedPolicies")
    inline = d.field("RolePolicyList")
    arns = [str(row.get("PolicyArn")) for row in _rows(attached)]
    found = [document(row.get("PolicyDocument")) for row in _rows(inline)]
    return (
        _public(trust)
        or bool(_accounts(trust, d))
        or any(map(is_admin_policy, arns))
        or any(grants_admin(each) for each in found if each is not None)
    )


def _rows(value: Json) -> list[dict[str, Json]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _longer(d: Difference) -> bool:
    return isinstance(d.before, int) and isinstance(d.after, int) and d.after > d.before


def _shorter(d: Difference) -> bool:
    return isinstance(d.before, int) and isinstance(d.after, int) and d.after < d.before


LIFECYCLE = (
    ChangeKind(
        name="iam.role.created",
        evidence=_ROLE,
        on=Lifecycle.CREATED,
        direction=lambda d: Direction.WEAKENED if _is_dangerous(d) else Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="role {RoleName} was created",
    ),
    ChangeKind(
        name="iam.role.deleted",
        evidence=_ROLE,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="role {RoleName} was deleted",
    ),
    ChangeKind(
        name="iam.role.recreated",
        evidence=_ROLE,
        on=Lifecycle.RECREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="role {RoleName} was deleted and created anew: another principal under the same name",
    ),
)

TRUST = (
    ChangeKind(
        name="iam.role.trust_widened",
        evidence=_ROLE,
        path=_TRUST,
        when=_is(Effect.WIDENED),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.3", "CC6.6"),
        says="role {RoleName} can be assumed by more than before",
        adds=statements,
    ),
    ChangeKind(
        name="iam.role.trust_narrowed",
        evidence=_ROLE,
        path=_TRUST,
        when=_is(Effect.NARROWED),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.3", "CC6.6"),
        says="role {RoleName} can be assumed by fewer than before",
        adds=statements,
    ),
    ChangeKind(
        name="iam.role.trust_changed",
        evidence=_ROLE,
        path=_TRUST,
        when=_is(Effect.CHANGED),
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.3", "CC6.6"),
        says="role {RoleName} can be assumed by others than before",
        adds=statements,
    ),
    ChangeKind(
        name="iam.role.trust_rewritten",
        evidence=_ROLE,
        path=_TRUST,
        when=_is(Effect.COSMETIC),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3", "CC6.6"),
        says="the trust policy of role {RoleName} is worded differently and lets in the same as before",
    ),
    ChangeKind(
        name="iam.role.trust_principal_orphaned",
        evidence=_ROLE,
        path=_TRUST,
        when=_orphaned,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="a user or role that role {RoleName} trusts was deleted",
        adds=_new_orphans,
    ),
)

OUTSIDERS = (
    ChangeKind(
        name="iam.role.trust_public",
        evidence=_ROLE,
        path=_TRUST,
        when=lambda d: _public(d.after) and not _public(d.before),
        born=lambda d: _public(d.after),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.6",),
        says="role {RoleName} can be assumed by everyone",
        claims=False,
    ),
    ChangeKind(
        name="iam.role.trust_private",
        evidence=_ROLE,
        path=_TRUST,
        when=lambda d: _public(d.before) and not _public(d.after),
        direction=Direction.STRENGTHENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.6",),
        says="role {RoleName} can no longer be assumed by everyone",
        claims=False,
    ),
    ChangeKind(
        name="iam.role.external_principal_added",
        evidence=_ROLE,
        path=_TRUST,
        when=lambda d: bool(_came(d)),
        born=lambda d: bool(_came(d)),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.3", "CC6.6"),
        says="role {RoleName} trusts another account",
        adds=_naming(_came),
        claims=False,
    ),
    ChangeKind(
        name="iam.role.external_principal_removed",
        evidence=_ROLE,
        path=_TRUST,
        when=lambda d: bool(_went(d)),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.3", "CC6.6"),
        says="role {RoleName} no longer trusts another account",
        adds=_naming(_went),
        claims=False,
    ),
    ChangeKind(
        name="iam.role.external_id_removed",
        evidence=_ROLE,
        path=_TRUST,
        when=lambda d: bool(_exposed(d)),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.3",),
        says="role {RoleName} can be assumed by another account without an external id",
        adds=_naming(_exposed),
        claims=False,
    ),
    ChangeKind(
        name="iam.role.external_id_added",
        evidence=_ROLE,
        path=_TRUST,
        when=lambda d: bool(_guarded(d)),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.3",),
        says="role {RoleName} asks another account for an external id",
        adds=_naming(_guarded),
        claims=False,
    ),
)

SESSIONS = (
    ChangeKind(
        name="iam.role.max_session_increased",
        evidence=_ROLE,
        path="Settings.MaxSessionDuration",
        when=_longer,
        direction=Direction.WEAKENED,
        severity=Severity.LOW,
        criteria=("CC6.1",),
        says="a session of role {RoleName} may last {after} seconds instead of {before}",
    ),
    ChangeKind(
        name="iam.role.max_session_reduced",
        evidence=_ROLE,
        path="Settings.MaxSessionDuration",
        when=_shorter,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="a session of role {RoleName} may last only {after} seconds instead of {before}",
    ),
)
