"""Who may take on a role (item 2 of the request list)."""

from __future__ import annotations

from driftkeeper.assess.spec import Control
from driftkeeper.domain.types import Severity

_ROLE = ("iam.role.created", "iam.role.deleted", "iam.role.recreated")
_TRUST = ("iam.role.trust_changed", "iam.role.trust_narrowed", "iam.role.trust_widened")

TRUST = (
    Control(
        name="iam-role-no-public-trust",
        title="No role can be assumed by everyone",
        criteria=("CC6.3", "CC6.6"),
        severity=Severity.CRITICAL,
        item=2,
        fails_when=(
            "A role trusts every AWS principal, and no condition fixes the account, organisation "
            "or ARN."
        ),
        remediate="Name the principals that the role is for.",
        limits=(
            "This does not evidence that the role was not assumed while it was open: CloudTrail "
            "shows that."
        ),
        refs=("CIS 2.21",),
        changes=(*_ROLE, *_TRUST, "iam.role.trust_public", "iam.role.trust_private"),
    ),
    Control(
        name="iam-role-external-trust-external-id",
        title="Other accounts must give an external id to assume a role",
        criteria=("CC6.3", "CC6.6"),
        severity=Severity.HIGH,
        item=2,
        fails_when=(
            "A role trusts a principal of another account without asking for an external id."
        ),
        remediate=(
            "Add a condition on sts:ExternalId to the trust policy, agreed with the other side."
        ),
        limits=(
            "This does not evidence that the external id is kept apart per customer, nor trust in "
            "services and identity providers."
        ),
        changes=(*_ROLE, *_TRUST, "iam.role.external_*"),
    ),
    Control(
        name="iam-role-external-trust-known",
        title="Roles trust only accounts on the list",
        criteria=("CC6.3",),
        severity=Severity.HIGH,
        item=2,
        fails_when="A role trusts an account that is not on the list of trusted accounts.",
        remediate=(
            "Take the account out of the trust policy, or have it approved and put it on the list."
        ),
        limits="This does not evidence who can act within a trusted account.",
        parameters={"trusted_accounts": []},
        changes=(*_ROLE, *_TRUST, "iam.role.external_principal_*"),
    ),
    Control(
        name="iam-role-oidc-subject",
        title="Roles for web identities name their audience and subject",
        criteria=("CC6.3",),
        severity=Severity.HIGH,
        item=2,
        extended=True,
        fails_when=(
            "A role trusts an OpenID Connect provider without a condition on the audience, or "
            "with none, or a bare *, on the subject."
        ),
        remediate="Add conditions on the provider's aud and sub to the trust policy.",
        limits="This does not evidence how the provider decides whom it gives which subject.",
        changes=(*_ROLE, *_TRUST),
    ),
    Control(
        name="iam-role-confused-deputy",
        title="Services that act for many can use a role for you only",
        criteria=("CC6.3",),
        severity=Severity.LOW,
        item=2,
        extended=True,
        fails_when=(
            "A role trusts an AWS service that acts across accounts, without a condition on "
            "aws:SourceAccount or aws:SourceArn."
        ),
        remediate="Add the condition to the trust policy.",
        limits="This does not evidence services that do not send these keys.",
        changes=(*_ROLE, *_TRUST),
    ),
)
