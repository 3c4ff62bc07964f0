"""Listings in pages, as AWS answers them: one budget of rows for all lists of an answer, and a token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import OperationModel

from tests.aws.models import pagination
from tests.aws.repairs.asked import Row


def pager_of(model: OperationModel) -> Mapping[str, Any] | None:
    """Return how the operation pages, if it takes plain tokens."""
    pager = pagination(model)
    named = pager is not None and all(
        isinstance(pager.get(name), str) and pager[name].isidentifier()
        for name in ("input_token", "output_token")
    )
    return pager if named else None


def unpaged(pager: Mapping[str, Any], params: dict[str, Any]) -> tuple[int, int | None]:
    """Take the paging out of the parameters; return where to start, and the most rows to answer."""
    start = int(params.pop(pager["input_token"], 0))
    asked = params.pop(pager.get("limit_key", ""), None)
    return start, None if asked is None else int(asked)


def page(answer: Row, pager: Mapping[str, Any], start: int, size: int) -> Row:
    """Return one page of a whole answer; the token is the number of rows before the next."""
    keys = pager["result_key"]
    named = [keys] if isinstance(keys, str) else keys
    lists = {name: answer[name] for name in named if isinstance(answer.get(name), list)}
    end, passed, paged = start + size, 0, dict(answer)
    for name, rows in lists.items():
        paged[name] = rows[max(0, start - passed) : max(0, end - passed)]
        passed += len(rows)
    paged.pop(pager["output_token"], None)
    if pager.get("more_results"):
        paged[pager["more_results"]] = passed > end
    if passed > end:
        paged[pager["output_token"]] = str(end)
    return paged
