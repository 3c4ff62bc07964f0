"""KMS grants across accounts: what they let in beside the key policies."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Lifecycle
from driftkeeper.domain.types import Direction, Severity

GRANTS = (
    ChangeKind(
        name="kms.external_principal_added",
        evidence="kms.grant",
        on=Lifecycle.CREATED,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.7",),
        says="a grant across accounts lets {GranteePrincipal} use {KeyArn} for {Operations}",
        trigger="A grant is there that lets a principal of another account use a key",
        means="The key can be used from outside, and the key policy does not show it.",
        advice="Check that the account is a known partner's; else retire or revoke the grant.",
    ),
    ChangeKind(
        name="kms.external_principal_removed",
        evidence="kms.grant",
        on=Lifecycle.DELETED,
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.7",),
        says="no grant lets {GranteePrincipal} use {KeyArn} for {Operations} any more",
        trigger="A grant is gone that let a principal of another account use a key",
        means="The key can be used from outside by one way less.",
        advice="Keep it as evidence that the access has ended.",
    ),
)
