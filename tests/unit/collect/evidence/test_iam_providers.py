"""Identity providers and server certificates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from driftkeeper.collect.evidence.iam_oidc_provider import OIDC_PROVIDER
from driftkeeper.collect.evidence.iam_saml_provider import SAML_PROVIDER
from driftkeeper.collect.evidence.iam_server_certificate import SERVER_CERTIFICATE
from driftkeeper.collect.spec import EvidenceType
from driftkeeper.domain.types import Cause, Outcome, Sight
from tests.aws import NOW, Error, Script
from tests.unit.collect.evidence.iam_account import BORN, IAM, account, by_name, see

OIDC = f"{IAM}:oidc-provider/token.actions.githubusercontent.com"
PROVIDER: dict[str, Any] = {
    "Url": "token.actions.githubusercontent.com",
    "ClientIDList": ["sts.amazonaws.com", "other"],
    "ThumbprintList": ["b" * 40, "a" * 40],
    "CreateDate": BORN,
    "Tags": [],
}
SAML = {"Arn": f"{IAM}:saml-provider/idp", "ValidUntil": NOW, "CreateDate": BORN}


def _certificate(name: str, **more: Any) -> dict[str, Any]:
    return {
        "Path": "/",
        "ServerCertificateName": name,
        "ServerCertificateId": "ASCA" + name.upper().ljust(16, "0"),
        "Arn": f"{IAM}:server-certificate/{name}",
        "UploadDate": BORN,
        "Expiration": NOW,
        **more,
    }


def _oidc(provider: Any) -> Sight:
    listed = {"OpenIDConnectProviderList": [{"Arn": OIDC}]}
    script = account(ListOpenIDConnectProviders=listed, GetOpenIDConnectProvider=provider)
    return see(OIDC_PROVIDER, script)


class TestOpenIdConnect:
    def test_a_provider_has_audiences_and_thumbprints_in_no_order(self):
        (body,) = _oidc(PROVIDER).bodies
        assert body.key == OIDC
        assert body.config["Provider"]["Url"] == PROVIDER["Url"]
        turned = {
            **PROVIDER,
            "ClientIDList": PROVIDER["ClientIDList"][::-1],
            "ThumbprintList": PROVIDER["ThumbprintList"][::-1],
        }
        assert _oidc(turned).bodies[0].digest == body.digest

    def test_a_further_audience_is_configuration(self):
        other = {**PROVIDER, "ClientIDList": ["sts.amazonaws.com"]}
        assert _oidc(other).bodies[0].digest != _oidc(PROVIDER).bodies[0].digest

    def test_a_list_that_is_left_out_is_an_empty_one(self):
        lists = ("ClientIDList", "ThumbprintList", "Tags")
        bare = {name: value for name, value in PROVIDER.items() if name not in lists}
        empty = bare | {name: [] for name in lists}
        assert _oidc(bare).bodies[0].digest == _oidc(empty).bodies[0].digest

    def test_a_provider_deleted_meanwhile_is_gone(self):
        sight = _oidc(Error("NoSuchEntity", status=404))
        assert (sight.bodies, sight.coverage.gone) == ((), 1)
        assert sight.coverage.outcome is Outcome.COMPLETE

    def test_a_provider_that_may_not_be_read_is_listed_all_the_same(self):
        sight = _oidc(Error("AccessDenied", status=403))
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, Cause.DENIED)
        assert sight.bodies[0].unseen == ("Provider",)


class TestSaml:
    def test_until_when_its_metadata_is_valid_is_configuration(self):
        ours, theirs = (
            see(SAML_PROVIDER, account(ListSAMLProviders={"SAMLProviderList": [row]})).bodies[0]
            for row in (SAML, {**SAML, "ValidUntil": NOW + timedelta(days=1)})
        )
        assert ours.key == SAML["Arn"]
        assert ours.digest != theirs.digest


class TestCertificates:
    def test_certificates_of_all_pages_are_listed_with_their_expiry(self):
        rows = [_certificate(f"c{n}") for n in range(5)]
        script = account(ListServerCertificates={"ServerCertificateMetadataList": rows})
        found = by_name(see(SERVER_CERTIFICATE, script))
        assert [*found] == [f"c{n}" for n in range(5)]
        assert found["c0"].config["Expiration"] == "2026-07-01T03:00:00Z"
        assert found["c0"].uid == "ASCAC000000000000000"


@pytest.mark.parametrize(
    ("spec", "operation", "items"),
    [
        (OIDC_PROVIDER, "ListOpenIDConnectProviders", "OpenIDConnectProviderList"),
        (SAML_PROVIDER, "ListSAMLProviders", "SAMLProviderList"),
        (SERVER_CERTIFICATE, "ListServerCertificates", "ServerCertificateMetadataList"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_none_is_an_answer_and_a_denial_or_nonsense_is_none(
    spec: EvidenceType, operation: str, items: str
):
    def answering(answer: Any) -> Script:
        answers: dict[str, Any] = {operation: answer}
        return account(**answers)

    none = see(spec, answering({items: []}))
    assert (none.bodies, none.coverage.outcome) == ((), Outcome.COMPLETE)
    denied = see(spec, answering(Error("AccessDenied", status=403)))
    assert (denied.coverage.outcome, denied.coverage.cause) == (Outcome.MISSED, Cause.DENIED)
    unreadable = see(spec, answering(KeyError("as parsers fail on a page of a proxy")))
    assert (unreadable.coverage.outcome, unreadable.coverage.code) == (
        Outcome.MISSED,
        "MalformedAnswer",
    )
