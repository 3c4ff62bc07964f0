"""Exit codes, errors and settings, from the classes that define them."""

from __future__ import annotations

import inspect
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from driftkeeper.domain.errors import DriftkeeperError, Exit
from driftkeeper.workflow import config, config_accounts
from tests.docs.markdown import code, fenced, table

MEANINGS = {
    Exit.DONE: "done",
    Exit.FAILED: "failed, for example because the database cannot be written",
    Exit.USAGE: "wrong arguments or configuration; also: no AWS credentials, a broken recording",
    Exit.MISSED: "done, but something could not be seen; it is recorded as not seen",
    Exit.FOUND: "found what you asked to fail on (no command asks yet)",
    Exit.INTEGRITY: "integrity broken: a digest, link or signature does not match",
    Exit.SCHEMA: "no database yet (`driftkeeper init` makes it), or one that is not at the expected schema"
    " (`driftkeeper db upgrade`)",
    Exit.LOCKED: "another collector is at work on the same database: try again later",
}
"""What an exit code says to a script."""

_SECTIONS = (
    ("[[accounts]]", config_accounts.AccountConfig),
    ("[organization]", config_accounts.OrganizationConfig),
    ("[[organization.exclude]]", config_accounts.OrganizationExclude),
    ("[collect]", config.CollectConfig),
    ("[[collect.exclude]]", config.RegionExclude),
    ("[period]", config.PeriodConfig),
    ("[store]", config.StoreConfig),
    ("[signing]", config.SigningConfig),
)


def exit_codes() -> str:
    """Return the table of exit codes; a code without a meaning is a mistake."""
    rows = [(str(int(member)), code(member.name), MEANINGS[member]) for member in Exit]
    return table(("code", "name", "meaning"), rows)


def error_classes() -> str:
    """Return the classes of errors that a person can meet, each with its exit code."""
    rows = [
        (code(error.__name__), str(int(error.exit_code)), inspect.getdoc(error) or "")
        for error in _subclasses(DriftkeeperError)
    ]
    return table(("error", "exit code", "what is wrong"), rows)


def _subclasses(error: type[DriftkeeperError]) -> list[type[DriftkeeperError]]:
    own = sorted(error.__subclasses__(), key=lambda found: (found.exit_code, found.__name__))
    return [error, *(deeper for found in own for deeper in _subclasses(found))]


def sections() -> str:
    """Return every key of the configuration file, section by section."""
    parts = []
    for heading, model in _SECTIONS:
        rows = [
            (code(name), _type(field.annotation), _default(field), _limits(field))
            for name, field in model.model_fields.items()
        ]
        parts += [
            f"#### `{heading}`",
            table(("key", "value", "default", "must be"), rows),
        ]
    return "\n\n".join(parts)


def template() -> str:
    """Return the file that `driftkeeper init` writes."""
    return fenced(config.TEMPLATE, "toml")


def _type(annotation: Any) -> str:
    kinds = {str: "text", int: "whole number", bool: "true or false"}
    inner = [found for found in get_args(annotation) if found not in (type(None), Ellipsis)]
    if annotation in kinds:
        return kinds[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "a section"
    if str(annotation).startswith("dict"):
        return f"table of {_type(inner[1])}"
    one = _type(inner[0])
    return f"list of {one}" if str(annotation).startswith("tuple") else one


def _default(field: Any) -> str:
    if field.default is PydanticUndefined:
        return "required"
    if isinstance(field.default, bool):
        return code(str(field.default).lower())
    return code(field.default) if field.default not in (None, "", (), {}) else "—"


def _limits(field: Any) -> str:
    words = []
    inner = [found for part in get_args(field.annotation) for found in get_args(part)[1:]]
    for limit in (*field.metadata, *(data for found in inner for data in found.metadata)):
        for name, says in (("ge", "at least {}"), ("le", "at most {}"), ("pattern", "like `{}`")):
            if (bound := getattr(limit, name, None)) is not None:
                words.append(says.format(bound))
    return ", ".join(words) or "—"
