"""The nouns keep what they promise of themselves."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import UTC, datetime

import pytest

from driftkeeper.domain import types
from driftkeeper.domain.types import Coverage, Outcome, Scope, Severity, Sight

AT = datetime(2026, 3, 1, tzinfo=UTC)
SCOPE = Scope("111122223333", "eu-west-1", "kms.key")


def test_severities_are_ordered_by_rank_and_not_as_text() -> None:
    ordered = [Severity(name) for name in ("info", "low", "medium", "high", "critical")]
    mixed = [ordered[n] for n in (3, 0, 4, 2, 1)]
    assert sorted(mixed) == ordered
    assert (max(ordered), min(ordered)) == (Severity.CRITICAL, Severity.INFO)
    for (low, left), (high, right) in itertools.product(enumerate(ordered), repeat=2):
        assert (left < right, left <= right) == (low < high, low <= high)
        assert (left > right, left >= right) == (low > high, low >= high)
        assert (left == right) is (low == high)
    assert [severity.rank for severity in ordered] == [0, 1, 2, 3, 4]


def test_a_severity_compares_with_its_name() -> None:
    assert Severity.HIGH > "medium"
    assert Severity.HIGH <= "critical"
    with pytest.raises(ValueError, match="dangerous"):
        _ = Severity.HIGH < "dangerous"


def test_scopes_are_values_in_the_order_of_account_region_and_evidence() -> None:
    scopes = [
        Scope("2", "a", "a"),
        Scope("1", "b", "a"),
        Scope("1", "a", "b"),
        Scope("1", "a", "a"),
    ]
    assert sorted(scopes) == scopes[::-1]
    assert len({SCOPE, dataclasses.replace(SCOPE)}) == 1
    assert str(SCOPE) == "111122223333/eu-west-1/kms.key"


@pytest.mark.parametrize(
    ("outcome", "listed"),
    [(Outcome.COMPLETE, True), (Outcome.PARTIAL, True), (Outcome.MISSED, False)],
)
def test_a_sight_is_a_listing_unless_its_scope_was_missed(outcome: Outcome, listed: bool) -> None:
    sight = Sight(Coverage(SCOPE, outcome, AT))
    assert (sight.listed, sight.scope) == (listed, SCOPE)


def test_every_noun_is_frozen() -> None:
    nouns = [noun for noun in vars(types).values() if dataclasses.is_dataclass(noun)]
    assert len(nouns) > 8
    assert all(vars(noun)["__dataclass_params__"].frozen for noun in nouns)
