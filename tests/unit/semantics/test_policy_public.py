"""Whom resource and trust policies let in, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.semantics.policy import canonical
from driftkeeper.semantics.policy_public import external_accounts, is_public, orphans

Policy = dict[str, Any]

ORG = "o-a1b2c3d4e5"
OWN, PARTNER = "111122223333", "444455556666"
GITHUB = "token.actions.githubusercontent.com"


def policy(*statements: dict[str, Any]) -> Policy:
    return canonical({"Version": "2012-10-17", "Statement": list(statements)})


def to(principal: Any, **more: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/*",
        **more,
    }


def given(operator: str, key: str, value: Any) -> Policy:
    """A bucket open to everyone under one condition."""
    return policy(to("*", Condition={operator: {key: value}}))


def federated(issuer: str, condition: dict[str, Any]) -> Policy:
    provider = f"arn:aws:iam::{OWN}:oidc-provider/{issuer}"
    return policy(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }
    )


DENY_ALL = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}

# --- values that pin, and values that do not

PINS: dict[str, Policy] = {
    "PrincipalAccount": given("StringEquals", "aws:PrincipalAccount", OWN),
    "several accounts": given("StringEquals", "aws:PrincipalAccount", [OWN, PARTNER]),
    "PrincipalArn": given("ArnEquals", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/x"),
    "PrincipalArn, any of an account": given(
        "StringLike", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:*"
    ),
    "SourceArn, any of an account": given("ArnLike", "aws:SourceArn", f"arn:aws:*:*:{OWN}:*"),
    "SourceArn of a bucket": given("ArnLike", "aws:SourceArn", "arn:aws:s3:::my-bucket"),
    "SourceOrgID": given("StringEquals", "aws:SourceOrgID", ORG),
    "SourceVpc": given("StringEquals", "aws:SourceVpc", "vpc-1"),
    "userid": given("StringEquals", "aws:userid", "AROAEXAMPLEID:session"),
    "access point account": given("StringEquals", "s3:DataAccessPointAccount", OWN),
    "access points of an account": given(
        "ArnLike", "s3:DataAccessPointArn", f"arn:aws:s3:*:{OWN}:accesspoint/*"
    ),
    "KMS caller account": given("StringEquals", "kms:CallerAccount", OWN),
    "KMS caller account and service": policy(
        to(
            "*",
            Condition={
                "StringEquals": {
                    "kms:CallerAccount": OWN,
                    "kms:ViaService": "s3.eu-west-1.amazonaws.com",
                }
            },
        )
    ),
    "SourceIp as text": given("StringEquals", "aws:SourceIp", "52.95.110.1"),
    "private SourceIp": given("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
    "operator in another case": given("STRINGEQUALS", "aws:SourceAccount", OWN),
    "equal but for case": given("StringEqualsIgnoreCase", "aws:PrincipalOrgID", ORG),
    "the resource's own organisation": given(
        "StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}"
    ),
    "one test that pins beside one that does not": policy(
        to(
            "*",
            Condition={
                "Bool": {"aws:SecureTransport": "true"},
                "StringEquals": {"aws:SourceVpce": "vpce-1"},
            },
        )
    ),
    "a value set that nothing meets": given("StringEquals", "aws:SourceAccount", []),
    "Allow with NotPrincipal for one organisation": policy(
        {
            "Effect": "Allow",
            "NotPrincipal": {"AWS": OWN},
            "Action": "*",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORG}},
        }
    ),
}

DOES_NOT_PIN: dict[str, Policy] = {
    "KMS service alone": given("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"),
    "one of two values is open": given("StringLike", "aws:PrincipalAccount", [OWN, "*"]),
    "part of an account": given("StringLike", "aws:PrincipalAccount", "1111*"),
    "an account but for one digit": given("StringLike", "aws:PrincipalAccount", "11112222333?"),
    "part of an organisation": given("StringLike", "aws:PrincipalOrgID", "o-*"),
    "organisation path of any": given(
        "ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-*/r-ab12/*"
    ),
    "organisation path all open": given("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "*"),
    "role of any account": given(
        "ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/OrganizationAccountAccessRole"
    ),
    "account behind a star that crosses segments": given(
        "StringLike", "aws:PrincipalArn", f"arn:*:{OWN}:role/x"
    ),
    "account within a star's reach": given("StringLike", "aws:SourceArn", f"arn:aws:*:*:{OWN}:*"),
    "ArnEquals with a wildcard account": given(
        "ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*:root"
    ),
    "buckets by the start of their name": given("ArnLike", "aws:SourceArn", "arn:aws:s3:::my-*"),
    "too short an ARN pattern": given("ArnLike", "aws:SourceArn", "arn:*"),
    "sessions of a role id": given("StringLike", "aws:userid", "AROAEXAMPLEID:*"),
    "vpc by pattern": given("StringLike", "aws:SourceVpc", "vpc-*"),
    "Referer": given("StringLike", "aws:Referer", "https://example.com/*"),
    "time": given("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z"),
    "prefix": given("StringEquals", "s3:prefix", "public/"),
    "MFA": given("Bool", "aws:MultiFactorAuthPresent", "true"),
    "external id": given("StringEquals", "sts:ExternalId", "abc"),
    "VpcSourceIp": given("IpAddress", "aws:VpcSourceIp", "10.0.0.0/8"),
    "SourceIp of half the internet": given("IpAddress", "aws:SourceIp", "0.0.0.0/1"),
    "SourceIp of a /8": given("IpAddress", "aws:SourceIp", "3.0.0.0/8"),
    "SourceIp of all IPv6": given("IpAddress", "aws:SourceIp", ["52.95.110.0/24", "::/0"]),
    "SourceIp that is no CIDR": given("IpAddress", "aws:SourceIp", "52.95.110.*"),
    "SourceIpIfExists": given("IpAddressIfExists", "aws:SourceIp", "52.95.110.0/24"),
    "ForAnyValue IfExists": given(
        "ForAnyValue:StringLikeIfExists", "aws:PrincipalOrgPaths", f"{ORG}/r-ab12/*"
    ),
    "the caller's own account": given(
        "StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"
    ),
    "an ARN of the caller's own account": given(
        "ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:PrincipalAccount}:role/x"
    ),
}


@pytest.mark.parametrize("document", PINS.values(), ids=PINS)
def test_a_value_no_stranger_can_have_pins(document: Policy) -> None:
    assert not is_public(document)


@pytest.mark.parametrize("document", DOES_NOT_PIN.values(), ids=DOES_NOT_PIN)
def test_a_value_a_stranger_can_have_does_not_pin(document: Policy) -> None:
    assert is_public(document)


@pytest.mark.parametrize(
    "key",
    [
        *(
            "aws:PrincipalAccount",
            "aws:PrincipalArn",
            "aws:PrincipalOrgID",
            "aws:PrincipalOrgPaths",
        ),
        *("aws:SourceAccount", "aws:SourceArn", "aws:SourceIp", "aws:SourceOrgID"),
        *("aws:SourceOrgPaths", "aws:SourceOwner", "aws:SourceVpc", "aws:SourceVpce"),
        *("aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths", "aws:userid"),
        *("kms:CallerAccount", "s3:DataAccessPointAccount", "s3:DataAccessPointArn"),
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ],
)
def test_each_of_these_keys_pins_to_a_fixed_value(key: str) -> None:
    assert not is_public(given("StringEquals", key, "fixed"))
    assert not is_public(given("StringLike", key, "fixed"))
    assert is_public(given("StringLike", key, "*"))
    assert is_public(given("StringNotEquals", key, "fixed"))


# --- denials

TAKES_BACK: dict[str, list[dict[str, Any]]] = {
    "everything": [DENY_ALL],
    "everything as *:*": [DENY_ALL | {"Action": "*:*"}],
    "just what is allowed": [DENY_ALL | {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}],
    "more than is allowed": [DENY_ALL | {"Action": "s3:*", "Resource": "arn:aws:s3:::b*"}],
    "all but known principals": [
        {"Effect": "Deny", "NotPrincipal": {"AWS": OWN}, "Action": "*", "Resource": "*"}
    ],
}

LEAVES_OPEN: dict[str, list[dict[str, Any]]] = {
    "nothing": [],
    "other actions": [DENY_ALL | {"Action": "s3:PutObject"}],
    "some of the resources": [DENY_ALL | {"Resource": "arn:aws:s3:::b/private/*"}],
    "one principal": [DENY_ALL | {"Principal": {"AWS": PARTNER}}],
    "only without TLS": [DENY_ALL | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}],
    "all but everyone": [{"Effect": "Deny", "NotPrincipal": "*", "Action": "*", "Resource": "*"}],
    "all but some actions": [
        {"Effect": "Deny", "Principal": "*", "NotAction": "s3:GetObject", "Resource": "*"}
    ],
    "all but some resources": [
        {"Effect": "Deny", "Principal": "*", "Action": "*", "NotResource": "arn:aws:s3:::b/*"}
    ],
}


@pytest.mark.parametrize("denials", TAKES_BACK.values(), ids=TAKES_BACK)
def test_a_deny_of_all_that_is_allowed_closes(denials: list[dict[str, Any]]) -> None:
    assert not is_public(policy(to("*"), *denials))


@pytest.mark.parametrize("denials", LEAVES_OPEN.values(), ids=LEAVES_OPEN)
def test_any_other_deny_leaves_it_open(denials: list[dict[str, Any]]) -> None:
    assert is_public(policy(to("*"), *denials))


@pytest.mark.parametrize("more", ["", "IfExists"])
@pytest.mark.parametrize(
    ("operator", "key", "ours", "anybody"),
    [
        ("StringNotEquals", "aws:PrincipalOrgID", ORG, "${aws:PrincipalOrgID}"),
        ("StringNotEqualsIgnoreCase", "aws:PrincipalOrgID", ORG, "${aws:PrincipalOrgID}"),
        ("StringNotLike", "aws:PrincipalOrgPaths", f"{ORG}/*", "o-*/r-1/"),
        ("ArnNotEquals", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:*", "arn:aws:iam::*:role/x"),
        ("ArnNotLike", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:*", "arn:aws:iam::*:role/x"),
        ("NotIpAddress", "aws:SourceIp", "52.95.110.0/24", "0.0.0.0/0"),
    ],
)
def test_a_deny_of_whoever_is_not_ours_closes_and_of_whoever_is_not_anybody_does_not(
    operator: str, key: str, ours: str, anybody: str, more: str
) -> None:
    def denying(value: str) -> Policy:
        return policy(to("*"), DENY_ALL | {"Condition": {f"{operator}{more}": {key: value}}})

    assert not is_public(denying(ours))
    assert is_public(denying(anybody))


def test_a_deny_closes_only_the_allow_it_covers() -> None:
    denial = DENY_ALL | {"Action": "s3:GetObject"}

    assert is_public(policy(to("*"), to("*", Action="s3:PutObject"), denial))


def test_one_action_left_open_is_open() -> None:
    both = to("*", Action=["s3:GetObject", "s3:PutObject"])

    assert is_public(policy(both, DENY_ALL | {"Action": "s3:GetObject"}))
    assert not is_public(policy(both, DENY_ALL | {"Action": "s3:GetObject"}, DENY_ALL))


def test_two_ways_to_say_all_actions_take_each_other_back() -> None:
    assert not is_public(policy(to("*", Action="*"), DENY_ALL | {"Action": "*:*"}))
    assert not is_public(policy(to("*", Action="*:*"), DENY_ALL))


def test_an_allow_that_excludes_is_taken_back_only_by_a_deny_of_all() -> None:
    all_but = {"Effect": "Allow", "Principal": "*", "NotAction": "s3:Put*", "Resource": "*"}

    assert is_public(policy(all_but, DENY_ALL | {"Action": "s3:*"}))
    assert not is_public(policy(all_but, DENY_ALL))


def test_in_a_trust_policy_a_deny_names_no_resource_either() -> None:
    trust = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}

    assert is_public(policy(trust))
    assert not is_public(policy(trust, {**trust, "Effect": "Deny"}))


def test_a_deny_lets_nobody_in() -> None:
    assert not is_public(policy(DENY_ALL))


def test_an_identity_policy_names_nobody() -> None:
    assert not is_public(policy({"Effect": "Allow", "Action": "*", "Resource": "*"}))


# --- identity providers


def subject(value: Any, operator: str = "StringLike", issuer: str = GITHUB) -> Policy:
    tests = {operator: {f"{issuer}:sub": value}, "StringEqualsIgnoreCase": {f"{issuer}:aud": "x"}}
    return federated(issuer, tests)


@pytest.mark.parametrize(
    "value",
    [
        "repo:our-org/repo:ref:refs/heads/main",
        "repo:our-org/*",
        "repo:our-org/repo:*",
        ["repo:our-org/*", "repo:our-other-org/*"],
    ],
)
def test_a_subject_that_names_the_organisation_ties_github_to_it(value: Any) -> None:
    assert not is_public(subject(value))


@pytest.mark.parametrize(
    "value", ["*", "repo:*", "repo:our-*", "repo:*/repo:*", "repo:?ur-org/*", ["repo:us/*", "*"]]
)
def test_a_subject_that_anyone_can_have_does_not(value: Any) -> None:
    assert is_public(subject(value))


def test_a_star_compared_as_text_is_no_wildcard() -> None:
    assert not is_public(subject("repo:*", operator="StringEquals"))


@pytest.mark.parametrize("operator", ["StringLikeIfExists", "ForAllValues:StringLike"])
def test_a_subject_that_may_be_missing_does_not_tie(operator: str) -> None:
    assert is_public(subject("repo:our-org/*", operator=operator))


def test_a_subject_that_must_not_be_ours_does_not_tie() -> None:
    assert is_public(subject("repo:our-org/*", operator="StringNotLike"))


@pytest.mark.parametrize(
    ("issuer", "claims"),
    [
        ("accounts.google.com", ["aud", "oaud", "sub"]),
        ("agent.buildkite.com", ["sub"]),
        ("app.terraform.io", ["sub"]),
        ("cognito-identity.amazonaws.com", ["aud", "sub"]),
        ("gitlab.com", ["sub", "namespace_path", "project_path"]),
        ("graph.facebook.com", ["app_id", "id"]),
        (GITHUB, ["sub", "repository", "repository_id", "repository_owner"]),
        (GITHUB, ["repository_owner_id", "job_workflow_ref"]),
        ("www.amazon.com", ["app_id", "user_id"]),
    ],
)
def test_a_shared_provider_is_tied_by_its_own_claims_only(issuer: str, claims: list[str]) -> None:
    assert is_public(federated(issuer, {}))
    assert is_public(federated(issuer, {"StringEquals": {f"{issuer}:amr": "x"}}))
    assert is_public(federated(issuer, {"StringEquals": {"elsewhere:sub": "x"}}))
    for claim in claims:
        assert not is_public(federated(issuer, {"StringEquals": {f"{issuer}:{claim}": "x"}}))


def test_a_built_in_provider_is_known_by_its_bare_name() -> None:
    anyone = {"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}}

    assert is_public(policy(anyone))


@pytest.mark.parametrize(
    ("claim", "value", "public"),
    [
        ("sub", "organization:ours:project:*", False),
        ("sub", "organization:*", True),
        ("sub", "organization:our?:project:x", True),
        ("repository", "our-org/*", False),
        ("repository", "our-*/repo", True),
        ("job_workflow_ref", "our-org/repo/.github/workflows/deploy.yml@*", False),
        ("repository_owner", "our-org", False),
        ("repository_owner", "our-org*", True),
    ],
)
def test_a_claim_ties_when_it_spells_out_the_owner(claim: str, value: str, public: bool) -> None:
    document = federated(GITHUB, {"StringLike": {f"{GITHUB}:{claim}": value}})

    assert is_public(document) is public


def test_a_provider_is_tied_by_what_pins_any_principal_too() -> None:
    office = {"IpAddress": {"aws:SourceIp": "52.95.110.0/24"}}

    assert not is_public(federated(GITHUB, office))


def test_a_provider_of_ones_own_is_not_open_to_everyone() -> None:
    own = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"

    assert not is_public(federated(own, {}))
    assert not is_public(policy(to({"Federated": f"arn:aws:iam::{OWN}:saml-provider/okta"})))


# --- accounts and deleted principals


def test_external_accounts_are_those_an_allow_names_besides_our_own() -> None:
    document = policy(
        to({"AWS": [OWN, f"arn:aws:iam::{PARTNER}:role/x"]}),
        to({"AWS": f"arn:aws-cn:sts::{'7' * 12}:assumed-role/x/y", "Service": "x.amazonaws.com"}),
        to({"Federated": f"arn:aws:iam::{'8' * 12}:saml-provider/x"}),
        to("*"),
    )

    assert external_accounts(document, OWN) == {PARTNER, "7" * 12, "8" * 12}


def test_denied_excluded_and_nameless_principals_are_no_external_accounts() -> None:
    document = policy(
        to({"AWS": PARTNER}, Effect="Deny"),
        {"Effect": "Allow", "NotPrincipal": {"AWS": PARTNER}, "Action": "*"},
        to({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}),
        to({"CanonicalUser": "79a59df900b949e55d96a1e698fbaced"}),
        to({"AWS": "AROAEXAMPLEID"}),
    )

    assert external_accounts(document, OWN) == frozenset()


def test_orphans_are_the_ids_left_behind_by_deleted_users_and_roles() -> None:
    document = policy(
        to({"AWS": ["AIDAEXAMPLEID", "AROAEXAMPLEID", f"arn:aws:iam::{OWN}:role/AROAX"]}),
        {"Effect": "Deny", "NotPrincipal": {"AWS": "AROADENIED"}, "Action": "*"},
        to({"CanonicalUser": "AIDACANONICAL"}),
    )

    assert orphans(document) == {"AIDAEXAMPLEID", "AROAEXAMPLEID", "AROADENIED"}
