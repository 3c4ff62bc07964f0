"""Accounts that answer from a recording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from driftkeeper.collect.account import enter_recorded
from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.recording import Recording, open_recording, read_answer
from driftkeeper.collect.session import check_region
from driftkeeper.collect.spec import Call, EvidenceType, Unseen
from driftkeeper.domain.clock import FixedClock
from driftkeeper.domain.errors import RecordingError, UsageError
from driftkeeper.domain.types import GLOBAL_REGION, Cause, Scope
from driftkeeper.workflow.places import USER_AGENT, Place, Source, Wanted


def recorded(
    folder: Path, at: datetime | None, wanted: Wanted, known: Sequence[Scope] = ()
) -> Source:
    """Return the accounts of a recording, at the given time or the one it was recorded at.

    `known` are the scopes to account for even where the recording does not have them, see `due`.
    """
    recording = open_recording(folder, at)
    moment = at or _taken_at(recording)
    own = {recording.meta(identity).get("name"): identity for identity in recording.accounts}
    ids = [own.get(name, name) for name in wanted.accounts]
    unknown = [name for name in ids if name not in recording.accounts]
    if unknown:
        raise UsageError(
            f"account {unknown[0]!r} is not in {folder}; it has: {', '.join(recording.accounts)}"
        )
    chosen = [name for name in recording.accounts if not ids or name in ids]
    _require_regions(recording, chosen, wanted.regions)
    places = tuple(_recorded_place(recording, name, wanted, known) for name in chosen)
    return Source(places, FixedClock(moment), "replay")


def _require_regions(recording: Recording, accounts: Sequence[str], wanted: Sequence[str]) -> None:
    known = sorted({region for name in accounts for region in recording.regions(name)})
    for region in wanted:
        if region not in known:
            check_region(region)
            raise UsageError(
                f"region {region!r} is not in {recording.folder}; it has: {', '.join(known)}"
            )


def _recorded_place(
    recording: Recording, identity: str, wanted: Wanted, known: Sequence[Scope]
) -> Place:
    offered = recording.regions(identity)
    regions = tuple(region for region in offered if not wanted.regions or region in wanted.regions)
    off = {
        region: _not_recorded(region)
        for region in sorted({scope.region for scope in known if scope.account == identity})
        if region not in (*offered, GLOBAL_REGION)
        and (not wanted.regions or region in wanted.regions)
    }
    meta = recording.meta(identity)
    account = enter_recorded(recording, identity, USER_AGENT)
    seen_before = {scope.evidence for scope in known if scope.account == identity}
    return Place(
        identity,
        str(meta.get("name", "")),
        account,
        regions,
        off,
        organization=meta.get("organization") is True,
        evidence=frozenset(_recorded_types(recording, identity) | seen_before),
    )


def _recorded_types(recording: Recording, identity: str) -> set[str]:
    """Return the types that were asked for when it was recorded: as it says, else as it answers."""
    said = recording.meta(identity).get("evidence")
    if isinstance(said, list):
        return {*map(str, said)}
    found = recording.answers(identity)
    return {spec.name for spec in evidence_types().values() if _is_recorded(spec, found)}


def _is_recorded(spec: EvidenceType, found: Mapping[str, list[Path]]) -> bool:
    """Say whether somebody asked for a type: its listing has answers, and some that only it asks for.

    An account without any detector is not asked for the findings of one.
    """
    first = spec.listed_by()[0]
    answers = [read_answer(path) for path in found.get(_stem(first), ())]
    name = (first.items or "").partition(".")[0]
    if not any(not name or name in answer or "Error" in answer for answer in answers):
        return False
    own = _asked_by(spec)
    return not own or not own.isdisjoint(found) or not any(answer.get(name) for answer in answers)


@cache
def _asked_by_listings() -> Counter[str]:
    return Counter(
        stem
        for spec in evidence_types().values()
        for stem in {_stem(call) for call in spec.listed_by()}
    )


def _asked_by(spec: EvidenceType) -> set[str]:
    """Return the operations that no other type's listing asks for."""
    return {stem for call in spec.listed_by() if _asked_by_listings()[stem := _stem(call)] == 1}


def _stem(call: Call) -> str:
    return f"{call.service}.{call.operation.replace('_', '')}".lower()


def _taken_at(recording: Recording) -> datetime:
    text = recording.meta(recording.accounts[0]).get("taken_at")
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise RecordingError(
            f"{recording.folder} does not say when it was taken; give the time with --at"
        )
    return moment


def _not_recorded(region: str) -> Unseen:
    return Unseen(Cause.NOT_RUN, "NotRecorded", f"{region} is not recorded any more")
