"""The worked examples on how to extend driftkeeper work."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from driftkeeper.collect.body import make_body
from driftkeeper.collect.spec import EvidenceType
from driftkeeper.derive.engine import Drawn, Subject, moved
from driftkeeper.derive.spec import Fact
from driftkeeper.diff.differences import differences
from driftkeeper.diff.says import sentence
from driftkeeper.diff.spec import ChangeKind
from driftkeeper.domain.types import Body, Pair, Scope, Step
from tests.cases.case import Shown
from tests.docs.generate import ROOT
from tests.docs.reading import code_blocks

_SCOPE = Scope("111122223333", "eu-west-1", "sns.topic")
_MORNING = datetime(2026, 7, 1, 3, tzinfo=UTC)
_MARK = "<!-- example: {} -->\n"


@pytest.fixture
def example() -> Iterator[Any]:
    """A function that runs an example and returns what it declares: values, or tuples of them."""
    made: list[str] = []

    def run(name: str, kind: Any) -> dict[str, Any]:
        page = (ROOT / "docs" / "extending.md").read_text("utf-8")
        text = next(b.text for b in code_blocks(page) if b.before.endswith(_MARK.format(name)))
        module = ModuleType(f"example_{name}")
        sys.modules[module.__name__] = module
        made.append(module.__name__)
        exec(compile(text, f"example {name}", "exec"), vars(module))
        assert module.__doc__
        declared: list[Any] = []
        for value in vars(module).values():
            declared += value if isinstance(value, tuple) else [value]
        return {value.name: value for value in declared if isinstance(value, kind)}

    yield run
    for name in made:
        del sys.modules[name]


def _topic(spec: EvidenceType, *, encrypted: bool, principal: str) -> Body:
    policy = {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "sns:*"}}
    attributes = {
        "Owner": _SCOPE.account,
        "Policy": json.dumps(policy),
        "SubscriptionsConfirmed": "3",
    }
    if encrypted:
        attributes["KmsMasterKeyId"] = "alias/topics"
    item = {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:alarms", "Attributes": attributes}
    return make_body(spec, _SCOPE, "aws", {**item, "Tags": []})


def test_the_evidence_type_names_operations_that_exist_and_only_read(example: Any) -> None:
    (spec,) = example("evidence", EvidenceType).values()
    operations = {
        xform_name(name)
        for name in botocore.session.Session().get_service_model("sns").operation_names
    }
    assert {call.operation for call in spec.calls()} <= operations
    assert all(call.operation.startswith(("list", "get")) for call in spec.calls())


def test_the_evidence_type_keeps_counters_out_of_the_configuration(example: Any) -> None:
    (spec,) = example("evidence", EvidenceType).values()
    body = _topic(spec, encrypted=True, principal="*")
    assert body.key.endswith(":alarms")
    assert set(body.config["Attributes"]) == {"Owner", "Policy", "KmsMasterKeyId"}
    assert set(body.observed["Attributes"]) == {"SubscriptionsConfirmed", "Policy"}
    assert isinstance(body.observed["Attributes"]["Policy"], str)  # the text as it was answered


def test_the_kinds_name_encryption_going_and_coming(example: Any) -> None:
    (spec,) = example("evidence", EvidenceType).values()
    kinds = example("kinds", ChangeKind)
    on, off = (_topic(spec, encrypted=e, principal="*") for e in (True, False))
    told: dict[str, str] = {}
    for before, after in ((on, off), (off, on)):
        pair = Pair(_SCOPE, on.key, before, after)
        step = Step(_SCOPE, _MORNING + timedelta(days=1), _MORNING, 1, (pair,))
        for difference in differences(step, spec.shape):
            told |= {k.name: sentence(k, difference) for k in kinds.values() if k.fires(difference)}
    assert told == {
        "sns.encryption_removed": "topic alarms is no longer encrypted with a KMS key",
        "sns.encryption_added": "topic alarms is encrypted with alias/topics",
    }


def test_the_fact_says_when_a_topic_becomes_public(example: Any) -> None:
    (spec,) = example("evidence", EvidenceType).values()
    facts = example("facts", Fact)
    own, everyone = (
        _topic(spec, encrypted=True, principal=p) for p in ("arn:aws:iam::111122223333:root", "*")
    )
    (fact,) = facts.values()

    def moves(after: Body) -> list[tuple[tuple[str, ...], Any, Any]]:
        before, now = Shown({_SCOPE: {}}), Shown({_SCOPE: {after.key: after}})
        found = moved(fact, [Subject(_SCOPE, after.key)], before, now, frozenset(), {}, _never)
        return [(each.moved.path, each.moved.before, each.moved.after) for each in found]

    assert moves(everyone) == [(("public",), False, True)]
    assert moves(own) == []


def _never(_fact: Fact, _subject: Subject, was: Drawn) -> Drawn:
    return was
