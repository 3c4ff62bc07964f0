"""What differs between two policy documents, statement by statement, in lines that people can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from driftkeeper.semantics.policy import (
    DUPLICATE_KEYS,
    Canonical,
    PolicyError,
    Statement,
    canonical,
    dump,
    parse,
    texts,
)
from driftkeeper.semantics.policy_words import (
    ELEMENTS,
    Names,
    Term,
    element_words,
    line,
    listed,
    member_words,
    members,
    only_members,
    sentence,
    term_words,
    terms_of,
)

CAME: Final = "+"
WENT: Final = "-"
DIFFERS: Final = "~"
_CONDITION: Final = "Condition"
_EDITABLE: Final = (*(n for each in ELEMENTS for n in (each, f"Not{each}")), _CONDITION)
_UNREADABLE: Final = "cannot be read as a policy document"
_NO_STATEMENT: Final = "a policy without statements"
_REPEATS: Final = "a key is written twice: readers may disagree on which of the two holds"


def policy_lines(
    before: object, after: object, written: Iterable[object] = ()
) -> list[tuple[str, str]]:
    """Return what differs as ``(sign, line)``: statements that differ inside, that came, that went.

    Takes documents in any form that `parse` takes, None for no policy. The sign is ``+``, ``-``, or
    ``~``: then the line says what the two have in common, then what came and went. Documents that
    differ in order, spelling or names of statements only give nothing. Of a document that cannot be
    read only that is said: nothing of what the other says is known to have come or gone. Canonical
    documents have actions in lower case; ``written`` are documents to take their spelling from.
    """
    try:
        old = None if before is None else canonical(before)
    except PolicyError:
        return [(DIFFERS, f"the document before {_UNREADABLE}")]
    try:
        new = None if after is None else canonical(after)
    except PolicyError:
        return [(DIFFERS, f"the document now {_UNREADABLE}")]
    names = spelling((before, after, *written))
    return [*_of_statements(_rows(old), _rows(new), names), *_of_document(old, new)]


def _rows(form: Canonical | None) -> list[Statement]:
    return [] if form is None else form["Statement"]


def _of_document(old: Canonical | None, new: Canonical | None) -> Iterator[tuple[str, str]]:
    """Yield what is to say of the documents as wholes."""
    if old is None and new is not None and not new["Statement"]:
        yield CAME, _NO_STATEMENT
    if new is None and old is not None and not old["Statement"]:
        yield WENT, _NO_STATEMENT
    if old is not None and new is not None and old["Version"] != new["Version"]:
        yield DIFFERS, f"version {new['Version']}, before {old['Version']}"
    did, does = (form is not None and DUPLICATE_KEYS in form for form in (old, new))
    if did != does:
        yield CAME if does else WENT, _REPEATS


def _of_statements(
    old: Sequence[Statement], new: Sequence[Statement], names: Names
) -> Iterator[tuple[str, str]]:
    went = [row for row in old if row not in new]
    came = [row for row in new if row not in old]
    for was, now in _pairs(went, came):
        went.remove(was)
        came.remove(now)
        yield DIFFERS, _changed(was, now, names)
    yield from ((CAME, line(row, names)) for row in came)
    yield from ((WENT, line(row, names)) for row in went)


def _pairs(
    went: Sequence[Statement], came: Sequence[Statement]
) -> list[tuple[Statement, Statement]]:
    """Return those that are one statement, edited; each in one pair at most, the most alike first."""
    ranked = sorted(
        (distance, *sorted((dump(was), dump(now))), i, j)  # the same pairs the other way round
        for i, was in enumerate(went)
        for j, now in enumerate(came)
        for distance in (_distance(was, now),)
        if distance is not None
    )
    left, right = set(range(len(went))), set(range(len(came)))
    found = []
    for *_, i, j in ranked:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            found.append((went[i], came[j]))
    return found


def _distance(was: Statement, now: Statement) -> tuple[int, int] | None:
    """Say how far apart two statements are; None if they are two, and not one that was edited.

    One is edited when one element differs, or two that have something in common with before.
    """
    differing = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    elements = [name for name in differing if name != _CONDITION]
    if any(name not in _EDITABLE or name not in was or name not in now for name in elements):
        return None
    strangers = sum({*members(was, name)}.isdisjoint(members(now, name)) for name in elements)
    if len(differing) > 2 or (strangers and len(differing) > 1):
        return None
    return len(differing), strangers


def _changed(was: Statement, now: Statement, names: Names) -> str:
    """Say what two statements have in common, then what came and went inside."""
    common: dict[str, list[tuple[str, str]]] = {}
    edits: list[str] = []
    for name in _EDITABLE:
        if name in now and name != _CONDITION:
            old, new = members(was, name), members(now, name)
            common[name] = [each for each in new if each in old] or (new if old else [])
            edits += _edits(name, old, new, names)
    terms, edited = _terms(terms_of(was), terms_of(now), names)
    return ", ".join([sentence(str(now.get("Effect", "?")), common, terms, names), *edits, *edited])


def _edits(
    name: str, old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]], names: Names
) -> Iterator[str]:
    """Yield which members of one element came and went; where all are others, which there were."""
    came, went = _beyond(new, old), _beyond(old, new)
    if came and went and len(came) == len(new):
        yield f"in place of {only_members(name, went, names)}"
        return
    for head, found in (("now also", came), ("no longer", went)):
        if found and name.startswith("Not"):
            excluded = listed(member_words(each, names) for each in found)
            yield f"{head} excluding {excluded}"
        elif found:
            yield f"{head} {element_words(name, found, names)}"


def _terms(old: Sequence[Term], new: Sequence[Term], names: Names) -> tuple[list[Term], list[str]]:
    """Return the tests, with those operands, that both have; and which came and went, in words."""
    before = {(term.operator, term.key): term for term in old}
    now = {(term.operator, term.key): term for term in new}
    common, edits = [], []
    for at in {**now, **before}:
        if at not in before or at not in now:
            head = "now only if" if at in now else "no longer only if"
            edits.append(f"{head} {term_words(now.get(at) or before[at], names)}")
            continue
        shared = tuple(each for each in now[at].operands if each in before[at].operands)
        if shared or now[at] == before[at]:
            common.append(now[at]._replace(operands=shared))
        only = "only " if now[at].is_negated else ""
        for head, some, others in (
            (f"now {only or 'also '}if", now[at], before[at]),
            (f"no longer {only}if", before[at], now[at]),
        ):
            if left := tuple(_beyond(some.operands, others.operands)):
                edits.append(f"{head} {term_words(some._replace(operands=left), names)}")
    return common, edits


def _beyond(some: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    return [each for each in some if each not in others]


def spelling(documents: Iterable[object]) -> dict[str, str]:
    """Return actions and condition keys as their authors wrote them, by their lower-case spelling.

    What is no policy document is passed over; what a later document writes goes before.
    """
    words = [word for each in documents if _is_policy(each) for word in _written(parse(each))]
    return {word.lower(): word for word in words if not word.islower()}


def _is_policy(document: object) -> bool:
    try:
        return document is not None and bool(canonical(document))
    except PolicyError:
        return False


def _written(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the actions and condition keys of a document that has a canonical form."""
    rows = document.get("Statement", [])
    for row in [rows] if isinstance(rows, Mapping) else rows:
        for name in ("Action", "NotAction"):
            yield from texts(row.get(name, []))
        for terms in (row.get(_CONDITION) or {}).values():
            yield from terms
