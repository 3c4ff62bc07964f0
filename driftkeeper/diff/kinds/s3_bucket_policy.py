"""Policies of S3 buckets: what a difference does to access, and whom it lets in."""

from __future__ import annotations

from driftkeeper.diff.policies import document
from driftkeeper.diff.policy_kinds import (
    Policy,
    came_and_went,
    edited,
    outsiders,
    principal_orphaned,
)
from driftkeeper.diff.spec import ChangeKind, Difference, replaced
from driftkeeper.domain.types import Direction, Json, Severity
from driftkeeper.semantics.policy import DENY
from driftkeeper.semantics.policy_effect import Effect
from driftkeeper.semantics.policy_tls import enforces_tls

_BUCKET = "s3.bucket"
_PATH = "Policy"
_CRITERIA = ("CC6.6",)
_POLICY = Policy(
    evidence=_BUCKET,
    path=_PATH,
    name="s3.bucket_policy",
    noun="the policy of bucket {resource}",
    who="The policy of a bucket",
    grants="reach the bucket or what is in it",
    criteria=_CRITERIA,
    severities={
        Effect.WIDENED: Severity.MEDIUM,
        Effect.NARROWED: Severity.MEDIUM,
        Effect.CHANGED: Severity.MEDIUM,
        Effect.COSMETIC: Severity.LOW,
    },
)


def _of_departure(policy: Json) -> Direction:
    """Return `weakened` when the policy that is gone had denied something, whatever it allowed."""
    found = document(policy)
    if found is None:
        return Direction.NEUTRAL
    denied = any(statement.get("Effect") == DENY for statement in found["Statement"])
    return Direction.WEAKENED if denied else Direction.STRENGTHENED


def _tls(policy: Json, bucket: str) -> bool:
    found = document(policy)
    return found is not None and enforces_tls(found, bucket)


def _tls_removed(d: Difference) -> bool:
    return _tls(d.before, d.resource) and not _tls(d.after, d.resource)


def _tls_added(d: Difference) -> bool:
    return _tls(d.after, d.resource) and not _tls(d.before, d.resource)


POLICY = (
    *came_and_went(_POLICY, Severity.MEDIUM, _of_departure),
    *edited(_POLICY, replaced),
    principal_orphaned(_POLICY, _CRITERIA),
    *outsiders(
        _POLICY,
        ("s3.external_access_granted", "s3.external_access_revoked"),
        (Severity.HIGH, Severity.HIGH),
        ("CC6.6", "CC6.3"),
    ),
)

TLS = (
    ChangeKind(
        name="s3.tls_enforcement_removed",
        evidence=_BUCKET,
        path=_PATH,
        when=_tls_removed,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="bucket {resource} may be reached without encryption on the way",
        claims=False,
        trigger="The policy of a bucket denied everything without TLS, and does so no longer",
        means="Data of the bucket may cross networks in the clear, where others can read or alter it.",
        advice="Put the Deny on `aws:SecureTransport` being false back, for the bucket and its objects.",
    ),
    ChangeKind(
        name="s3.tls_enforcement_added",
        evidence=_BUCKET,
        path=_PATH,
        when=_tls_added,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="bucket {resource} may only be reached with encryption on the way",
        claims=False,
        trigger="The policy of a bucket denies everything without TLS, and did not before",
        means="Data of the bucket travels encrypted, whoever asks for it.",
        advice="Keep it as evidence of encryption in transit.",
    ),
)
