"""Which directions and severities a kind of change can have, read from the functions that decide it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from types import CodeType, FunctionType
from typing import TypeVar

from driftkeeper.diff.spec import ChangeKind
from driftkeeper.domain.types import Direction, Severity

_E = TypeVar("_E", bound=StrEnum)


def directions(kind: ChangeKind) -> frozenset[Direction]:
    """Return every direction that a change of the kind can have."""
    return frozenset(_possible(kind.direction, Direction))


def severities(kind: ChangeKind) -> frozenset[Severity]:
    """Return every severity that a change of the kind can have."""
    return frozenset(_possible(kind.severity, Severity))


def _possible(weight: object, values: type[_E]) -> Iterator[_E]:
    return _in_value(weight, values, set())


def _in_value(value: object, values: type[_E], done: set[int]) -> Iterator[_E]:
    """Yield the values that a function, or something it uses, can lead to."""
    if isinstance(value, values):
        yield value
    elif isinstance(value, FunctionType):
        if id(value) not in done:
            done.add(id(value))
            yield from _in_function(value, values, done)
    elif isinstance(value, dict):
        for item in (*value.keys(), *value.values()):
            yield from _in_value(item, values, done)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _in_value(item, values, done)


def _in_function(function: FunctionType, values: type[_E], done: set[int]) -> Iterator[_E]:
    names = set(_names(function.__code__))
    if values.__name__ in names:
        yield from (value for value in values if value.name in names)
    used = [function.__globals__[name] for name in names if name in function.__globals__]
    for value in (*(cell.cell_contents for cell in function.__closure__ or ()), *used):
        yield from _in_value(value, values, done)


def _names(code: CodeType) -> Iterator[str]:
    """Yield every name that a function uses, also in the functions inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
