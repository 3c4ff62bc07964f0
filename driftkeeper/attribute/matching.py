"""What families say of a change and of a call: which part differs, and what the parameters set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from driftkeeper.attribute.events import Event
from driftkeeper.attribute.spec import Fits, Proof
from driftkeeper.domain.types import Change, Json
from driftkeeper.semantics.policy import PolicyError, canonical


def created(change: Change) -> bool:
    """Fit what came into being, also in place of another of its name."""
    came = change.before is None and change.after is not None
    return change.path == "" and (came or change.kind.endswith(".recreated"))


def deleted(change: Change) -> bool:
    """Fit what is gone as a whole."""
    return change.path == "" and change.before is not None and change.after is None


def whole(change: Change) -> bool:
    """Fit a change that is told of the whole resource, with both values."""
    return change.path == "" and isinstance(change.before, dict) and isinstance(change.after, dict)


def renamed(change: Change) -> bool:
    """Fit a resource that has another name."""
    return change.path == "" and change.kind.endswith((".renamed", ".rule_modified"))


def at(*globs: str) -> Fits:
    """Fit a change at one of these paths; `*` also stands for slashes."""
    return lambda change: any(fnmatchcase(change.path, glob) for glob in globs)


def gained(*globs: str) -> Fits:
    """Fit something that was not there before, at one of these paths."""
    return lambda change: at(*globs)(change) and change.before is None


def lost(*globs: str) -> Fits:
    """Fit something that is not there any more, at one of these paths."""
    return lambda change: at(*globs)(change) and change.after is None


def present(*globs: str) -> Fits:
    """Fit something that is there now, at one of these paths, whatever it was before."""
    return lambda change: at(*globs)(change) and change.after is not None


def became(value: Json, *globs: str) -> Fits:
    """Fit a value that is this one now, at one of these paths."""
    return lambda change: at(*globs)(change) and change.after == value


def leaf(change: Change) -> Json:
    """Return what follows the first name of a path: the key of a member, slashes and all."""
    return change.path.partition("/")[2]


def after(change: Change) -> Json:
    """Return the value that a change left."""
    return change.after


def says(path: str, expected: Callable[[Change], Json]) -> Proof:
    """Return a proof: the call's value at a path is the expected one, `None` where it has no such."""

    def proof(change: Change, event: Event) -> bool | None:
        found = event.values(path)
        if not found:
            return None
        return same(found[0], expected(change))

    return proof


def sets_only(proof: Proof, path: str) -> Proof:
    """Return a proof for a call that alters what it names alone: without a value at the path, none."""

    def narrowed(change: Change, event: Event) -> bool | None:
        return proof(change, event) if event.is_veiled or event.values(path) else False

    return narrowed


def same(one: Any, other: Any) -> bool:
    """Say whether two simple values are the same; CloudTrail writes some booleans and numbers as text."""
    if isinstance(one, (dict, list)) or isinstance(other, (dict, list)):
        return bool(one == other)
    return bool(_word(one) == _word(other))


def _word(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else value


def sets(path: str, fields: Mapping[str, str], of: Callable[[Change], Json] = after) -> Proof:
    """Return a proof over the object at a path: what it sets, by our names, is what the change left.

    `fields` are our names by the call's, in lower case. What the call does not name was not told.
    """

    def proof(change: Change, event: Event) -> bool | None:
        wanted = of(change)
        named = [value for value in event.values(path) if isinstance(value, Mapping)]
        if not named or not isinstance(wanted, Mapping):
            return None
        told = {
            fields[name.lower()]: value
            for name, value in named[0].items()
            if isinstance(name, str) and name.lower() in fields
        }
        if not told:
            return None
        return all(same(value, wanted.get(name)) for name, value in told.items())

    return proof


def policy(path: str, expected: Callable[[Change], Json] = after) -> Proof:
    """Return a proof: the policy document that the call gives means what the change left."""

    def proof(change: Change, event: Event) -> bool | None:
        wanted, found = _document(expected(change)), event.values(path)
        given = _document(found[0]) if found else None
        return None if wanted is None or given is None else given == wanted

    return proof


def _document(value: Any) -> Any:
    if not isinstance(value, (str, dict)):
        return None
    try:
        return canonical(value)
    except (PolicyError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def inline_document(change: Change) -> Json:
    """Return the document of an inline policy, which may be told with its name or by itself."""
    found = change.after
    if isinstance(found, Mapping) and "PolicyDocument" in found:
        return found["PolicyDocument"]
    return found


def at_time(
    expected: Callable[[Change], Json], seconds: float = 60, *, otherwise: bool | None = False
) -> Proof:
    """Return a proof: the call was made when the expected value says, give or take some seconds."""

    def proof(change: Change, event: Event) -> bool | None:
        value = expected(change)
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            return None
        return abs((event.at - moment).total_seconds()) <= seconds or otherwise

    return proof


def each(*proofs: Proof) -> Proof:
    """Return a proof that needs all of the proofs: one that says no decides, then one that cannot tell."""

    def proof(change: Change, event: Event) -> bool | None:
        return all_of(made(change, event) for made in proofs)

    return proof


def all_of(verdicts: Iterable[bool | None]) -> bool | None:
    """Join verdicts: one no decides, then one that cannot tell."""
    found = list(verdicts)
    if False in found:
        return False
    return None if None in found else True


def unless_false(proof: Proof) -> Proof:
    """Return what a proof says against a call, where what it says for it is not the whole of it."""
    return lambda change, event: False if proof(change, event) is False else None


def both(*tests: Fits) -> Fits:
    """Fit what all of the tests do."""
    return lambda change: all(test(change) for test in tests)
