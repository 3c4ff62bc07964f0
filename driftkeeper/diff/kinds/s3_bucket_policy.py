"""Policies of S3 buckets: what a difference does to access, and whom it lets in."""

from __future__ import annotations

from dataclasses import replace

from driftkeeper.diff.policies import (
    document,
    effect,
    orphaned,
    orphans_in_place,
)
from driftkeeper.diff.spec import ChangeKind, Difference, appeared, replaced, vanished
from driftkeeper.diff.statements import statements
from driftkeeper.domain.types import Direction, Json, Severity
from driftkeeper.semantics.policy import DENY
from driftkeeper.semantics.policy_effect import Effect
from driftkeeper.semantics.policy_public import external_accounts
from driftkeeper.semantics.policy_tls import enforces_tls

_BUCKET = "s3.bucket"
_POLICY = "Policy"
_NOTHING: dict[str, Json] = {"Statement": []}
_CAME = {
    Effect.WIDENED: Direction.WEAKENED,
    Effect.NARROWED: Direction.STRENGTHENED,
}


def _effect(d: Difference) -> Effect | None:
    """Return what an edited policy does to access; a policy that came or went has kinds of its own."""
    return effect(d.before, d.after) if replaced(d) and not _orphaned(d) else None


def _orphaned(d: Difference) -> bool:
    return orphaned(d.before, d.after)


def _statements(d: Difference) -> str:
    """Return which statements came and went; no policy is one without statements."""
    return statements(replace(d, before=d.before or _NOTHING, after=d.after or _NOTHING))


def _of_arrival(d: Difference) -> Direction:
    return _CAME.get(effect(None, d.after), Direction.NEUTRAL)


def _of_departure(d: Difference) -> Direction:
    """Return `weakened` when the policy that is gone had denied something, whatever it allowed."""
    found = document(d.before)
    if found is None:
        return Direction.NEUTRAL
    denied = any(statement.get("Effect") == DENY for statement in found["Statement"])
    return Direction.WEAKENED if denied else Direction.STRENGTHENED


def _outsiders(policy: Json, own: str) -> frozenset[str]:
    found = document(policy)
    return frozenset() if found is None else external_accounts(found, own)


def _gained(d: Difference) -> list[str]:
    own = d.scope.account
    return sorted(_outsiders(d.after, own) - _outsiders(d.before, own))


def _lost(d: Difference) -> list[str]:
    """Return the accounts let in no more, unless all that was theirs is deleted: nobody took it away."""
    own = d.scope.account
    found = _outsiders(d.before, own) - _outsiders(d.after, own)
    return [] if _orphaned(d) else sorted(found)


def _tls(policy: Json, bucket: str) -> bool:
    found = document(policy)
    return found is not None and enforces_tls(found, bucket)


def _tls_removed(d: Difference) -> bool:
    return _tls(d.before, d.resource) and not _tls(d.after, d.resource)


def _tls_added(d: Difference) -> bool:
    return _tls(d.after, d.resource) and not _tls(d.before, d.resource)


POLICY = (
    ChangeKind(
        name="s3.bucket_policy_added",
        evidence=_BUCKET,
        path=_POLICY,
        when=appeared,
        direction=_of_arrival,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="bucket {resource} was given a policy",
        adds=_statements,
    ),
    ChangeKind(
        name="s3.bucket_policy_removed",
        evidence=_BUCKET,
        path=_POLICY,
        when=vanished,
        direction=_of_departure,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="the policy of bucket {resource} was removed",
        adds=_statements,
    ),
    ChangeKind(
        name="s3.bucket_policy_widened",
        evidence=_BUCKET,
        path=_POLICY,
        when=lambda d: _effect(d) is Effect.WIDENED,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="the policy of bucket {resource} allows more than before",
        adds=_statements,
    ),
    ChangeKind(
        name="s3.bucket_policy_narrowed",
        evidence=_BUCKET,
        path=_POLICY,
        when=lambda d: _effect(d) is Effect.NARROWED,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="the policy of bucket {resource} allows less than before",
        adds=_statements,
    ),
    ChangeKind(
        name="s3.bucket_policy_changed",
        evidence=_BUCKET,
        path=_POLICY,
        when=lambda d: _effect(d) is Effect.CHANGED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="the policy of bucket {resource} allows other things than before",
        adds=_statements,
    ),
    ChangeKind(
        name="s3.bucket_policy_rewritten",
        evidence=_BUCKET,
        path=_POLICY,
        when=lambda d: _effect(d) is Effect.COSMETIC,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="the policy of bucket {resource} is worded differently and allows the same as before",
    ),
    ChangeKind(
        name="s3.bucket_policy_principal_orphaned",
        evidence=_BUCKET,
        path=_POLICY,
        when=_orphaned,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="a user or role that the policy of bucket {resource} names was deleted",
        adds=lambda d: orphans_in_place(d.before, d.after),
    ),
    ChangeKind(
        name="s3.external_access_granted",
        evidence=_BUCKET,
        path=_POLICY,
        when=lambda d: bool(_gained(d)),
        born=lambda d: bool(_gained(d)),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.6", "CC6.3"),
        says="the policy of bucket {resource} lets in another account",
        adds=lambda d: f": {', '.join(_gained(d))}",
        claims=False,
    ),
    ChangeKind(
        name="s3.external_access_revoked",
        evidence=_BUCKET,
        path=_POLICY,
        when=lambda d: bool(_lost(d)),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.6", "CC6.3"),
        says="the policy of bucket {resource} no longer lets in another account",
        adds=lambda d: f": {', '.join(_lost(d))}",
        claims=False,
    ),
    ChangeKind(
        name="s3.tls_enforcement_removed",
        evidence=_BUCKET,
        path=_POLICY,
        when=_tls_removed,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="bucket {resource} may be reached without encryption on the way",
        claims=False,
    ),
    ChangeKind(
        name="s3.tls_enforcement_added",
        evidence=_BUCKET,
        path=_POLICY,
        when=_tls_added,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="bucket {resource} may only be reached with encryption on the way",
        claims=False,
    ),
)
