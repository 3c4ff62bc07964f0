"""Asks AWS for one scope: every page or nothing, every error turned into what it means.

A `Reader` counts what it does, because the counts, request ids and times are part of the evidence.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError

from driftkeeper.collect.causes import GONE, unseen_for_code, unseen_for_transport
from driftkeeper.collect.recording import NotRecordedError
from driftkeeper.collect.session import Clients
from driftkeeper.collect.shared import Shared
from driftkeeper.collect.spec import Account, Call, From, Gone, Item, OutOfTime, Unseen
from driftkeeper.collect.tally import Tally
from driftkeeper.domain.canonical import CanonicalError, encode, plain
from driftkeeper.domain.clock import Clock
from driftkeeper.domain.errors import CredentialsError
from driftkeeper.domain.types import Body, Cause, Json, Scope

_T = TypeVar("_T")
_R = TypeVar("_R")
_MISSING: Any = object()
_GARBAGE = (ResponseParserError, AttributeError, LookupError, TypeError, ValueError)
"""How botocore's parsers, which trust what they read, fail on what AWS did not write."""


Mapper = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""How to run a function over values: `map`, or that of a thread pool."""


@dataclass(frozen=True)
class Known:
    """How a scope looked when it was last seen: when looking began, and the body of each key."""

    since: datetime
    bodies: Mapping[str, Body]


def nothing_known() -> Known | None:
    """Return what is known of a scope that must be read in full."""
    return None


@dataclass
class Reader:
    """Reads for one scope until `deadline` (monotonic seconds of its clock).

    `shared` is what the account's readers have in common, `remember` brings the scope as it was last
    seen. `began` is the time of the oldest answer taken over from another reader, None without any.
    """

    scope: Scope
    region: str
    partition: str
    clients: Clients
    clock: Clock
    deadline: float
    tally: Tally = field(default_factory=Tally)
    shared: Shared = field(default_factory=Shared)
    mapper: Mapper = map
    remember: Callable[[], Known | None] = nothing_known
    began: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def known(self) -> Known | None:
        """How the scope looked when it was last seen."""
        return self.remember()

    @property
    def since(self) -> datetime | None:
        """When the last complete look at the scope began; None when everything must be read anew."""
        return None if self.known is None else self.known.since

    def each(self, read: Callable[[_T], _R], values: Iterable[_T]) -> list[_R]:
        """Return what `read` makes of each value, in order; several at a time."""
        return list(self.mapper(read, list(values)))

    def once(self, name: Hashable, make: Callable[[Reader], _T]) -> _T:
        """Return what `make` reads; it runs once per account, region and snapshot, for all types."""

        def made() -> tuple[_T, Reader]:
            own = replace(self, tally=Tally(), began=self.clock.now())
            try:
                return make(own), own
            finally:
                self.tally.add(own.tally)

        value, asked = self.shared.once((self.region, name), made)
        self.tally.overheard(asked.tally)
        self.seen_at(asked.began or self.clock.now())
        return value

    def seen_at(self, moment: datetime) -> None:
        """Note that what is answered shows AWS as it was at a moment that has passed."""
        with self._lock:
            self.began = moment if self.began is None else min(self.began, moment)

    def rows(self, call: Call, item: Item | None = None) -> list[Item]:
        """Return all rows of a listing, from all its pages, as JSON.

        An answer that is one object is one row. Raises `Unseen` when any page could not be read and
        `Gone` when the resource no longer exists.
        """
        value = self.value(call, item)
        if isinstance(value, dict):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise _malformed(call, f"{call.items} is not a list of objects")
        return value

    def value(self, call: Call, item: Item | None = None) -> Json:
        """Return what the call answers at `call.items`, joined over its pages, as JSON.

        Raises like `rows`. An error code in `absent_on` is an answer, not an error.
        """
        try:
            region = self._region(call, item or {})
            return self._read(call, region, self._params(call, item or {}))
        except ClientError as error:
            return self._judge(call, error, item or {})
        except NotRecordedError as error:
            raise Unseen(Cause.NOT_RUN, "NotRecorded", str(error)) from None
        except NoCredentialsError:
            raise CredentialsError(
                "no AWS credentials found; set AWS_PROFILE or run `aws sso login`, then try again"
            ) from None
        except BotoCoreError as error:
            raise unseen_for_transport(error) from None
        except CanonicalError as error:
            raise _malformed(call, str(error)) from None
        except _GARBAGE as error:
            # The error quotes the answer, which may hold secrets: only its name may be kept.
            raise _malformed(call, f"no answer at all ({type(error).__name__})") from None

    def _read(self, call: Call, region: str, params: dict[str, Any]) -> Json:
        found: Json = _MISSING
        for page in self._answers(call, region, params):
            value = _at(page, call.items, call)
            _require(value, call)
            value = _allowed(value, call.fields)
            if found is _MISSING:
                found = [*value] if isinstance(value, list) else value
            elif isinstance(found, list) and isinstance(value, list):
                found.extend(value)
            else:
                raise _malformed(call, "several pages of something that is not a list")
        if found is _MISSING:
            raise _malformed(call, "no page was answered")
        if call.sound is not None and not call.sound(found):
            raise _malformed(call, "what is answered cannot be so")
        return found

    def _answers(self, call: Call, region: str, params: dict[str, Any]) -> list[Json]:
        """Return the pages of an answer; those of a shared call, when it was asked before."""
        question = (call.service, call.operation, region, encode(plain(params)))
        if call.shared:
            return self.once(question, lambda own: own._asked(call, region, params, question))
        return self._asked(call, region, params, question)

    def _asked(
        self, call: Call, region: str, params: dict[str, Any], question: Hashable
    ) -> list[Json]:
        is_first, pages, rows = self.shared.is_first(question), [], 0
        try:
            for page in self._pages(call, region, params):
                self.tally.answer(page.pop("ResponseMetadata", {}))
                rows += sum(len(value) for value in page.values() if isinstance(value, list))
                pages.append(plain(page))
        except NotRecordedError:
            is_first = False  # nobody can ask it
            raise
        finally:
            if is_first:
                size = call.page_size
                self.tally.question(max(1, -(-rows // size) if size else len(pages)))
        return pages

    def _pages(self, call: Call, region: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        client = self.clients.client(call.service, region)
        if not client.can_paginate(call.operation):
            yield self._guarded(call, lambda: getattr(client, call.operation)(**params))
            return
        config = {"PageSize": call.page_size} if call.page_size else {}
        paginator = client.get_paginator(call.operation)
        pages = iter(paginator.paginate(**params, PaginationConfig=config))
        page: dict[str, Any] = {}
        while (found := self._guarded(call, lambda: next(pages, None))) is not None:
            page = found
            yield page
        if _is_cut_off(page, paginator._pagination_cfg):
            raise _malformed(call, "the last page says that there are more")

    def _guarded(self, call: Call, ask: Callable[[], Any]) -> Any:
        """Send one request within the deadline and the service's budget."""
        if self.clock.monotonic() > self.deadline:
            raise OutOfTime
        with self.clients.budget(call.service):
            try:
                answer = ask()
            except ClientError as error:
                self.tally.call(error.response.get("ResponseMetadata", {}))
                raise
        if answer is not None:
            self.tally.call(answer.get("ResponseMetadata", {}))
        return answer

    def _judge(self, call: Call, error: ClientError, item: Item) -> Json:
        details = error.response.get("Error", {})
        code, message = str(details.get("Code", "")), str(details.get("Message", ""))
        if code in call.absent_on:
            self.tally.answer(error.response.get("ResponseMetadata", {}))
            return call.absent_on[code]
        if code in call.not_owner_on and not self._is_own(call, item):
            raise Unseen(Cause.NOT_OWNER, code, message) from None
        if code in GONE:
            raise Gone(code) from None
        raise unseen_for_code(code, message) from None

    def _is_own(self, call: Call, item: Item) -> bool:
        """Say whether the resource is known to belong to the account, because its ARN says so."""
        parts = str(_at(item, call.arn.path, call)).split(":") if call.arn else []
        return len(parts) > 5 and parts[4] == self.scope.account

    def _region(self, call: Call, item: Item) -> str:
        return self.region if call.region is None else str(_at(item, call.region.path, call))

    def _params(self, call: Call, item: Item) -> dict[str, Any]:
        return {name: self._param(call, value, item) for name, value in call.params.items()}

    def _param(self, call: Call, value: Any, item: Item) -> Any:
        match value:
            case Account():
                return self.scope.account
            case From():
                return _at(item, value.path, call)
            case _:
                return value


def _is_cut_off(page: Mapping[str, Any], pager: Mapping[str, Any]) -> bool:
    """Say whether a listing ended in contradiction: botocore needs both a flag and a token to go on."""
    if "more_results" not in pager:
        return False
    flag = page.get(pager["more_results"])
    return bool(flag) or (flag is None and bool(page.get(pager["output_token"])))


def _at(value: Any, path: str | None, call: Call) -> Any:
    """Return the value at a dotted path; an answer without it is malformed, never empty."""
    for name in path.split(".") if path else ():
        if not isinstance(value, Mapping) or name not in value:
            raise _malformed(call, f"{path} is not in the answer")
        value = value[name]
    return value


def _require(value: Json, call: Call) -> None:
    """Refuse an answer, or a row of it, without what AWS always answers: an error page looks so."""
    for row in value if isinstance(value, list) else [value]:
        for name in call.always:
            _at(row, name, call)


def _allowed(value: Json, fields: tuple[str, ...] | None) -> Json:
    if fields is None or not isinstance(value, list):
        return value
    return [{name: row[name] for name in fields if name in row} for row in value]


def _malformed(call: Call, why: str) -> Unseen:
    return Unseen(Cause.FAILED, "MalformedAnswer", f"{call.service}:{call.operation}: {why}")
