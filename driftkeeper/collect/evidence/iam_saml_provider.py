"""SAML identity providers, whose assertions roles may trust (evidence item 2)."""

from __future__ import annotations

from driftkeeper.collect.spec import Call, EvidenceType, Reach

SAML_PROVIDER = EvidenceType(
    name="iam.saml_provider",
    title="SAML identity providers",
    says="Each SAML provider that roles of the account can trust, and until when its metadata is valid.",
    item=2,
    reach=Reach.ACCOUNT,
    listing=Call("iam", "list_saml_providers", items="SAMLProviderList", always=("Arn",)),
    key="{Arn}",
    criteria=("CC6.1", "CC6.3"),
    limits=(
        "The metadata document is not read: a change of its certificates shows only as another validity."
        " Who is let in is decided where the provider is."
    ),
)
