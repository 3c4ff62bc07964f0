"""Every case is told exactly as its table says: no change more, none less, in this order."""

from __future__ import annotations

import pytest

from tests.cases.case import Case, row, told
from tests.cases.tables import CASES


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_case_is_told_as_its_table_says(case: Case) -> None:
    assert [row(change) for change in told(case)] == list(case.expect)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_near_miss_is_not_told(case: Case) -> None:
    """A kind cannot be both expected and nearly so: that would be a mistake of the table."""
    assert not {change.kind for change in told(case)} & {*case.near}
