"""The trial list: tricky policies, and everything that is to be said of each.

Every answer is checked for every row: what a row does not name is expected to be nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from driftkeeper.semantics.policy import canonical, duplicate_keys
from driftkeeper.semantics.policy_admin import ESCALATIONS
from driftkeeper.semantics.policy_public import external_accounts, orphans, verdict
from driftkeeper.semantics.principal import rights

ORG = "o-a1b2c3d4e5"
OWN, PARTNER = "111122223333", "444455556666"
GITHUB = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::{OWN}:oidc-provider/{GITHUB}"
OFFICE = "52.95.110.0/24"

READS = "allow s3:getobject on arn:aws:s3:::b/* to everyone"
PUBLIC = f"everyone is let in: {READS}"
NOBODY = "only those it names are let in"
TAKEN_BACK = "a Deny takes back what everyone is allowed"

PUTS = ("iam:putgrouppolicy", "iam:putrolepolicy", "iam:putuserpolicy")
OF_IAM = tuple(sorted(each for each in ESCALATIONS if "+" not in each))
DETOURS = tuple(sorted(ESCALATIONS))


@dataclass(frozen=True)
class Row:
    """A policy, and what is to be said of it."""

    document: Any
    openness: str = "private"
    reason: str = NOBODY
    pinned_by: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    admin: str = "no"
    near: bool = False
    escalations: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    duplicate: bool = False


# ---- policies of resources ----------------------------------------------------------------------


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def to(principal: Any, **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    return {**statement, "Principal": principal, **more}


def excluding(element: str, value: Any, **more: Any) -> dict[str, Any]:
    """A statement open to everyone with `NotAction`, `NotResource` or `NotPrincipal`."""
    left = {name: found for name, found in to("*").items() if name != element.removeprefix("Not")}
    return {**left, element: value, **more}


def public(operator: str, key: str, value: Any, said: str) -> Row:
    """A bucket under a condition that everyone meets."""
    document = policy(to("*", Condition={operator: {key: value}}))
    return Row(document, "public", f"{PUBLIC} if {said}, which a stranger can meet")


def pinned(operator: str, key: str, value: Any, said: str) -> Row:
    """A bucket under a condition that no stranger meets."""
    document = policy(to("*", Condition={operator: {key: value}}))
    return Row(
        document, "conditional", f"strangers are kept out by a condition ({said})", (key.lower(),)
    )


def denied(said: str, *keys: str, **denial: Any) -> Row:
    """A bucket open to everyone, with a Deny."""
    document = policy(to("*"), to("*", Effect="Deny", Action="s3:*", Resource="*", **denial))
    if keys:
        return Row(document, "conditional", f"strangers are kept out by a condition ({said})", keys)
    return Row(document, "private" if said == TAKEN_BACK else "public", said)


def federated(condition: dict[str, Any]) -> dict[str, Any]:
    return policy(
        {
            "Effect": "Allow",
            "Principal": {"Federated": PROVIDER},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }
    )


DENY_EVERYONE = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
AUDIENCE = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}
SUBJECT = {"StringLike": {f"{GITHUB}:sub": "repo:our-org/*"}}
OFFICE_OR_ENDPOINT = {
    "NotIpAddress": {"aws:SourceIp": OFFICE},
    "StringNotEquals": {"aws:SourceVpce": "vpce-1"},
}

OF_RESOURCES = {
    "Principal *": Row(policy(to("*")), "public", PUBLIC),
    "Principal AWS [*]": Row(policy(to({"AWS": ["*"]})), "public", PUBLIC),
    "Allow with NotPrincipal": Row(
        policy(excluding("NotPrincipal", {"AWS": OWN})),
        "public",
        f"{PUBLIC} but account {OWN}",
    ),
    "organisation id": pinned(
        "StringEquals", "aws:PrincipalOrgID", ORG, f"aws:PrincipalOrgID is {ORG}"
    ),
    "SourceIp /24": pinned("IpAddress", "aws:SourceIp", OFFICE, f"aws:SourceIp in {OFFICE}"),
    "SourceIp 0.0.0.0/0": public(
        "IpAddress", "aws:SourceIp", "0.0.0.0/0", "aws:SourceIp in 0.0.0.0/0"
    ),
    "SourceIp in two halves": public(
        *("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"]),
        "aws:SourceIp in 0.0.0.0/1, 128.0.0.0/1",
    ),
    "NotIpAddress": public("NotIpAddress", "aws:SourceIp", OFFICE, f"aws:SourceIp not in {OFFICE}"),
    "StringLike *": public("StringLike", "aws:PrincipalOrgID", "*", "aws:PrincipalOrgID is like *"),
    "StringEquals with a star that is no wildcard": pinned(
        "StringEquals", "aws:PrincipalOrgID", "*", "aws:PrincipalOrgID is *"
    ),
    "ArnLike with any account": public(
        "ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:*", "aws:SourceArn is like arn:aws:s3:*:*:*"
    ),
    "SourceAccount": pinned(
        "StringEquals", "aws:SourceAccount", OWN, f"aws:SourceAccount is {OWN}"
    ),
    "SecureTransport only": public(
        "Bool", "aws:SecureTransport", "true", "aws:SecureTransport is true"
    ),
    "SourceVpce": pinned("StringEquals", "aws:SourceVpce", "vpce-1", "aws:SourceVpce is vpce-1"),
    "StringEqualsIfExists": public(
        *("StringEqualsIfExists", "aws:PrincipalOrgID", ORG),
        f"aws:PrincipalOrgID, where it is given, is {ORG}",
    ),
    "StringNotEquals account": public(
        "StringNotEquals", "aws:PrincipalAccount", OWN, f"aws:PrincipalAccount is not {OWN}"
    ),
    "key in another case": pinned("IpAddress", "AWS:SourceIP", OFFICE, f"aws:SourceIp in {OFFICE}"),
    "UserAgent": public("StringEquals", "aws:UserAgent", "secret", "aws:UserAgent is secret"),
    "Allow then Deny all": denied(TAKEN_BACK),
    "Null SourceAccount": public(
        "Null", "aws:SourceAccount", "false", "aws:SourceAccount is present"
    ),
    "ForAllValues OrgPaths": public(
        *("ForAllValues:StringLike", "aws:PrincipalOrgPaths", f"{ORG}/r-ab12/*"),
        f"every value of aws:PrincipalOrgPaths is like {ORG}/r-ab12/*",
    ),
    "ForAnyValue OrgPaths": pinned(
        *("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORG}/r-ab12/*"),
        f"some value of aws:PrincipalOrgPaths is like {ORG}/r-ab12/*",
    ),
    "service principal": Row(policy(to({"Service": "cloudtrail.amazonaws.com"}))),
    "GitHub without sub": Row(
        federated(AUDIENCE),
        "public",
        f"everyone is let in: allow sts:assumerolewithwebidentity to provider {PROVIDER}"
        f" if {GITHUB}:aud is sts.amazonaws.com, which a stranger can meet",
    ),
}

MORE_OF_RESOURCES = {
    "no statement": Row(policy()),
    "GitHub with sub": Row(
        federated(AUDIENCE | SUBJECT),
        "conditional",
        f"strangers are kept out by a condition ({GITHUB}:sub is like repo:our-org/*)",
        (f"{GITHUB}:sub",),
    ),
    "everyone beside a provider that is tied": Row(
        policy(to({"AWS": "*", "Federated": PROVIDER}, Condition=SUBJECT)),
        "public",
        f"{PUBLIC}, provider {PROVIDER} if {GITHUB}:sub is like repo:our-org/*,"
        " which a stranger can meet",
    ),
    "a test that pins beside one that does not": Row(
        policy(
            to(
                "*",
                Condition={
                    "Bool": {"aws:SecureTransport": "true"},
                    "StringEquals": {"kms:CallerAccount": OWN},
                },
            )
        ),
        "conditional",
        f"strangers are kept out by a condition (kms:CallerAccount is {OWN})",
        ("kms:calleraccount",),
    ),
    "two statements, each pinned by another key": Row(
        policy(
            to("*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
            to("*", Condition={"IpAddress": {"aws:SourceIp": OFFICE}}),
        ),
        "conditional",
        f"strangers are kept out by a condition (aws:SourceIp in {OFFICE}; aws:SourceVpce is vpce-1)",
        ("aws:sourceip", "aws:sourcevpce"),
    ),
    "pinned by many keys": Row(
        policy(
            to(
                "*",
                Condition={
                    "StringEquals": {
                        "aws:SourceVpce": "e",
                        "aws:SourceVpc": "d",
                        "aws:SourceAccount": "b",
                        "aws:PrincipalOrgID": "a",
                        "aws:SourceOrgID": "c",
                        "kms:CallerAccount": "f",
                    }
                },
            )
        ),
        "conditional",
        "strangers are kept out by a condition (aws:PrincipalOrgID is a; aws:SourceAccount is b;"
        " aws:SourceOrgID is c; aws:SourceVpc is d; aws:SourceVpce is e; kms:CallerAccount is f)",
        (
            *("aws:principalorgid", "aws:sourceaccount", "aws:sourceorgid"),
            *("aws:sourcevpc", "aws:sourcevpce", "kms:calleraccount"),
        ),
    ),
    "one statement pinned, one open": Row(
        policy(
            to("*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
            to("*", Action="s3:PutObject"),
        ),
        "public",
        "everyone is let in: allow s3:putobject on arn:aws:s3:::b/* to everyone",
    ),
    "Allow with NotAction": Row(
        policy(excluding("NotAction", "s3:Put*")),
        "public",
        "everyone is let in: allow all but s3:put* on arn:aws:s3:::b/* to everyone",
    ),
    "Allow with NotResource": Row(
        policy(excluding("NotResource", "arn:aws:s3:::b/secret/*")),
        "public",
        "everyone is let in: allow s3:getobject on all but arn:aws:s3:::b/secret/* to everyone",
    ),
    "Allow with NotPrincipal for one organisation": Row(
        policy(
            excluding(
                *("NotPrincipal", {"AWS": OWN}),
                Condition={"StringEquals": {"aws:PrincipalOrgID": ORG}},
            )
        ),
        "conditional",
        f"strangers are kept out by a condition (aws:PrincipalOrgID is {ORG})",
        ("aws:principalorgid",),
    ),
    "Deny of all but known principals": Row(
        policy(to("*"), excluding("NotPrincipal", {"AWS": OWN}, Effect="Deny", Action="*")),
        "private",
        TAKEN_BACK,
    ),
    "pinned, and denied altogether": Row(
        policy(to("*", Condition={"StringEquals": {"aws:PrincipalOrgID": ORG}}), DENY_EVERYONE),
        "private",
        TAKEN_BACK,
    ),
    "Deny under a condition that a stranger escapes": denied(
        PUBLIC, Condition={"Bool": {"aws:SecureTransport": "false"}}
    ),
    "Deny unless from the organisation": denied(
        f"aws:PrincipalOrgID is {ORG}",
        "aws:principalorgid",
        Condition={"StringNotEquals": {"aws:PrincipalOrgID": ORG}},
    ),
    "Deny unless from the office or an endpoint": denied(
        f"aws:SourceIp in {OFFICE}; aws:SourceVpce is vpce-1",
        *("aws:sourceip", "aws:sourcevpce"),
        Condition=OFFICE_OR_ENDPOINT,
    ),
    "Deny unless from the organisation, where the key is there": denied(
        f"aws:PrincipalOrgID is {ORG}",
        "aws:principalorgid",
        Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORG}},
    ),
    "Deny if none of the organisation's paths fits": denied(
        f"aws:PrincipalOrgPaths is like {ORG}/*",
        "aws:principalorgpaths",
        Condition={"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": f"{ORG}/*"}},
    ),
    "Deny if some path does not fit, which nobody without a path has": denied(
        PUBLIC, Condition={"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": f"{ORG}/*"}}
    ),
    "Deny unless from anywhere": denied(
        PUBLIC, Condition={"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}
    ),
    "Deny unless from the organisation, without TLS only": denied(
        PUBLIC,
        Condition={
            "StringNotEquals": {"aws:PrincipalOrgID": ORG},
            "Bool": {"aws:SecureTransport": "false"},
        },
    ),
    "another account": Row(
        policy(to({"AWS": PARTNER}), to({"AWS": f"arn:aws:iam::{OWN}:root"})), external=(PARTNER,)
    ),
    "another account is denied": Row(policy(to({"AWS": PARTNER}, Effect="Deny"))),
    "a deleted user, and a deleted role": Row(
        policy(to({"AWS": ["AROAEXAMPLEID", "AIDAEXAMPLEID"]})),
        orphans=("AIDAEXAMPLEID", "AROAEXAMPLEID"),
    ),
    "a key written twice": Row(
        '{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Principal": "*",'
        ' "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}',
        "public",
        PUBLIC,
        duplicate=True,
    ),
    "a condition key in two spellings": Row(
        policy(
            to(
                "*",
                Condition={
                    "StringEquals": {"aws:SourceVpce": "vpce-1", "AWS:sourcevpce": "vpce-2"}
                },
            )
        ),
        "conditional",
        "strangers are kept out by a condition (aws:SourceVpce is one of vpce-1, vpce-2)",
        ("aws:sourcevpce",),
        duplicate=True,
    ),
}


# ---- policies of identities ---------------------------------------------------------------------


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def all_but(action: Any, effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "NotAction": action, "Resource": "*"}


MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
TAGGED = {"StringEquals": {"aws:ResourceTag/team": "us"}}
DENY_ALL = {"Effect": "Deny", "Action": "*", "Resource": "*"}
ALL_BUT_SECRETS = {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::secret/*"}
ALL_BUT_ONE = tuple(each for each in DETOURS if each != "iam:putuserpolicy")

OF_IDENTITIES = {
    "*": Row(policy(allow("*")), admin="yes", escalations=DETOURS),
    "*:*": Row(policy(allow("*:*")), admin="yes", escalations=DETOURS),
    "all but deleting a bucket": Row(
        policy(all_but("s3:DeleteBucket")), near=True, escalations=DETOURS
    ),
    "all but IAM": Row(policy(all_but("iam:*"))),
    "iam:*": Row(policy(allow("iam:*")), near=True, escalations=OF_IAM, services=("iam",)),
    "IAM:Pass?ole and EC2:runinstances": Row(
        policy(allow(["IAM:Pass?ole", "EC2:runinstances"])),
        near=True,
        escalations=("iam:passrole+ec2:runinstances",),
    ),
    "i*:*": Row(policy(allow("i*:*")), near=True, escalations=OF_IAM),
    "NotResource": Row(policy(ALL_BUT_SECRETS), near=True, escalations=DETOURS),
    "* with MFA": Row(policy(allow("*", Condition=MFA)), near=True, escalations=DETOURS),
    "iam:Get*": Row(policy(allow("iam:Get*"))),
    "Allow and Deny": Row(policy(allow("*"), DENY_ALL), admin="denied"),
    "s3:*": Row(policy(allow("s3:*")), services=("s3",)),
    "iam:Put*Policy": Row(policy(allow("iam:Put*Policy")), near=True, escalations=PUTS),
}

MORE_OF_IDENTITIES = {
    "everything twice over": Row(policy(allow("**", "**")), admin="yes", escalations=DETOURS),
    "every ARN": Row(policy(allow("*", "arn:aws:*")), near=True, escalations=DETOURS),
    "* on tagged resources": Row(policy(allow("*", Condition=TAGGED))),
    "* on one bucket": Row(policy(allow("*", "arn:aws:s3:::b/*"))),
    "all but some services that hold IAM": Row(policy(all_but(["i*", "s3:*"]))),
    "all but all": Row(policy(all_but("*"))),
    "all but one way": Row(
        policy(all_but("iam:PutUserPolicy")), near=True, escalations=ALL_BUT_ONE
    ),
    "PassRole and RunInstances in two statements": Row(
        policy(allow("iam:PassRole"), allow("ec2:Run*")),
        near=True,
        escalations=("iam:passrole+ec2:runinstances",),
    ),
    "PassRole alone": Row(policy(allow("iam:PassRole"))),
    "PassRole of one role": Row(
        policy(allow("iam:PassRole", f"arn:aws:iam::{OWN}:role/r"), allow("ec2:*", "arn:aws:ec2:*"))
    ),
    "an escalation that is denied": Row(
        policy(allow("iam:PutUserPolicy"), {**DENY_ALL, "Action": "iam:Put*Policy"})
    ),
    "an escalation that is denied without MFA": Row(
        policy(allow("iam:PutUserPolicy"), {**DENY_ALL, "Condition": MFA}),
        near=True,
        escalations=("iam:putuserpolicy",),
    ),
    "a Deny of all but one's password": Row(
        policy(all_but("s3:*"), all_but("iam:ChangePassword", "Deny"))
    ),
    "services in full": Row(
        policy(allow(["s3:*", "kms:Get*", "STS:**"]), allow("ec2:*", "arn:aws:ec2:*")),
        services=("s3", "sts"),
    ),
    "a service under a condition": Row(policy(allow("s3:*", Condition=MFA))),
}

TRIAL = {**OF_RESOURCES, **OF_IDENTITIES}
ROWS = {**TRIAL, **MORE_OF_RESOURCES, **MORE_OF_IDENTITIES}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_everything_is_said_of_a_policy_that_is_to_be_said(row: Row) -> None:
    form = canonical(row.document)
    found, held = verdict(form), rights([("it", form)])

    assert (
        Row(
            row.document,
            str(found.openness),
            found.reason,
            found.pinned_by,
            tuple(sorted(external_accounts(form, OWN))),
            tuple(sorted(orphans(form))),
            str(held.admin),
            bool(held.near),
            held.escalations,
            held.services,
            duplicate_keys(row.document),
        )
        == row
    )


def test_the_trial_list_is_complete() -> None:
    assert (len(OF_RESOURCES), len(OF_IDENTITIES)) == (24, 13)
    assert len(ROWS) == len(TRIAL) + len(MORE_OF_RESOURCES) + len(MORE_OF_IDENTITIES)
