"""What is concluded is told in one or a few lines that a person can read."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.cli.conclusions_text import conclusion_json, label, lines
from driftkeeper.derive.catalog import facts
from driftkeeper.derive.engine import Subject, draw
from driftkeeper.derive.spec import NotSeenError
from driftkeeper.domain.types import Json, Scope
from driftkeeper.workflow.conclusions import Conclusion
from tests.cases.answers import ACCOUNT, SAMPLES
from tests.cases.case import Shown, bodies_of, scope_of

_ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
_ADMINS = f"arn:aws:iam::{ACCOUNT}:group/admins"
_ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
_OTHER = "999988887777"
_TRAIL = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/main"
_NO_RIGHTS: dict[str, Json] = {
    "admin": "no",
    "because": [],
    "near": [],
    "services": [],
    "escalations": [],
    "wide": {},
    "origin": "account",
    "sources": [],
}
_NOBODY: dict[str, Json] = {"public": False, "accounts": [], "unguarded": [], "outside": []}
_SHUT = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
_PRIVATE: dict[str, Json] = {
    "exists": True,
    "public": False,
    "by": [],
    "latent": [],
    "accounts": [],
    "block": _SHUT,
}
_ROTATES: dict[str, Json] = {
    "eligible": True,
    "state": "Enabled",
    "obstacle": None,
    "rotates": True,
    "days": 365,
}
_NOTHING: dict[str, Json] = {"ipv4": {}, "ipv6": {}, "unresolved": []}


def conclusion(fact: str, row: dict[str, Json] | None, key: str = _ALICE) -> Conclusion:
    found = facts()[fact]
    return Conclusion(found, scope_of(found.of[0]), key, row, None)


def exposing(**sides: Any) -> dict[str, Json]:
    return {side: {**_NOTHING, **sides.get(side, {})} for side in ("ingress", "egress")}


TOLD: dict[str, tuple[str, dict[str, Json], list[str]]] = {
    "an administrator through a group": (
        "iam.rights",
        {**_NO_RIGHTS, "admin": "yes", "because": [f"{_ADMIN} of {_ADMINS}"]},
        ["administrator through AdministratorAccess of group admins"],
    ),
    "an administrator by himself": (
        "iam.rights",
        {**_NO_RIGHTS, "admin": "yes", "because": [f"{_ADMIN} of {_ALICE}"], "services": ["s3"]},
        ["administrator through AdministratorAccess"],
    ),
    "a boundary between": (
        "iam.rights",
        {**_NO_RIGHTS, "admin": "capped", "because": [f"{_ADMIN} of {_ALICE}"]},
        ["no administrator: its permissions boundary allows less than AdministratorAccess"],
    ),
    "ways to more": (
        "iam.rights",
        {**_NO_RIGHTS, "near": [f"w of {_ALICE}"], "escalations": ["iam:x"], "services": ["s3"]},
        [
            "no administrator",
            "nearly one through w",
            "ways to more rights: iam:x",
            "everything of: s3",
        ],
    ),
    "a role that AWS made": (
        "iam.rights",
        {**_NO_RIGHTS, "origin": "service_linked"},
        ["no administrator", "made by AWS (service linked)"],
    ),
    "no other account": ("iam.trust", _NOBODY, ["no other account may assume it"]),
    "everyone": ("iam.trust", {**_NOBODY, "public": True}, ["everyone may assume it"]),
    "an account from outside that needs no external id": (
        "iam.trust",
        {**_NOBODY, "accounts": [_OTHER], "outside": [_OTHER], "unguarded": [_OTHER]},
        [f"account {_OTHER} may assume it, outside of the organisation, without an external id"],
    ),
    "an account of the organisation": (
        "iam.trust",
        {**_NOBODY, "accounts": [_OTHER]},
        [f"account {_OTHER} may assume it, of the organisation"],
    ),
    "an account of which that is not known": (
        "iam.trust",
        {**_NOBODY, "accounts": [_OTHER], "outside": None},
        [f"account {_OTHER} may assume it"],
    ),
    "a private bucket": (
        "s3.public_access",
        _PRIVATE,
        ["not public", "public access is blocked"],
    ),
    "a public bucket": (
        "s3.public_access",
        {
            **_PRIVATE,
            "public": True,
            "by": ["acl", "policy"],
            "accounts": [_OTHER],
            "block": {**_SHUT, "IgnorePublicAcls": False, "RestrictPublicBuckets": False},
        },
        [
            "public by its acl and its policy",
            "not blocked: IgnorePublicAcls, RestrictPublicBuckets",
            f"its policy names other accounts: {_OTHER}",
        ],
    ),
    "a bucket that only its block keeps private": (
        "s3.public_access",
        {**_PRIVATE, "latent": ["policy"]},
        [
            "not public",
            "but for the block its policy would make it public",
            "public access is blocked",
        ],
    ),
    "a block that was not seen": (
        "s3.public_access",
        {**_PRIVATE, "latent": None, "accounts": None, "block": dict.fromkeys(_SHUT)},
        ["not public", f"not known to be blocked: {', '.join(_SHUT)}"],
    ),
    "a bucket of logs": (
        "s3.purpose",
        {"trails": [_TRAIL], "class": "evidence", "class_seen": True},
        ["keeps the logs of main", "its tags name the class of data evidence"],
    ),
    "a bucket of which nothing is known": (
        "s3.purpose",
        {"trails": [], "class": None, "class_seen": False},
        ["its tags were not seen"],
    ),
    "regions without a trail": (
        "cloudtrail.coverage",
        {"regions": {"a": [_TRAIL], "b": []}, "everywhere": [], "trails": {}},
        ["regions without a trail (1 of 2): b", "all regions and global services: no trail"],
    ),
    "a trail for all": (
        "cloudtrail.coverage",
        {"regions": {"a": [_TRAIL], "b": [_TRAIL]}, "everywhere": [_TRAIL], "trails": {}},
        [
            "a trail covers each of the 2 regions that are on",
            "all regions and global services: main",
        ],
    ),
    "a key that rotates": ("kms.rotation", _ROTATES, ["rotates every 365 days"]),
    "a key that is disabled": (
        "kms.rotation",
        {**_ROTATES, "state": "Disabled"},
        ["rotates every 365 days, but not while the key is disabled"],
    ),
    "a key that does not rotate": (
        "kms.rotation",
        {**_ROTATES, "rotates": False, "days": None},
        ["can rotate, but does not"],
    ),
    "a key that cannot": (
        "kms.rotation",
        {**_ROTATES, "eligible": False, "obstacle": "AWS manages the key"},
        ["AWS does not rotate it: AWS manages the key"],
    ),
    "a port in both families": (
        "ec2.exposure",
        exposing(ingress={"ipv4": {"tcp": [[22, 22, "any"]]}, "ipv6": {"tcp": [[22, 22, "any"]]}}),
        ["tcp 22 open to the internet (ipv4, ipv6)", "nothing may go to public addresses"],
    ),
    "the worst comes first": (
        "ec2.exposure",
        exposing(
            ingress={
                "ipv4": {
                    "tcp": [[22, 22, "specific"], [80, 90, "any"]],
                    "udp": [[0, 65535, "broad"]],
                }
            }
        ),
        [
            "tcp 80-90 open to the internet (ipv4)",
            "all of udp open to much of the internet (ipv4)",
            "tcp 22 open to some public addresses (ipv4)",
            "nothing may go to public addresses",
        ],
    ),
    "what is open for all protocols is said once": (
        "ec2.exposure",
        exposing(
            egress={"ipv4": {"all": [[0, 65535, "any"]], "tcp": [[0, 65535, "any"]]}},
            ingress={"unresolved": ["pl-1"]},
        ),
        [
            "prefix list pl-1: addresses not known",
            "all traffic may go to the internet (ipv4)",
        ],
    ),
    "a detector": (
        "guardduty.coverage",
        {"enabled": True, "detector": "DISABLED"},
        ["GuardDuty is suspended"],
    ),
    "a region that is off": (
        "guardduty.coverage",
        {"enabled": False, "detector": None},
        ["the region is off"],
    ),
    "analyzers": (
        "accessanalyzer.coverage",
        {"enabled": True, "external": [f"arn:x:{ACCOUNT}:analyzer/outside"], "unused": []},
        ["external access: outside", "unused access: no active analyzer"],
    ),
    "a rule that hides all": (
        "accessanalyzer.suppression",
        {"by": [], "everything": True, "public": True},
        ["archives every finding; it can hide public access"],
    ),
    "numbers": (
        "account.counts",
        {"users": 3, "console_users": None},
        ["users 3", "not known: console users"],
    ),
}


@pytest.mark.parametrize(("fact", "row", "told"), TOLD.values(), ids=list(TOLD))
def test_it_is_told_so(fact: str, row: dict[str, Json], told: list[str]) -> None:
    assert lines(conclusion(fact, row)) == told


def test_of_many_names_few_are_told() -> None:
    many = [f"p{n} of {_ALICE}" for n in range(9)]

    assert lines(conclusion("iam.rights", {**_NO_RIGHTS, "admin": "yes", "because": many})) == [
        "administrator through p0, p1, p2, p3, p4 and 4 more"
    ]


def test_of_many_ports_few_are_told() -> None:
    ports = [[n, n, "any"] for n in range(0, 40, 2)]

    told = lines(conclusion("ec2.exposure", exposing(ingress={"ipv4": {"tcp": ports}})))
    assert (len(told), told[-1]) == (11, "and 11 more")


@pytest.mark.parametrize("fact", list(facts()))
@pytest.mark.parametrize("is_there", [True, False])
def test_every_fact_has_its_words_of_what_is_there_and_of_what_is_not(
    fact: str, is_there: bool
) -> None:
    """The samples of all evidence types together are an account."""
    found = facts()[fact]
    samples = {
        name: {} if name in found.of and not is_there else item for name, item in SAMPLES.items()
    }
    world = Shown(
        {scope_of(name): bodies_of(name, item) if item else {} for name, item in samples.items()}
    )
    evidence = found.of[0]
    key = next(iter(bodies_of(evidence, SAMPLES[evidence])))
    drawn = draw(found, world, Subject(scope_of(evidence), key))
    told = Conclusion(found, scope_of(evidence), key, drawn.row, drawn.unseen)

    assert all(lines(told))
    assert label(told)
    assert conclusion_json(told)["fact"] == fact


_POLICY = Scope(ACCOUNT, "aws-global", "iam.policy")
_USER = Scope(ACCOUNT, "aws-global", "iam.user")


@pytest.mark.parametrize(
    ("unseen", "why"),
    [
        (NotSeenError(_POLICY), f"{_POLICY} was out of sight"),
        (
            NotSeenError(_POLICY, "arn:p", "Document"),
            f"Document of arn:p ({_POLICY}) was not seen",
        ),
        (
            NotSeenError(_POLICY, "developers"),
            f"developers was not among what was seen of {_POLICY}",
        ),
        (
            NotSeenError(_USER, _ALICE),
            "what AWS answered has a form that is not understood",
        ),
    ],
)
def test_what_is_unknown_says_why(unseen: NotSeenError, why: str) -> None:
    found = Conclusion(facts()["iam.rights"], _USER, _ALICE, None, unseen)

    assert lines(found) == [f"unknown: {why}"]


def test_names_cannot_steer_the_terminal() -> None:
    evil = {**_NO_RIGHTS, "admin": "yes", "because": [f"\x1b[2J\nx of {_ALICE}"]}

    (line,) = lines(conclusion("iam.rights", evil))
    assert not {"\x1b", "\n"} & {*line}
