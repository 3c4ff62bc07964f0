"""The shape of a body: which parts are volatile, which lists are sets, which values are documents.

A declaration names parts by path: field names joined by dots, `*` for any run of characters inside one
name, lists passed through to each of their elements. From that a `Shape` does two things:

- `split` parts a body into configuration (hashed and compared) and observation (stored, not compared),
  and puts lists that are sets into one order, so that equal configuration has equal bytes;
- `keyed` turns those sets into maps under the natural key of each element, so that a difference has a
  path an engineer can read: `IpPermissions/tcp/22/0.0.0.0/0`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from driftkeeper.domain.canonical import decode, digest, encode, ordering
from driftkeeper.domain.types import Json

SetKey = str | tuple[str, ...] | None | Callable[[list[Json]], dict[str, Json]]
"""How the elements of a set are told apart: by a field, by several, by their whole content (None), or
by a function that returns the whole map."""

Path = tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    """What a declaration says of its bodies.

    Acts are observed too: times that prove a deed. Policies are documents, compared as wholes. Details
    are the fields that come from calls of their own: one that is absent was never seen.
    """

    observed: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    sets: Mapping[str, SetKey] = field(default_factory=dict)
    policies: tuple[str, ...] = ()
    details: tuple[str, ...] = ()

    @cached_property
    def _root(self) -> _Node:
        root = _Node()
        for path in (*self.observed, *self.acts):
            root.at(path).observed = True
        for path, key in self.sets.items():
            node = root.at(path)
            node.is_set, node.key = True, key
        for path in self.policies:
            root.at(path).is_document = True
        return root

    def split(self, body: Mapping[str, Json]) -> tuple[dict[str, Json], dict[str, Json]]:
        """Return configuration and observation; together they hold all of the body."""
        config, observed = _split(dict(body), self._root)
        return config, observed if isinstance(observed, dict) else {}

    def keyed(self, config: Mapping[str, Json]) -> dict[str, Json]:
        """Return the configuration with sets as maps and policies as `Document`; nothing is lost."""
        return {name: _keyed_field(name, item, self._root) for name, item in config.items()}


class Document(str):
    """The canonical JSON of a policy, as one value: it differs or it does not."""

    __slots__ = ()


def restored(value: Json) -> Json:
    """Return a keyed value with its documents as JSON again."""
    if isinstance(value, Document):
        return decode(value.encode())  # the decoder takes no subclass of str
    if isinstance(value, dict):
        return {name: restored(item) for name, item in value.items()}
    return [restored(item) for item in value] if isinstance(value, list) else value


def matches(pattern: str, path: Path) -> bool:
    """Say whether the dotted pattern names exactly this path; `*` also stands for set keys."""
    names = pattern.split(".")
    return len(names) == len(path) and all(map(_name_matches, names, path))


def _name_matches(pattern: str, name: str) -> bool:
    return pattern in ("*", name) or ("*" in pattern and bool(_glob(pattern).fullmatch(name)))


_globs: dict[str, re.Pattern[str]] = {}


def _glob(pattern: str) -> re.Pattern[str]:
    if pattern not in _globs:
        _globs[pattern] = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
    return _globs[pattern]


class _Node:
    """One step of the declared paths, so that undeclared parts of a body are never walked."""

    __slots__ = ("globs", "is_document", "is_set", "key", "literal", "observed")

    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.globs: list[tuple[str, _Node]] = []
        self.observed = False
        self.is_document = False
        self.is_set = False
        self.key: SetKey = None

    def at(self, path: str) -> _Node:
        node = self
        for name in path.split("."):
            node = node._step(name)
        return node

    def _step(self, name: str) -> _Node:
        if "*" not in name:
            return self.literal.setdefault(name, _Node())
        for pattern, node in self.globs:
            if pattern == name:
                return node
        self.globs.append((name, _Node()))
        return self.globs[-1][1]

    def child(self, name: str) -> _Node | None:
        """Return the step for a field; a literal name wins over a pattern."""
        found = self.literal.get(name)
        if found is not None or not self.globs:
            return found
        return next((node for pattern, node in self.globs if _name_matches(pattern, name)), None)

    def children(self, fields: Mapping[str, Json]) -> list[tuple[str, _Node]]:
        """Return the fields that are declared, with their steps; most fields are not."""
        if not self.globs:
            return [(name, node) for name, node in self.literal.items() if name in fields]
        return [(name, node) for name in fields if (node := self.child(name)) is not None]

    @property
    def is_plain(self) -> bool:
        return not self.literal and not self.globs


_NOTHING: Any = object()


def _split(value: Json, node: _Node) -> tuple[Json, Json]:
    """Part a value; `_NOTHING` stands for an absent half."""
    if node.observed:
        return _NOTHING, value
    if isinstance(value, dict):
        return _split_fields(value, node)
    if isinstance(value, list):
        return _split_list(value, node)
    return value, _NOTHING


def _split_fields(value: dict[str, Json], node: _Node) -> tuple[Json, Json]:
    if node.is_plain:
        return value, _NOTHING
    config = dict(value)
    observed: dict[str, Json] = {}
    for name, child in node.children(value):
        kept, volatile = _split(value[name], child)
        if kept is _NOTHING:
            del config[name]
        else:
            config[name] = kept
        if volatile is not _NOTHING:
            observed[name] = volatile
    return config, observed or _NOTHING


def _split_list(value: list[Json], node: _Node) -> tuple[Json, Json]:
    if node.is_plain:
        return _in_order(value) if node.is_set else value, _NOTHING
    parts = [_split_element(item, node) for item in value]
    if not node.is_set:
        volatile = {str(i): part[1] for i, part in enumerate(parts) if part[1] is not _NOTHING}
        return [part[0] for part in parts], volatile or _NOTHING
    if all(rest is _NOTHING for _, rest in parts):
        return _in_order([kept for kept, _ in parts]), _NOTHING
    ordered = sorted(((_bytes(kept), _bytes(rest), kept, rest) for kept, rest in parts), key=_order)
    unique = [p for i, p in enumerate(ordered) if i == 0 or _order(ordered[i - 1]) != _order(p)]
    names = _names([kept for _, _, kept, _ in unique], node.key)
    volatile = {
        name: rest
        for name, (_, _, _, rest) in zip(names, unique, strict=True)
        if rest is not _NOTHING
    }
    # What is volatile has no say in how many elements there are.
    config = [p[2] for i, p in enumerate(unique) if i == 0 or unique[i - 1][0] != p[0]]
    return config, volatile or _NOTHING


def _in_order(elements: list[Json]) -> list[Json]:
    """Return the distinct elements of a set, in the order of their bytes."""
    found = {ordering(element): element for element in elements}
    return [found[key] for key in sorted(found)]


def _bytes(value: Json) -> bytes:
    return b"" if value is _NOTHING else encode(value)


def _order(part: tuple[bytes, bytes, Json, Json]) -> tuple[bytes, bytes]:
    return part[:2]


def _split_element(item: Json, node: _Node) -> tuple[Json, Json]:
    return _split_fields(item, node) if isinstance(item, dict) else (item, _NOTHING)


def _keyed(value: Json, node: _Node) -> Json:
    if node.is_document:
        return None if value is None else Document(encode(value).decode())
    if isinstance(value, dict):
        if node.is_plain:
            return value
        return {name: _keyed_field(name, item, node) for name, item in value.items()}
    if isinstance(value, list):
        if node.is_set and callable(node.key):
            return node.key(value)
        items = value if node.is_plain else [_keyed(item, node) for item in value]
        if node.is_set:
            return dict(zip(_names(value, node.key), items, strict=True))
        return items
    return value


def _keyed_field(name: str, item: Json, node: _Node) -> Json:
    child = node.child(name)
    return item if child is None else _keyed(item, child)


def _names(elements: Iterable[Json], key: SetKey) -> list[str]:
    """Return a distinct name for each element; a second of the same name gets `#2`."""
    seen: dict[str, int] = {}
    names: dict[str, None] = {}
    for element in elements:
        name = unique = _name(element, key)
        while unique in names:
            seen[name] = seen.get(name, 1) + 1
            unique = f"{name}#{seen[name]}"
        names[unique] = None
    return list(names)


def _name(element: Json, key: SetKey) -> str:
    fields = (key,) if isinstance(key, str) else key
    if isinstance(fields, tuple) and isinstance(element, dict):
        return "/".join(str(element[name]) for name in fields if name in element)
    if isinstance(element, str):
        return element
    if isinstance(element, (dict, list)):
        return digest(encode(element))[:12]
    return encode(element).decode()
