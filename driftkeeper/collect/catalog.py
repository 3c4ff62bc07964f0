"""All evidence types, found in `evidence/`, one file each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from driftkeeper.collect import evidence
from driftkeeper.collect.spec import Account, Call, EvidenceType, From, Reach
from driftkeeper.domain.canonical import digest_of
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.registry import discover
from driftkeeper.domain.shape import Shape
from driftkeeper.domain.types import Json

CONTEXT_CALLS = (
    Call("sts", "get_caller_identity", always=("Account", "Arn")),
    Call(
        "ec2",
        "describe_regions",
        items="Regions",
        params={"AllRegions": True},
        always=("RegionName",),
    ),
)
"""What every collection asks before it looks at evidence: who we are, and which regions are on."""

ATTRIBUTION_CALLS = (
    Call(
        "cloudtrail",
        "lookup_events",
        items="Events",
        always=("EventId", "EventName"),
        page_size=50,
    ),
)
"""What names who made a change; see `lookup`. No snapshot asks it: it is asked when a change is known."""


ITEMS = {
    1: "IAM credential report",
    2: "Users, groups, roles and policies",
    3: "Access Analyzer",
    4: "Root user",
    5: "Password policy",
    6: "CloudTrail",
    7: "GuardDuty",
    8: "Security groups and network ACLs",
    9: "S3 buckets and public access",
    10: "KMS keys",
    0: "Context of the others",
}
"""The items of the evidence request list, in order; 0 for what gives the others their context."""


@cache
def evidence_types() -> Mapping[str, EvidenceType]:
    """Return every evidence type by name, in order."""
    return discover(evidence, EvidenceType)


@cache
def shapes() -> Mapping[str, Shape]:
    """Return the shape of each evidence type by name."""
    return {name: spec.shape for name, spec in evidence_types().items()}


def chosen(names: list[str], also: Iterable[str] = ()) -> list[EvidenceType]:
    """Return the named evidence types; for no names all but the optional ones, and those named `also`.

    Raises `UsageError` for unknown names.
    """
    known = evidence_types()
    for name in (*names, *also):
        if name not in known:
            close = get_close_matches(name, known, n=1)
            guess = f"did you mean {close[0]!r}? " if close else ""
            raise UsageError(
                f"unknown evidence type {name!r}; {guess}"
                "`driftkeeper catalog evidence` lists all of them"
            )
    return [
        spec
        for name, spec in known.items()
        if (name in names if names else not spec.optional or name in also)
    ]


@cache
def declared_calls() -> tuple[Call, ...]:
    """Return each operation that any declaration names."""
    return (*CONTEXT_CALLS, *_calls_of(lambda _: True), *ATTRIBUTION_CALLS)


def context_calls() -> tuple[Call, ...]:
    """Return what gives the evidence of one account its context."""
    return (*CONTEXT_CALLS, *_calls_of(lambda spec: spec.item == 0 and not _is_wide(spec)))


_OF_DATA = frozenset({("s3", "get_object"), ("s3", "list_objects_v2")})
"""What reads data and not configuration: it is allowed by hand, only where the data lies."""


def granted_calls() -> tuple[Call, ...]:
    """Return what the role in every account must be allowed: all but what lists an organisation.

    What reads data is left out: who wants that must say of which bucket, see `docs/permissions.md`.
    """
    asked = (
        call
        for call in _calls_of(lambda spec: not _is_wide(spec))
        if (call.service, call.operation) not in _OF_DATA
    )
    return (*CONTEXT_CALLS, *asked, *ATTRIBUTION_CALLS)


def organization_calls() -> tuple[Call, ...]:
    """Return what must be allowed besides, in the one account from which an organisation is listed."""
    return tuple(_calls_of(_is_wide))


def _calls_of(wanted: Callable[[EvidenceType], bool]) -> Iterator[Call]:
    return (call for spec in evidence_types().values() if wanted(spec) for call in spec.calls())


def _is_wide(spec: EvidenceType) -> bool:
    return spec.reach is Reach.ORGANIZATION


def catalogue_digest(specs: list[EvidenceType]) -> str:
    """Return a digest of what these declarations read and how they shape it."""
    return digest_of([_described(spec) for spec in specs])


def _described(spec: EvidenceType) -> Json:
    return {
        "name": spec.name,
        "key": spec.key,
        "uid": spec.uid,
        "calls": [_call(call) for call in spec.calls()],
        "details": sorted(spec.details),
        "ties": [[tie.name, tie.other] for tie in spec.ties],
        "observed": sorted(spec.observed),
        "acts": sorted(spec.acts),
        "sets": {
            path: key.__name__ if callable(key) else key and [*key]
            for path, key in spec.sets.items()
        },
        "policies": sorted(spec.policies),
    }


def _call(call: Call) -> Json:
    params = {name: _param(value) for name, value in call.params.items()}
    return [call.service, call.operation, call.items, params, dict(call.absent_on)]


def _param(value: Json | From | Account) -> Json:
    if isinstance(value, From):
        return {"from": value.path}
    return {"from": "account"} if isinstance(value, Account) else value
