"""Exit codes are a contract: each belongs to one class of errors and its subclasses."""

from __future__ import annotations

import inspect

import pytest

from driftkeeper.domain import errors
from driftkeeper.domain.errors import DriftkeeperError, Exit

CLASSES = [
    value
    for _, value in inspect.getmembers(errors, inspect.isclass)
    if issubclass(value, DriftkeeperError)
]

CONTRACT = {
    "DriftkeeperError": 1,
    "StoreError": 1,
    "UsageError": 2,
    "ConfigError": 2,
    "CredentialsError": 2,
    "RecordingError": 2,
    "ResourceNameError": 2,
    "IntegrityError": 5,
    "SchemaError": 6,
    "LockedError": 7,
}


def test_every_exit_code_is_what_was_promised() -> None:
    assert {code.name: int(code) for code in Exit} == {
        "DONE": 0,
        "FAILED": 1,
        "USAGE": 2,
        "MISSED": 3,
        "FOUND": 4,
        "INTEGRITY": 5,
        "SCHEMA": 6,
        "LOCKED": 7,
    }


@pytest.mark.parametrize(("name", "code"), CONTRACT.items())
def test_every_error_has_its_code(name: str, code: int) -> None:
    assert getattr(errors, name).exit_code == code


def test_a_code_of_its_own_belongs_to_one_class_and_its_subclasses() -> None:
    owners: dict[Exit, type[DriftkeeperError]] = {}
    for found in CLASSES:
        if "exit_code" in vars(found):
            assert owners.setdefault(found.exit_code, found) is found
    for found in CLASSES:
        assert issubclass(found, owners[found.exit_code])


def test_the_module_describes_every_class_with_its_code() -> None:
    described = errors.__doc__ or ""
    for found in CLASSES:
        (line,) = (
            each
            for each in described.splitlines()
            if found.__name__ in each.replace("─", " ").split()
        )
        if "exit_code" in vars(found):
            assert f" {int(found.exit_code)}  " in line
