"""AWS answers with fields and values that nobody knew: nothing breaks, nothing is lost, all is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import pytest
from botocore.model import OperationModel, Shape
from sqlalchemy import Engine

from driftkeeper.collect.spec import Call
from driftkeeper.domain.types import Outcome, Sight
from driftkeeper.workflow.take_snapshot import Taken
from tests.aws import name_of
from tests.faults.estate import CALLS, Estate, Fault, affected, assert_undamaged, coverage, missed

pytestmark = pytest.mark.slow

NEW = "NeverSeenBefore"

CHOSEN_FIELDS = {
    "account.alias": "an answer of plain names",
    "account.region": "the endpoint of a region tells nothing",
    "cloudtrail.digest": "what the files were found to be worth",
    "iam.access_key": "joined from two answers",
    "iam.account_summary": "the totals of the map in the answer, which is no structure",
    "iam.credential": "the columns of the report",
    "iam.credential_report": "the report itself",
    "iam.mfa_device": "an allow-list: simulators answer seeds here",
    "iam.service_specific_credential": "an allow-list: what makes a credential is answered beside it",
}
"""Types whose fields are picked one by one, and why: what is new in their answers is not taken over."""

STEERING = {
    "iam.GenerateCredentialReport: State": "anything but done is waited for, and then missed",
    "s3.GetBucketLocation: LocationConstraint": "a bucket without a known region cannot be asked",
}
"""Values that only steer the reading, and what is done about one that nobody knows."""

ELSEWHERE = {
    "accessanalyzer.GetFindingV2": "what the listing of findings tells as well",
    "organizations.ListAccountsForParent: Accounts.[].State": "only the ids are taken from here",
}
"""Values that are taken from another answer, by operation or one by one."""

Path = tuple[str, ...]


def _structures(value: Any, shape: Shape | None) -> Iterator[dict[str, Any]]:
    """Yield every structure of an answer, from the inside out."""
    for _, inner, inner_shape in _inside(value, shape):
        yield from _structures(inner, inner_shape)
    if shape is not None and shape.type_name == "structure" and isinstance(value, dict):
        yield value


def _inside(value: Any, shape: Shape | None) -> list[tuple[str, Any, Shape]]:
    """Return the parts of a value, each with the word that leads to it."""
    if shape is None:
        return []
    match shape.type_name, value:
        case "structure", dict():
            members = shape.members
            return [(name, value[name], members[name]) for name in value if name in members]
        case "map", dict():
            return [("*", inner, shape.value) for inner in value.values()]
        case "list", list():
            return [("[]", inner, shape.member) for inner in value]
        case _:
            return []


def _with_new_fields(parsed: dict[str, Any], model: OperationModel) -> None:
    if "Error" not in parsed:
        for structure in _structures(parsed, model.output_shape):
            structure[NEW] = {"Deep": [NEW]}


def _enums(value: Any, shape: Shape | None, at: Path = ()) -> Iterator[Path]:
    """Yield where an answer has values of enumerations."""
    if shape is not None and shape.type_name == "string" and shape.metadata.get("enum"):
        yield at
    for word, inner, inner_shape in _inside(value, shape):
        yield from _enums(inner, inner_shape, (*at, word))


def _replace(value: Any, path: Path) -> None:
    """Put a value that nobody knows at every place to which the path leads."""
    word, *rest = path
    if word == "[]" and not rest:
        value[:] = [NEW] * len(value)
        return
    names = (
        [word] if word not in ("[]", "*") else [*range(len(value))] if word == "[]" else [*value]
    )
    for name in names:
        if isinstance(value, dict) and name not in value:
            continue
        if rest:
            _replace(value[name], tuple(rest))
        else:
            value[name] = NEW


def _holds(sight: Sight, text: str) -> bool:
    return any(text in json.dumps([body.config, body.observed]) for body in sight.bodies)


def _resources(taken: Taken) -> dict[str, int]:
    return {name: seen.resources for name, seen in coverage(taken).items()}


def test_fields_that_nobody_knew_are_stored(estate: Estate, known: Engine):
    """In every structure of every answer there is one more."""
    before = estate.take(known, 1)
    struck = estate.take(known, 2, Fault(alter=_with_new_fields))
    assert missed(struck) == {}
    assert _resources(struck) == _resources(before)
    without = {sight.scope.evidence for sight in struck.sights if not _holds(sight, NEW)}
    assert without == CHOSEN_FIELDS.keys()
    after = estate.take(known, 3)
    assert (missed(after), _resources(after)) == ({}, _resources(before))
    assert_undamaged(known)


@pytest.mark.parametrize("call", CALLS, ids=name_of)
def test_values_that_nobody_knew_are_stored(estate: Estate, known: Engine, call: Call):
    """Each enumeration of the answer in turn has a value that is in no list of ours."""
    only, days = affected(call), count(1)
    found: set[Path] = set()
    watch = Fault(name_of(call), alter=partial(_collect, found))
    before = estate.take(known, next(days), watch, only)
    for path in sorted(found):
        where = f"{name_of(call)}: {'.'.join(path)}"
        struck = estate.take(known, next(days), Fault(name_of(call), alter=_putting(path)), only)
        after = estate.take(known, next(days), only=only)
        assert (missed(after), _resources(after)) == ({}, _resources(before)), where
        complete = [s for s in struck.sights if s.coverage.outcome is Outcome.COMPLETE]
        assert (len(complete) < len(struck.sights)) == (where in STEERING), where
        if where not in STEERING:
            assert _resources(struck) == _resources(before), where
            is_stored = any(_holds(sight, NEW) for sight in complete)
            assert is_stored or {where, name_of(call)} & ELSEWHERE.keys(), where
    assert_undamaged(known)


def _collect(found: set[Path], parsed: dict[str, Any], model: OperationModel) -> None:
    found.update(_enums(parsed, model.output_shape))


def _putting(path: Path) -> Callable[[dict[str, Any], OperationModel], None]:
    def alter(parsed: dict[str, Any], _model: OperationModel) -> None:
        if "Error" not in parsed:
            _replace(parsed, path)

    return alter
