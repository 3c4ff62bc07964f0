"""Finds declarations: each module of a package declares values, and this takes them.

Adding an evidence type, a fact or a change kind is adding one file; nothing is registered by hand.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Hashable
from types import ModuleType
from typing import Any, Protocol, TypeVar


class Named(Protocol):
    """Anything declared under a name."""

    @property
    def name(self) -> str:
        """The stable name that leaves the program."""
        ...


T = TypeVar("T", bound=Named)
K = TypeVar("K", bound=Hashable)


def discover(package: ModuleType, kind: type[T]) -> dict[str, T]:
    """Return every module-level `kind` value of the package's modules, by name, sorted.

    Tuples and lists of them count as well. Two declarations of one name are a programming error and
    raise `ValueError`.
    """
    return discover_by(package, kind, lambda value: value.name)


def discover_by(package: ModuleType, kind: type[T], key: Callable[[T], K]) -> dict[K, T]:
    """Return the same by another key, for declarations that share a name and differ in something else."""
    found: dict[K, T] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for value in _values(module, kind):
            if found.setdefault(key(value), value) is not value:
                raise ValueError(f"{value.name} is declared twice, again in {module.__name__}")
    return dict(sorted(found.items(), key=_first))


def _first(pair: tuple[Any, object]) -> Any:
    return pair[0]


def _values(module: ModuleType, kind: type[T]) -> list[T]:
    values: list[T] = []
    for value in vars(module).values():
        members = value if isinstance(value, (tuple, list)) else (value,)
        values.extend(member for member in members if isinstance(member, kind))
    return values
