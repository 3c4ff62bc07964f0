"""Key policies of KMS: what a difference does to access, and whom it lets in."""

from __future__ import annotations

from driftkeeper.diff.policies import document, effect, orphaned, orphans_in_place
from driftkeeper.diff.spec import ChangeKind, Difference, replaced
from driftkeeper.domain.types import Direction, Json, Severity
from driftkeeper.semantics.policy_effect import Effect
from driftkeeper.semantics.policy_public import external_accounts, is_public

_KEY = "kms.key"


def _effect(d: Difference) -> Effect | None:
    """Return what happened to access; a policy that came or went is one we may look at, or not.

    None if nobody edited the policy, but somebody whom it names was deleted.
    """
    if _orphaned(d):
        return None
    return effect(d.before, d.after) if replaced(d) else Effect.CHANGED


def _orphaned(d: Difference) -> bool:
    return orphaned(d.before, d.after)


def _public(policy: Json) -> bool:
    found = document(policy)
    return found is not None and is_public(found)


def _outsiders(policy: Json, own: str) -> frozenset[str]:
    found = document(policy)
    return frozenset() if found is None else external_accounts(found, own)


def _gained_outsider(d: Difference) -> bool:
    own = d.scope.account
    return bool(_outsiders(d.after, own) - _outsiders(d.before, own))


def _lost_outsider(d: Difference) -> bool:
    own = d.scope.account
    return bool(_outsiders(d.before, own) - _outsiders(d.after, own)) and not _orphaned(d)


POLICY = (
    ChangeKind(
        name="kms.policy_widened",
        evidence=_KEY,
        path="Policy",
        when=lambda d: _effect(d) is Effect.WIDENED,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.7", "CC6.3"),
        says="the key policy of {resource} allows more than before",
    ),
    ChangeKind(
        name="kms.policy_narrowed",
        evidence=_KEY,
        path="Policy",
        when=lambda d: _effect(d) is Effect.NARROWED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.7", "CC6.3"),
        says="the key policy of {resource} allows less than before",
    ),
    ChangeKind(
        name="kms.policy_changed",
        evidence=_KEY,
        path="Policy",
        when=lambda d: _effect(d) is Effect.CHANGED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7", "CC6.3"),
        says="the key policy of {resource} allows other things than before",
    ),
    ChangeKind(
        name="kms.policy_rewritten",
        evidence=_KEY,
        path="Policy",
        when=lambda d: _effect(d) is Effect.COSMETIC,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.7", "CC6.3"),
        says="the key policy of {resource} is worded differently and allows the same as before",
    ),
    ChangeKind(
        name="kms.policy_principal_orphaned",
        evidence=_KEY,
        path="Policy",
        when=_orphaned,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.7", "CC6.3"),
        says="a user or role that the key policy of {resource} names was deleted",
        adds=lambda d: orphans_in_place(d.before, d.after),
    ),
    ChangeKind(
        name="kms.policy_public",
        evidence=_KEY,
        path="Policy",
        when=lambda d: _public(d.after) and not _public(d.before),
        born=lambda d: _public(d.after),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.7", "CC6.3"),
        says="the key policy of {resource} lets in everyone",
        claims=False,
    ),
    ChangeKind(
        name="kms.policy_private",
        evidence=_KEY,
        path="Policy",
        when=lambda d: _public(d.before) and not _public(d.after),
        direction=Direction.STRENGTHENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.7", "CC6.3"),
        says="the key policy of {resource} no longer lets in everyone",
        claims=False,
    ),
    ChangeKind(
        name="kms.external_principal_added",
        evidence=_KEY,
        path="Policy",
        when=_gained_outsider,
        born=_gained_outsider,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.7",),
        says="the key policy of {resource} lets in another account",
        claims=False,
    ),
    ChangeKind(
        name="kms.external_principal_removed",
        evidence=_KEY,
        path="Policy",
        when=_lost_outsider,
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.7",),
        says="the key policy of {resource} no longer lets in another account",
        claims=False,
    ),
)
