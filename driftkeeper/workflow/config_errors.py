"""Says in plain words what is wrong in the configuration file: where, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_PLAINLY = {
    "string_type": "write it in quotes",
    "int_type": "write a whole number, without quotes",
    "tuple_type": 'write a list, like ["eu-west-1"]',
    "dict_type": 'write a table, like { env = "prod" }',
    "model_type": "this is a section: write it as a table",
    "missing": "it is required",
}
_LIKE = {
    "id": "write the 12 digits of the account, in quotes",
    "role_arn": "write the ARN of a role, like arn:aws:iam::111122223333:role/driftkeeper",
    "role": "write the name of a role without its account, like driftkeeper or audit/driftkeeper",
    "units": "write the id of a root or of a unit, like ou-ab12-34cd56ef",
    "reason": "write why it is not read",
}
"""What to write instead, by the sort of mistake, and by the key whose pattern does not fit."""

_TABLES = (("accounts",), ("collect", "exclude"), ("organization", "exclude"))
"""Sections of which there may be several, each below a heading in double brackets."""


def complaint(error: ValidationError, model: type[BaseModel]) -> str:
    """Return the first thing wrong in a file that should have fitted the model, in one line."""
    problem = error.errors(include_url=False, include_context=False)[0]
    message = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
    where, sort = problem["loc"], problem["type"]
    if not where:
        return message
    place, name = _place(where), str(where[-1])
    key = next(str(part) for part in reversed(where) if isinstance(part, str))
    if sort == "extra_forbidden":
        return f"{place}: unknown key; {_suggestion(name, _known_keys(where, model))}"
    if where in _TABLES and sort == "tuple_type":
        noun = "account" if name == "accounts" else "one"
        return f"{place}: write each {noun} below a line of its own that says [[{place}]]"
    if sort == "string_pattern_mismatch" and key in _LIKE:
        return f"{place}: {problem['input']!r} does not fit; {_LIKE[key]}"
    if sort in _PLAINLY:
        return f"{place}: {_PLAINLY[sort]}"
    return f"{place}: {message}"


def _place(where: tuple[int | str, ...]) -> str:
    """Return where in the file: keys with dots, the entries of a list counted from 1."""
    words = [f"entry {part + 1}" if isinstance(part, int) else part for part in where]
    return ".".join(words).replace(".entry ", " entry ")


def _suggestion(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(known)}"


def _known_keys(where: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    """Return the keys of the section that a place lies in."""
    for part in where[:-1]:
        field = model.model_fields.get(str(part))
        if field is not None:
            model = next(_models(field.annotation), model)
    return list(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the sections that a key's type names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
