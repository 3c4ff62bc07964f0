"""Identity providers, OpenID Connect and SAML: whom roles of the account can trust from outside."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Lifecycle
from driftkeeper.domain.types import Direction, Severity

_OIDC = (
    "Provider.Url",
    "Provider.ClientIDList.*",
    "Provider.ThumbprintList.*",
    "Provider.CreateDate",
)
_SAML = ("ValidUntil", "CreateDate")


def _provider(evidence: str, what: str, settings: tuple[str, ...]) -> tuple[ChangeKind, ...]:
    return (
        ChangeKind(
            name="iam.idp.added",
            evidence=evidence,
            on=Lifecycle.CREATED,
            direction=Direction.WEAKENED,
            severity=Severity.HIGH,
            criteria=("CC6.1",),
            says=f"roles can trust the {what} provider {{resource}}, which is new",
            trigger="An identity provider is there that was not",
            means="Roles can be made to trust whoever signs in there, so its operator decides who gets in.",
            advice="Check that it is the company's own or a known partner's, and which roles trust it.",
        ),
        ChangeKind(
            name="iam.idp.removed",
            evidence=evidence,
            on=Lifecycle.DELETED,
            direction=Direction.NEUTRAL,
            severity=Severity.MEDIUM,
            criteria=("CC6.1",),
            says=f"the {what} provider {{resource}} was removed",
            trigger="An identity provider is gone that was there",
            means="Nobody can assume a role by it any more; roles that trust it let in nobody of it.",
            advice="Match it with a change ticket, and delete the roles that only it could assume.",
        ),
        ChangeKind(
            name="iam.idp.changed",
            evidence=evidence,
            paths=settings,
            direction=Direction.NEUTRAL,
            severity=Severity.MEDIUM,
            criteria=("CC6.1",),
            says=f"the {what} provider {{resource}} was changed: {{path}} from {{before}} to {{after}}",
            trigger="The address, an audience, a thumbprint or a date of a provider changed",
            means="Which tokens and signatures are believed is not what was reviewed.",
            advice="Have the owner of the sign-in confirm the new values; an audience more is a client more.",
        ),
    )


PROVIDERS = (
    *_provider("iam.oidc_provider", "OpenID Connect", _OIDC),
    *_provider("iam.saml_provider", "SAML", _SAML),
)
