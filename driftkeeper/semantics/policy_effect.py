"""Whether a changed policy document allows more, less, or the same.

A document is read as *atoms*: one action pattern on one resource pattern by one principal under
one condition. Documents are compared by which atoms cover which. That is deterministic and can be
explained; it is not a proof of equivalence: two conditions are either the same or different, and
so are two exclusions (``NotAction``, ``NotResource``, ``NotPrincipal``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from driftkeeper.semantics.policy import ALLOW, DENY, digest, dump, glob_covers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from driftkeeper.semantics.policy import Statement

EVERYTHING: Final = "*"
EXCLUDED: Final = "!"
_WITH_VARIABLES: Final = "2012-10-17"


class Effect(StrEnum):
    """What the difference between two documents does to the access they give."""

    WIDENED = "widened"
    NARROWED = "narrowed"
    CHANGED = "changed"
    COSMETIC = "cosmetic"


@dataclass(frozen=True, slots=True)
class Atom:
    """One cell of a statement. Empty text stands for an element the statement does not have.

    What an element excludes is one text as a whole, after ``!``. ``condition`` is a digest.
    """

    effect: str
    action: str
    resource: str
    principal: str
    condition: str


@dataclass(frozen=True, slots=True)
class _Block:
    """The atoms of one statement: every combination of its actions, resources, principals."""

    effect: str
    actions: frozenset[str]
    resources: frozenset[str]
    principals: frozenset[str]
    condition: str


def atoms(canonical: Mapping[str, Any] | None) -> frozenset[Atom]:
    """Return the atoms of a canonical document; of no document, none."""
    return frozenset(
        Atom(block.effect, *cell, block.condition)
        for block in _blocks(canonical)
        for cell in product(block.actions, block.resources, block.principals)
    )


def covers(a: Atom, b: Atom) -> bool:
    """Whether every request that ``b`` speaks of, ``a`` speaks of too, to the same effect."""
    return (
        a.effect == b.effect
        and a.condition in ("", b.condition)
        and _pattern_covers(a.action, b.action)
        and _pattern_covers(a.resource, b.resource)
        and _principal_covers(a.principal, b.principal)
    )


def compare(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Effect:
    """Compare two canonical documents; None is no document at all.

    ``widened``: some new Allow atom is covered by no old one, or some old Deny atom by no new one.
    ``narrowed`` is the mirror, ``changed`` both, ``cosmetic`` neither.
    """
    before, after = _blocks(old), _blocks(new)
    wider = _exceeds(after, before, ALLOW) or _exceeds(before, after, DENY)
    narrower = _exceeds(before, after, ALLOW) or _exceeds(after, before, DENY)
    if wider and narrower:
        return Effect.CHANGED
    if wider:
        return Effect.WIDENED
    return Effect.NARROWED if narrower else Effect.COSMETIC


def _exceeds(blocks: Iterable[_Block], others: Iterable[_Block], effect: str) -> bool:
    rivals = [block for block in others if block.effect == effect]
    return any(block.effect == effect and not _covered(block, rivals) for block in blocks)


def _covered(block: _Block, others: Iterable[_Block]) -> bool:
    """Whether each atom of the block is covered by an atom of the others.

    Atoms can be many (300 actions by 200 resources by 100 principals fit in one bucket policy), so
    they are not spelled out. For each value the bits of an integer say which of the others cover
    it; an atom is covered if its three values have a bit in common, and few sets of bits differ.
    """
    rivals = [other for other in others if other.condition in ("", block.condition)]
    actions = _marks(block.actions, [other.actions for other in rivals], _pattern_covers)
    resources = _marks(block.resources, [other.resources for other in rivals], _pattern_covers)
    principals = _marks(block.principals, [other.principals for other in rivals], _principal_covers)
    return all(a & b & c for a, b, c in product(actions, resources, principals))


def _marks(
    values: Iterable[str], rivals: list[frozenset[str]], covers_it: Callable[[str, str], bool]
) -> set[int]:
    return {
        sum(
            1 << bit
            for bit, rival in enumerate(rivals)
            if value in rival or any(covers_it(each, value) for each in rival)
        )
        for value in values
    }


def _pattern_covers(a: str, b: str) -> bool:
    if b.startswith(EXCLUDED):
        return a in (EVERYTHING, b)
    return glob_covers(a, b)


def _principal_covers(a: str, b: str) -> bool:
    return a in (EVERYTHING, b)


def _blocks(canonical: Mapping[str, Any] | None) -> list[_Block]:
    if canonical is None:
        return []
    expands = canonical.get("Version") == _WITH_VARIABLES
    return [_block(statement, expands=expands) for statement in canonical["Statement"]]


def _block(statement: Statement, *, expands: bool) -> _Block:
    # Without variables "${aws:username}" is ordinary text: the same letters, another meaning.
    def read(text: str) -> str:
        return text if expands else text.replace("${", "$\0{")

    condition = statement.get("Condition")
    return _Block(
        effect=statement.get("Effect", ""),
        actions=frozenset(map(_action, _values(statement, "Action"))),
        resources=frozenset(map(read, _values(statement, "Resource"))),
        principals=frozenset(_values(statement, "Principal")),
        condition=digest(read(dump(condition))) if condition else "",
    )


def _action(pattern: str) -> str:
    # Every action has a service before the colon, so both say "all actions".
    return EVERYTHING if glob_covers(pattern, "*:*") else pattern


def _values(statement: Statement, element: str) -> list[str]:
    if f"Not{element}" in statement:
        return [EXCLUDED + dump(statement[f"Not{element}"])]
    value = statement.get(element, [""])
    if not isinstance(value, dict):
        return list(value)
    return [
        EVERYTHING if (kind, each) == ("AWS", EVERYTHING) else f"{kind}:{each}"
        for kind, members in value.items()
        for each in members
    ]
