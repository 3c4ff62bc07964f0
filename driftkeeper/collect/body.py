"""From an answered item to a `Body`: identity, tidy spelling, policies, volatile parts, digest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from driftkeeper.collect.spec import EvidenceType, Item, Unseen
from driftkeeper.domain.canonical import digest, encode
from driftkeeper.domain.types import Body, Cause, Json, Scope
from driftkeeper.semantics.policy import PolicyError, canonical

_NONSENSE = (AttributeError, LookupError, TypeError, ValueError)
_P = ParamSpec("_P")
_T = TypeVar("_T")


def understood(function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Return what the function makes of an answer; raise `Unseen` when it cannot make sense of it.

    Declarations read answers as AWS documents them. One that is not so must cost its own scope or
    detail, and not the whole snapshot.
    """
    try:
        return function(*args, **kwargs)
    except _NONSENSE as error:
        why = f"an answer makes no sense ({type(error).__name__}: {error})"
        raise Unseen(Cause.FAILED, "MalformedAnswer", why) from error


def make_body(
    spec: EvidenceType, scope: Scope, partition: str, item: Item, unseen: tuple[str, ...] = ()
) -> Body:
    """Return the body of one item; raise `Unseen` when it lacks its identity.

    A policy document is kept twice: its canonical form is configuration, its text as AWS answered it is
    observation. So saving the same policy anew in another spelling is not a change, and not lost.
    """
    key = key_of(spec, scope, partition, item)
    uid = None if spec.uid is None else item.get(spec.uid)
    if not isinstance(uid, str | None):
        raise Unseen(Cause.FAILED, "MalformedAnswer", f"{spec.uid} of {key} is no text")
    texts: dict[tuple[str, ...], Json] = {}
    for path in spec.policies:
        item = _canonicalised(item, path.split("."), partition, (), texts)
    whole = spec.tidy(item) if spec.tidy else item
    shown = {name: value for name, value in whole.items() if not name.startswith("_")}
    config, observed = spec.shape.split(shown)
    for at, text in texts.items():
        _put(observed, at, text)
    encoded = encode(config)
    return Body(key, uid, config, encoded, digest(encoded), observed, unseen)


def key_of(spec: EvidenceType, scope: Scope, partition: str, item: Item) -> str:
    """Return the natural key that the declaration's template gives this item."""
    names = {"partition": partition, "account": scope.account, "region": scope.region}
    try:
        return spec.key.format_map({**item, **names}).replace("\0", "\\u0000")
    except KeyError as error:
        raise Unseen(Cause.FAILED, "MalformedAnswer", f"an item has no {error.args[0]}") from None


def _canonicalised(
    value: Any,
    path: list[str],
    partition: str,
    at: tuple[str, ...],
    texts: dict[tuple[str, ...], Json],
) -> Any:
    """Return the value with the documents at the path canonical; their texts go to `texts`."""
    if isinstance(value, list):
        labels = [str(row.get("PolicyName", i)) for i, row in enumerate(value)]
        return [
            _canonicalised(row, path, partition, (*at, label), texts)
            for row, label in zip(value, labels, strict=True)
        ]
    if not path:
        texts[at] = value
        return _document(value, partition)
    name, rest = path[0], path[1:]
    if not isinstance(value, dict) or value.get(name) is None:
        return value
    return {**value, name: _canonicalised(value[name], rest, partition, (*at, name), texts)}


def _put(tree: dict[str, Json], at: tuple[str, ...], value: Json) -> None:
    for name in at[:-1]:
        tree = tree.setdefault(name, {})
    tree[at[-1]] = value


def _document(value: Json, partition: str) -> Json:
    """Return the canonical policy; text that is no policy stays as it is, so nothing is lost."""
    try:
        return canonical(value, partition=partition)
    except PolicyError:
        return value
