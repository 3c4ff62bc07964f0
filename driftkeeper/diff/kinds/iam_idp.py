"""Identity providers, OpenID Connect and SAML: whom roles of the account can trust from outside."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, Test
from driftkeeper.domain.shape import matches
from driftkeeper.domain.types import Direction, Severity

_OIDC = (
    "Provider.Url",
    "Provider.ClientIDList.*",
    "Provider.ThumbprintList.*",
    "Provider.CreateDate",
)
_SAML = ("ValidUntil", "CreateDate")


def _any_of(patterns: tuple[str, ...]) -> Test:
    def test(d: Difference) -> bool:
        return any(matches(pattern, d.path) for pattern in patterns)

    return test


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
        ),
        ChangeKind(
            name="iam.idp.removed",
            evidence=evidence,
            on=Lifecycle.DELETED,
            direction=Direction.NEUTRAL,
            severity=Severity.MEDIUM,
            criteria=("CC6.1",),
            says=f"the {what} provider {{resource}} was removed",
        ),
        ChangeKind(
            name="iam.idp.changed",
            evidence=evidence,
            when=_any_of(settings),
            direction=Direction.NEUTRAL,
            severity=Severity.MEDIUM,
            criteria=("CC6.1",),
            says=f"the {what} provider {{resource}} was changed: {{path}} from {{before}} to {{after}}",
        ),
    )


PROVIDERS = (
    *_provider("iam.oidc_provider", "OpenID Connect", _OIDC),
    *_provider("iam.saml_provider", "SAML", _SAML),
)
