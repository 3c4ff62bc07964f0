"""What `driftkeeper doctor` looks at in each account: can it be entered, and is every action allowed?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from driftkeeper.collect.account import Account
from driftkeeper.collect.catalog import CONTEXT_CALLS, chosen, evidence_types
from driftkeeper.collect.permissions import actions
from driftkeeper.collect.probe import Probe, State, Tried
from driftkeeper.collect.spec import EvidenceType, Reach
from driftkeeper.domain.errors import CredentialsError, DriftkeeperError, UsageError
from driftkeeper.domain.types import Cause, Scope
from driftkeeper.workflow.doctor_checks import Check, Patient, Verdict, failure
from driftkeeper.workflow.places import Place, Wanted
from driftkeeper.workflow.sources import live

Found = tuple[list[Check], list[Tried]]

_FIXES = {
    State.DENIED: "allow {actions} to the role: `driftkeeper catalog iam-policy` prints its policy",
    State.SCP_DENIED: (
        "a service control policy forbids {actions}: have the role excepted, or leave the region out"
    ),
    State.UNREACHABLE: "see why {actions} could not be tried, and run it again",
}
_WORDS = {
    State.OK: "allowed",
    State.DENIED: "denied",
    State.SCP_DENIED: "denied by a service control policy",
    State.UNREACHABLE: "without a verdict",
    State.NOT_TRIED: "not tried",
}
_NAMED = 5
"""So many actions a fix names; of more, how many others there are."""


def accounts(patient: Patient, told: Callable[[str], None]) -> Iterator[Found]:
    """Yield what was found in each account that is configured, or in the ambient one."""
    for alone in _one_by_one(patient):
        try:
            source = live(patient.config, alone, _known(patient), patient.clock)
        except UsageError as error:
            account = alone.accounts[0] if alone.accounts else ""
            misused = not isinstance(error, CredentialsError)
            name = "accounts" if misused else "credentials"
            yield [failure(name, error, account, misused=misused)], []
            continue
        if source.unlisted is not None:
            fix = "allow organizations:ListAccounts where `[organization]` asks"
            yield [Check("organization", Verdict.FAILED, str(source.unlisted), fix)], []
        for place in source.places:
            told(place.id)
            yield _examined(patient, place)


def _one_by_one(patient: Patient) -> list[Wanted]:
    """Return what to enter, each so that nothing hides behind another: one that fails is told alone."""
    wanted, config = patient.wanted, patient.config
    if config.organization is not None:
        return [wanted]
    ids = config.account_ids(wanted.accounts) or tuple(entry.id for entry in config.accounts)
    return [Wanted((name,), wanted.regions) for name in ids] or [wanted]


def _known(patient: Patient) -> list[Scope]:
    try:
        return [row.scope for row in patient.covered]
    except DriftkeeperError:
        return []


def _examined(patient: Patient, place: Place) -> Found:
    if place.account is None and place.why and place.why.cause is Cause.SKIPPED:
        return [Check("credentials", Verdict.SKIPPED, place.why.message, account=place.id)], []
    if place.account is None:
        detail = str(place.why) if place.why else "it was not reached"
        fix = (
            "check how `[[accounts]]` reaches it: the profile, or the role, whom it trusts, and the"
            " external id"
        )
        return [Check("credentials", Verdict.FAILED, detail, fix, place.id)], []
    entered = Check("credentials", Verdict.OK, place.account.caller, account=place.id)
    try:
        tried = _tried(patient, place, place.account)
    except CredentialsError as error:
        return [entered, failure("permissions", error, place.id)], []
    return [entered, _regions(place), _permissions(place.id, tried)], tried


def _regions(place: Place) -> Check:
    if place.unlisted is not None:
        fix = "allow ec2:DescribeRegions, or name regions in the configuration"
        return Check("regions", Verdict.FAILED, str(place.unlisted), fix, place.id)
    off = f"; off: {', '.join(sorted(place.off))}" if place.off else ""
    return Check("regions", Verdict.OK, f"{len(place.regions)} to read{off}", account=place.id)


def _tried(patient: Patient, place: Place, account: Account) -> list[Tried]:
    """Try the actions of every type; say of those that no type to collect needs that they may lack."""
    specs = [spec for spec in evidence_types().values() if _is_read_from(spec, place)]
    collect = patient.config.collect
    due = {spec.name for spec in chosen([*collect.evidence], patient.config.also)}
    own = [call for spec in specs if spec.name in due for call in spec.calls()]
    needed = {*actions([*CONTEXT_CALLS, *own])}
    probe = Probe(account, specs, place.regions, patient.clock, _seen(patient, place.id))
    with ThreadPoolExecutor(collect.workers, "probe") as pool:
        found = probe.try_all(pool.map)
    return [replace(tried, needed=tried.action in needed) for tried in found]


def _is_read_from(spec: EvidenceType, place: Place) -> bool:
    return place.organization or spec.reach is not Reach.ORGANIZATION


def _seen(patient: Patient, account: str) -> dict[str, list[str]]:
    """Return the regions in which the latest snapshot found resources of each type, most first."""
    try:
        covered = patient.covered
    except DriftkeeperError:
        return {}
    seen: dict[str, list[str]] = {}
    for row in sorted(covered, key=lambda row: -row.resources):
        if row.scope.account == account and row.resources:
            seen.setdefault(row.scope.evidence, []).append(row.scope.region)
    return seen


def _permissions(account: str, tried: Sequence[Tried]) -> Check:
    number = Counter(one.state for one in tried)
    detail = f"of {len(tried)} actions: " + ", ".join(
        f"{number[state]} {words}" for state, words in _WORDS.items() if number[state]
    )
    fixes = [
        fix.format(actions=_some(names))
        for state, fix in _FIXES.items()
        if (names := [one.action for one in tried if one.state is state and one.needed])
    ]
    verdict = Verdict.FAILED if fixes else Verdict.OK
    return Check("permissions", verdict, detail, "; ".join(fixes), account)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
