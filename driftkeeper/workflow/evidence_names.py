"""Finds the evidence types and facts that the words after `--evidence` stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.derive.catalog import facts
from driftkeeper.domain.errors import UsageError


@dataclass(frozen=True, slots=True)
class EvidenceNames:
    """The evidence types that were named, and the facts; each once, in the order of the words."""

    types: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    @property
    def bases(self) -> tuple[str, ...]:
        """The evidence types, and those that the facts are about."""
        about = (evidence for name in self.facts for evidence in facts()[name].of)
        return tuple(dict.fromkeys([*self.types, *about]))


def named(words: Sequence[str]) -> EvidenceNames:
    """Return what the names and globs such as `iam.r*` stand for; `UsageError` for one that fits none."""
    known = [*evidence_types(), *facts()]
    found: list[str] = []
    for word in words:
        fitting = [name for name in known if fnmatchcase(name, word)]
        if not fitting:
            raise UsageError(_unknown(word, known))
        found += fitting
    once = dict.fromkeys(found)
    return EvidenceNames(
        tuple(name for name in once if name in evidence_types()),
        tuple(name for name in once if name in facts()),
    )


def _unknown(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, n=1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    return (
        f"unknown evidence type or fact {word!r}; {guess}"
        "`driftkeeper catalog evidence` and `driftkeeper catalog facts` list them"
    )
