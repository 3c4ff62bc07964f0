"""All controls, found in `controls/`, and how they and the criteria name each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache

from driftkeeper.assess import controls as package
from driftkeeper.assess.spec import Control
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.registry import discover
from driftkeeper.domain.types import Change


@cache
def controls() -> Mapping[str, Control]:
    """Return every control by name, in order."""
    return discover(package, Control)


def control(name: str) -> Control:
    """Return one control; raise `UsageError`, which says what the name resembles, when there is none."""
    found = controls().get(name)
    if found is not None:
        return found
    near = get_close_matches(name, controls(), cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise UsageError(f"there is no control {name!r}; {hint}see `driftkeeper catalog controls`")


def kinds_for(name: str) -> tuple[str, ...]:
    """Return globs over the kinds of change that can open or close a deviation of a control.

    None at all where only time or a person's act can. Raises `UsageError` for an unknown control.
    """
    return control(name).changes


def bears(names: Iterable[str], change: Change) -> bool:
    """Say whether a change can have opened or closed a deviation of one of the controls."""
    return any(control(name).bears(change) for name in names)


def controls_of(criterion: str) -> tuple[Control, ...]:
    """Return the controls that bear on a criterion, in order."""
    return tuple(each for each in controls().values() if criterion in each.criteria)
