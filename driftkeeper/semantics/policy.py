"""The canonical form of IAM, S3 and KMS policy documents, and how their wildcards compare.

Order, letter case of actions and one-or-many shapes mean nothing in a policy; AWS itself rewrites
some of them when it saves a document. Two documents that differ only so are equal here.
Reading: "IAM JSON policy element reference" in the IAM user guide.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NoReturn, TypeAlias
from urllib.parse import unquote

Canonical: TypeAlias = dict[str, Any]
"""``{"Version": str, "Statement": [...]}`` and, if the text repeated a key, ``duplicate_keys``."""

Statement: TypeAlias = Mapping[str, Any]

ALLOW: Final = "Allow"
DENY: Final = "Deny"
DUPLICATE_KEYS: Final = "duplicate_keys"
# What AWS reads into a document without Version. It is not 2012-10-17: it has no variables.
DEFAULT_VERSION: Final = "2008-10-17"

_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
_HEAD: Final = re.compile(r"[^*?]*(?=[*?])")
_WILDCARDS: Final = re.compile(r"[*?]*\*[*?]*")


class PolicyError(ValueError):
    """What was given is no policy document."""


def parse(document: object) -> Mapping[str, Any]:
    """Return the document, a mapping or text of JSON (plain or URL-encoded, RFC 3986), as mapping.

    A text that repeats a key within one object yields ``"duplicate_keys": True`` at the top, for
    only the last of them is in the result. Floats come as the text that was written.
    Raises PolicyError when there is no JSON object in it.
    """
    if isinstance(document, Mapping):
        return document
    if not isinstance(document, str):
        raise PolicyError(f"A policy document is text or an object, not {document!r}.")
    text = document.strip().removeprefix("\ufeff")
    repeated: list[str] = []

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            repeated.append(DUPLICATE_KEYS)
        return members

    try:
        value = json.loads(
            text if text.startswith("{") else unquote(text),
            object_pairs_hook=keep,
            parse_float=str,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError) as error:
        raise PolicyError(f"The policy document is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise PolicyError("The policy document is JSON, but not an object.")
    return value | dict.fromkeys(repeated, True)


def canonical(document: object, *, partition: str = "aws") -> Canonical:
    """Return the document in the one form that all documents of its meaning share.

    Holds only text, numbers, booleans, lists and objects; ``Sid`` and ``Id`` are left out.
    ``partition`` completes a principal written as a bare account id. Applying it twice changes
    nothing. Raises PolicyError for what is no policy document.
    """
    source = parse(document)
    statements = source.get("Statement", [])
    if isinstance(statements, Mapping):
        statements = [statements]
    if not _is_list(statements) or not all(isinstance(each, Mapping) for each in statements):
        raise PolicyError("The policy's Statement is neither an object nor a list of objects.")
    known = {"Id", "Version", "Statement", DUPLICATE_KEYS}
    form = {name: _plain(value) for name, value in source.items() if name not in known}
    form["Version"] = _text(source.get("Version") or DEFAULT_VERSION)
    by_text = {dump(each): each for each in (_statement(each, partition) for each in statements)}
    form["Statement"] = [by_text[text] for text in sorted(by_text)]
    if source.get(DUPLICATE_KEYS) is True or any(map(_has_twin_keys, statements)):
        form[DUPLICATE_KEYS] = True
    return form


def duplicate_keys(document: object) -> bool:
    """Whether a key is repeated in one object, so that readers may disagree on what holds."""
    return DUPLICATE_KEYS in canonical(document)


def semantic_hash(form: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hexadecimal) of a canonical form."""
    return digest(dump(form))


def digest(text: str) -> str:
    """Return the SHA-256 (hexadecimal) of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def dump(value: object) -> str:
    """Write a canonical value as compact JSON, members sorted, in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def texts(value: object) -> list[str]:
    """Return one text or a list of them as a sorted list without repetitions."""
    members = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return sorted({_text(member) for member in members})


def matches(pattern: str, text: str) -> bool:
    """Whether a policy pattern, where only ``*`` and ``?`` are wildcards, matches a text."""
    return _regex(pattern).fullmatch(text) is not None


def glob_covers(pattern: str, other: str) -> bool:
    """Whether ``pattern`` matches everything that the pattern ``other`` matches."""
    if pattern == other:
        return True
    head = _HEAD.match(pattern)
    return other.startswith(head[0] if head else pattern) and _includes(pattern, other)


@lru_cache(maxsize=1 << 15)
def _includes(pattern: str, other: str) -> bool:
    """Run ``pattern`` as an automaton over ``other``, its set of places held in an integer's bits.

    A wildcard of ``other`` is tried with a character that ``pattern`` does not spell out: what
    survives that survives every character. So ``?`` is one such character and ``*`` any number.
    """
    pattern = _WILDCARDS.sub(lambda run: "*" + "?" * run[0].count("?"), pattern)
    stars, singles = _places(pattern, "*"), _places(pattern, "?")

    def step(places: int, char: str) -> int:
        literals = 0 if char in "*?" else _places(pattern, char)
        return enter((places & stars) | (places & (singles | literals)) << 1)

    def enter(places: int) -> int:
        return places | (places & stars) << 1

    frontier = {enter(1)}
    for char in other:
        reached = {step(places, char) for places in frontier}
        while char == "*" and not reached <= frontier:
            frontier |= reached
            reached = {step(places, char) for places in reached}
        frontier = _smallest(frontier if char == "*" else reached)
    return all(places >> len(pattern) & 1 for places in frontier)


def _smallest(sets: set[int]) -> set[int]:
    """Drop each set of places that holds another one: it accepts whatever the other accepts."""
    return {big for big in sets if not any(big != small and big & small == small for small in sets)}


@lru_cache(maxsize=1 << 13)
def _places(pattern: str, char: str) -> int:
    return sum(1 << place for place, each in enumerate(pattern) if each == char)


@lru_cache(maxsize=1 << 13)
def _regex(pattern: str) -> re.Pattern[str]:
    """Return a pattern as a regular expression that does not go back on what it has found.

    What stands between two `*` is taken where it first comes: no later place leaves more to be found.
    """
    first, *rest = (
        "".join("." if char == "?" else re.escape(char) for char in part)
        for part in pattern.split("*")
    )
    if not rest:
        return re.compile(first, re.DOTALL)
    between = "".join(f"(?>.*?{part})" for part in rest[:-1] if part)
    return re.compile(f"{first}{between}.*{rest[-1]}", re.DOTALL)


def _statement(source: Statement, partition: str) -> dict[str, Any]:
    form: dict[str, Any] = {}
    for name, value in source.items():
        match name:
            case "Sid":
                continue
            case "Action" | "NotAction":
                form[name] = sorted({action.lower() for action in texts(value)})
            case "Resource" | "NotResource":
                form[name] = texts(value)
            case "Principal" | "NotPrincipal":
                form[name] = _principal(value, partition)
            case "Condition":
                form |= _condition(value)
            case _:
                form[name] = _plain(value)
    return form


def _principal(value: object, partition: str) -> dict[str, list[str]]:
    kinds = value if isinstance(value, Mapping) else {"AWS": value}
    return {
        str(kind): sorted({_principal_id(kind, each, partition) for each in texts(members)})
        for kind, members in kinds.items()
    }


def _principal_id(kind: str, value: str, partition: str) -> str:
    # AWS saves a bare account id as the ARN of that account's root.
    if kind == "AWS" and _ACCOUNT.fullmatch(value):
        return f"arn:{partition}:iam::{value}:root"
    return value


def _condition(value: object) -> dict[str, Any]:
    """Return the ``Condition`` member, or nothing when it tests nothing."""
    form: dict[str, dict[str, list[str]]] = {}
    for operator, tests in _mapping(value or {}).items():
        for key, operands in _mapping(tests).items():
            merged = form.setdefault(operator, {})
            merged[key.lower()] = sorted({*merged.get(key.lower(), []), *texts(operands)})
    return {"Condition": form} if form else {}


def _has_twin_keys(statement: Statement) -> bool:
    """Whether a condition names one key in two spellings, which makes it one key twice."""
    tests = _mapping(statement.get("Condition") or {}).values()
    return any(len({key.lower() for key in each}) < len(each) for each in tests)


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise PolicyError("A condition of the policy is not an object.")
    return value


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    raise PolicyError(f"The policy has {value!r} where only a text can stand.")


def _plain(value: object) -> object:
    match value:
        case str() | bool() | int():
            return value
        case Mapping():
            return {str(name): _plain(member) for name, member in value.items()}
        case list() | tuple():
            return [_plain(member) for member in value]
        case _:
            return _text(value)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON value")
