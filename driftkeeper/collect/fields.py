"""Which paths the bodies of an evidence type can have: from botocore's models, through the declarations.

Models say what AWS can answer, not what an account has: so this knows of a field before it is first
seen. What functions make of answers no model says; an evidence type has that as its `made`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from string import Formatter
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, ServiceModel, StructureShape

from driftkeeper.collect.made import LIST, Fields, Made
from driftkeeper.collect.spec import Call, Detail, EvidenceType, Function, Listing, Nested
from driftkeeper.domain.shape import matches

_DEEPEST = 12


class Role(StrEnum):
    """What a path is in a body."""

    CONFIGURATION = "configuration"
    OBSERVED = "observed"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Field:
    """A path at which bodies can differ: a value, or an element of a set that comes or goes.

    `*` stands for the key of an element, or of a map.
    """

    path: str
    role: Role

    @property
    def names(self) -> tuple[str, ...]:
        """The path, name by name."""
        return tuple(self.path.split("."))


def fields_of(spec: EvidenceType) -> tuple[Field, ...]:
    """Return every path that the bodies of a type can have, in order."""
    found = {field.path: field for field in _Walk(spec).below((), (), _tree(spec))}
    return tuple(found[path] for path in sorted(found))


@dataclass(frozen=True)
class _Walk:
    """Goes through the fields of a type. `plain` is a path as declarations write it: without set keys."""

    spec: EvidenceType

    def below(self, plain: tuple[str, ...], path: tuple[str, ...], tree: Fields) -> Iterator[Field]:
        """Yield the fields at and below a path."""
        if self._is_any(self.spec.acts, plain) or self._is_any(self.spec.observed, plain):
            yield Field(".".join(path), Role.OBSERVED)
        elif len(plain) == 1 and plain[0] in self._identity():
            yield Field(plain[0], Role.IDENTITY)
        elif tree is None or self._is_any(self.spec.policies, plain):
            yield Field(".".join(path), Role.CONFIGURATION)
        elif LIST in tree:
            yield from self._elements(plain, path, tree[LIST])
        else:
            for name, inner in tree.items():
                yield from self.below((*plain, name), (*path, name), inner)

    def _elements(
        self, plain: tuple[str, ...], path: tuple[str, ...], element: Fields
    ) -> Iterator[Field]:
        """Yield an element that comes or goes, then what can differ in one that stays.

        That is nothing of what the element is told apart by.
        """
        at = (*path, "*")
        yield Field(".".join(at), Role.CONFIGURATION)
        if element is None:
            return
        key = next((k for p, k in self.spec.sets.items() if matches(p, plain)), ())
        told = self.spec.made.named_by[".".join(plain)] if callable(key) else key
        told = (told,) if isinstance(told, str) else told
        for inner in self.below(plain, at, element):
            if inner.path != ".".join(at):
                is_told = told is None or inner.names[len(at)] in told
                yield Field(inner.path, Role.IDENTITY) if is_told else inner

    def _is_any(self, patterns: tuple[str, ...], plain: tuple[str, ...]) -> bool:
        return bool(plain) and any(matches(pattern, plain) for pattern in patterns)

    def _identity(self) -> set[str]:
        names = {name for _, name, _, _ in Formatter().parse(self.spec.key) if name}
        return {name.partition("[")[0] for name in names} | {self.spec.uid or ""}


def _tree(spec: EvidenceType) -> dict[str, Fields]:
    """Return the fields of a body, the details among them."""
    made = spec.made
    found = dict(_row(spec.listing, made))
    found |= {name: _detail(detail) for name, detail in spec.details.items()}
    found |= {name: (found[name] or {}).get(LIST) for name in made.single}
    found |= made.fields
    for path, more in made.inside.items():
        found = _with(found, path.split("."), more)
    return {k: v for k, v in found.items() if k not in made.without and not k.startswith("_")}


def _with(
    fields: Mapping[str, Fields], path: Sequence[str], more: Mapping[str, Fields]
) -> dict[str, Fields]:
    """Return the fields with more of them at a path."""
    if not path:
        return {**fields, **more}
    name, *rest = path
    return {**fields, name: _with(fields[name] or {}, rest, more)}


def _row(listing: Listing, made: Made) -> Mapping[str, Fields]:
    """Return the fields of a listed row; of a function, those of the calls whose rows it takes."""
    found: dict[str, Fields] = {}
    for call in _rows_from(listing, made):
        row = _answer(call)
        row = row[LIST] if row is not None and LIST in row else row
        found |= row or {}
    return found


def _rows_from(listing: Listing, made: Made) -> tuple[Call, ...]:
    match listing:
        case Call():
            return (listing,)
        case Nested():
            return (listing.children,)
        case Function():
            return tuple(call for call in listing.calls if call.items in made.rows)


def _detail(detail: Detail) -> Fields:
    """Return the fields of a detail. Several rows that are gathered are a list, a batch is one row."""
    call = detail if isinstance(detail, Call) else detail.call
    if isinstance(call, Function):
        return None
    answer = _answer(call)
    return answer[LIST] if answer and LIST in answer and hasattr(detail, "each") else answer


def _answer(call: Call) -> Fields:
    """Return the fields of what a call answers, below its `items`."""
    model = _model(call.service)
    name = _operations(call.service)[call.operation]
    shape: Any = model.operation_model(name).output_shape
    for step in call.items.split(".") if call.items else ():
        shape = shape.members[step]
    found = _of_shape(shape, ())
    if call.fields and found and LIST in found:
        return {LIST: _only(call.fields, found[LIST])}
    return _only(call.fields, found) if call.fields else found


def _only(names: tuple[str, ...], fields: Fields) -> Fields:
    return {name: inner for name, inner in (fields or {}).items() if name in names}


def _of_shape(shape: Any, above: tuple[str, ...]) -> Fields:
    """Return the fields of a modelled shape; one that holds itself ends there."""
    if shape.name in above or len(above) > _DEEPEST:
        return None
    inside = (*above, shape.name)
    match shape:
        case StructureShape():
            members = {n: _of_shape(member, inside) for n, member in shape.members.items()}
            return {n: member for n, member in members.items() if n != "ResponseMetadata"} or None
        case ListShape():
            return {LIST: _of_shape(shape.member, inside)}
        case MapShape():
            return {"*": _of_shape(shape.value, inside)}
        case _:
            return None


@cache
def _model(service: str) -> ServiceModel:
    return _session().get_service_model(service)


@cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()


@cache
def _operations(service: str) -> dict[str, str]:
    names = _model(service).operation_names
    return {botocore.xform_name(name): name for name in names}
