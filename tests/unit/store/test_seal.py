"""What a seal covers: every value of every row, and no accident of their order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from driftkeeper.store.seal import content_digest, snapshot_payload

AT = datetime(2026, 3, 1, 6, tzinfo=UTC)
SCOPE = {"account": "1", "region": "r", "evidence": "e"}
PARTS: dict[str, Any] = {
    "header": {"number": 1, "taken_at": AT, "callers": '["a"]'},
    "coverage": [{**SCOPE, "as_of": AT, "resources": 2}, {**SCOPE, "region": "q", "resources": 0}],
    "misses": [{**SCOPE, "code": "Denied"}, {**SCOPE, "code": "Throttled"}],
    "changes": [{"id": "x", "before": "1"}, {"id": "y", "before": "2"}],
    "dictionaries": [{"name": "e", "digest": "d"}],
}


def payload(**other: Any) -> str:
    return snapshot_payload(**{**PARTS, **other})


def test_the_same_snapshot_has_the_same_seal() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=2)))
    assert payload() == payload(header={**PARTS["header"], "taken_at": elsewhere})
    assert payload() == payload(coverage=PARTS["coverage"][::-1])


@pytest.mark.parametrize(
    "other",
    [
        {"header": {**PARTS["header"], "number": 2}},
        {"header": {**PARTS["header"], "taken_at": AT + timedelta(microseconds=1)}},
        {"coverage": PARTS["coverage"][:1]},
        {"coverage": [{**PARTS["coverage"][0], "resources": 3}, PARTS["coverage"][1]]},
        {"misses": []},
        {"misses": PARTS["misses"][::-1]},
        {"changes": PARTS["changes"][::-1]},
        {"changes": [PARTS["changes"][0], {"id": "y", "before": "3"}]},
        {"dictionaries": []},
        {"dictionaries": [{"name": "e", "digest": "other"}]},
    ],
)
def test_any_difference_is_another_seal(other: dict[str, Any]) -> None:
    assert payload(**other) != payload()


def test_content_is_key_digest_and_identity_of_each_resource() -> None:
    live: dict[str, tuple[str, str | None]] = {"a": ("d1", None), "b": ("d2", "uid")}
    assert content_digest(live) == content_digest(dict(reversed(live.items())))
    others: list[dict[str, tuple[str, str | None]]] = [
        {},
        {"a": ("d1", None)},
        {"a": ("d2", None), "b": ("d1", "uid")},
        {"a": ("d1", None), "b": ("d2", None)},
        {"a": ("d1", None), "c": ("d2", "uid")},
    ]
    assert len({content_digest(other) for other in [live, *others]}) == 6
