"""IAM roles: that they come and go, whom each trusts, and how long a session lasts."""

from __future__ import annotations

from collections.abc import Callable

from driftkeeper.diff.policies import document
from driftkeeper.diff.policy_kinds import Policy, edited, opened, outsiders, principal_orphaned
from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle
from driftkeeper.domain.types import Direction, Json, Severity
from driftkeeper.semantics.policy_admin import grants_admin
from driftkeeper.semantics.policy_effect import Effect
from driftkeeper.semantics.policy_public import is_public
from driftkeeper.semantics.policy_trust import trusted_accounts, unguarded_accounts
from driftkeeper.semantics.principal import well_known

_ROLE = "iam.role"
_TRUST = "AssumeRolePolicyDocument"
_POLICY = Policy(
    evidence=_ROLE,
    path=_TRUST,
    name="iam.role.trust",
    noun="the trust policy of role {RoleName}",
    who="The trust policy of a role",
    grants="act with the rights of the role",
    criteria=("CC6.3", "CC6.6"),
    severities={
        Effect.WIDENED: Severity.HIGH,
        Effect.NARROWED: Severity.INFO,
        Effect.CHANGED: Severity.MEDIUM,
        Effect.COSMETIC: Severity.LOW,
    },
)


def _is_dangerous(d: Difference) -> bool:
    """Say whether a new role is an administrator, or trusts everyone or another account."""
    trust = document(d.field(_TRUST))
    inline = (document(row.get("PolicyDocument")) for row in _rows(d, "RolePolicyList"))
    managed = (well_known(str(row.get("PolicyArn"))) for row in _rows(d, "AttachedManagedPolicies"))
    trusts_strangers = trust is not None and (
        is_public(trust) or bool(trusted_accounts(trust, d.scope.account))
    )
    return trusts_strangers or any(
        grants_admin(found) for found in (*inline, *managed) if found is not None
    )


def _rows(d: Difference, name: str) -> list[dict[str, Json]]:
    value = d.field(name)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


LIFECYCLE = (
    ChangeKind(
        name="iam.role.created",
        evidence=_ROLE,
        on=Lifecycle.CREATED,
        direction=lambda d: Direction.WEAKENED if _is_dangerous(d) else Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="role {RoleName} was created",
        trigger=(
            "A role is there that was not; it is a weakening if the role is an administrator, or trusts"
            " everyone or another account"
        ),
        means="Whoever the role trusts can act with its rights from now on.",
        advice="Match the role with an approved request; read whom it trusts and what it may do.",
    ),
    ChangeKind(
        name="iam.role.deleted",
        evidence=_ROLE,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="role {RoleName} was deleted",
        trigger="A role is gone that was there",
        means="Nobody can act with its rights any more, and what ran with them has stopped.",
        advice="Match the deletion with a change ticket; check that nothing still needs the role.",
    ),
    ChangeKind(
        name="iam.role.recreated",
        evidence=_ROLE,
        on=Lifecycle.RECREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="role {RoleName} was deleted and created anew: another principal under the same name",
        explains=("CreateDate",),
        trigger="A role has the name of an earlier one and another unique id",
        means=(
            "Policies that named the old role do not let in the new one, and what was reviewed under this"
            " name is gone."
        ),
        advice="Review the role as a new one: its trust policy, its rights and its boundary.",
    ),
)

TRUST = (*edited(_POLICY), principal_orphaned(_POLICY, ("CC6.3",)))
OUTSIDERS = (
    *opened(_POLICY, ("CC6.6",)),
    *outsiders(
        _POLICY,
        ("iam.role.external_principal_added", "iam.role.external_principal_removed"),
        (Severity.HIGH, Severity.INFO),
        ("CC6.3", "CC6.6"),
        trusted_accounts,
    ),
)


def _asked(before: Json, after: Json, own: str) -> list[str]:
    """Return the accounts trusted at both sights that must send an external id after, and not before."""
    old, new = document(before), document(after)
    if old is None or new is None:
        return []
    stayed = trusted_accounts(old, own) & trusted_accounts(new, own)
    return sorted(stayed & (unguarded_accounts(old, own) - unguarded_accounts(new, own)))


def _guarded(d: Difference) -> list[str]:
    return _asked(d.before, d.after, d.scope.account)


def _exposed(d: Difference) -> list[str]:
    return _asked(d.after, d.before, d.scope.account)


def _naming(which: Callable[[Difference], list[str]]) -> Callable[[Difference], str]:
    return lambda d: f": {', '.join(which(d))}"


EXTERNAL_IDS = (
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
        trigger="Another account that had to send an external id to assume a role need not any more",
        means=(
            "Another customer of that partner can have the partner act in this account (the confused"
            " deputy), for nothing tells the customers apart."
        ),
        advice="Ask for the external id again, with the value agreed with the partner.",
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
        trigger="Another account that could assume a role without an external id must send one",
        means="The partner can be made to act in this account only on behalf of this customer.",
        advice="Keep it as evidence; until now the role could be assumed without.",
    ),
)


def _longer(d: Difference) -> bool:
    return isinstance(d.before, int) and isinstance(d.after, int) and d.after > d.before


def _shorter(d: Difference) -> bool:
    return isinstance(d.before, int) and isinstance(d.after, int) and d.after < d.before


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
        trigger="The longest session that a role allows became longer",
        means="Temporary credentials that leak are good for longer.",
        advice="Check that somebody needs sessions of this length; else set the old limit again.",
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
        trigger="The longest session that a role allows became shorter",
        means="Temporary credentials that leak are good for a shorter time.",
        advice="Nothing is to be done.",
    ),
)
