"""Key policies of KMS: what a difference does to access, and whom it lets in."""

from __future__ import annotations

from driftkeeper.diff.policy_kinds import Policy, edited, opened, outsiders, principal_orphaned
from driftkeeper.domain.types import Severity
from driftkeeper.semantics.policy_effect import Effect

_CRITERIA = ("CC6.7", "CC6.3")
_POLICY = Policy(
    evidence="kms.key",
    path="Policy",
    name="kms.policy",
    noun="the key policy of {resource}",
    who="The policy of a key",
    grants="decrypt with the key or manage it",
    criteria=_CRITERIA,
    severities={
        Effect.WIDENED: Severity.HIGH,
        Effect.NARROWED: Severity.INFO,
        Effect.CHANGED: Severity.MEDIUM,
        Effect.COSMETIC: Severity.LOW,
    },
)

POLICY = (
    *edited(_POLICY),
    principal_orphaned(_POLICY, _CRITERIA),
    *opened(_POLICY, _CRITERIA),
    *outsiders(
        _POLICY,
        ("kms.external_principal_added", "kms.external_principal_removed"),
        (Severity.HIGH, Severity.HIGH),
        ("CC6.7",),
    ),
)
