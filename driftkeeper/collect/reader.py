"""Asks AWS for one scope: every page or nothing, every error turned into what it means.

A `Reader` counts what it does, because the counts, request ids and times are part of the evidence.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError

from driftkeeper.collect.causes import GONE, unseen_for_code, unseen_for_transport
from driftkeeper.collect.session import Clients
from driftkeeper.collect.spec import Account, Call, From, Gone, Item, Unseen
from driftkeeper.domain.canonical import CanonicalError, plain
from driftkeeper.domain.clock import Clock
from driftkeeper.domain.errors import CredentialsError
from driftkeeper.domain.types import Cause, Json, Scope

_MISSING: Any = object()
_GARBAGE = (ResponseParserError, AttributeError, LookupError, TypeError, ValueError)
"""How botocore's parsers, which trust what they read, fail on what AWS did not write."""


@dataclass
class Tally:
    """What was asked of AWS so far, and the ids it answered with. Safe to share between threads."""

    calls: int = 0
    pages: int = 0
    first_request_id: str = ""
    last_request_id: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self) -> None:
        """Count one request that is about to be sent."""
        with self._lock:
            self.calls += 1

    def answer(self, metadata: Mapping[str, Any]) -> None:
        """Count one answered page and note its request id."""
        with self._lock:
            self.pages += 1
            self.last_request_id = str(metadata.get("RequestId", ""))
            self.first_request_id = self.first_request_id or self.last_request_id


@dataclass
class Reader:
    """Reads for one scope until `deadline` (monotonic seconds of its clock)."""

    scope: Scope
    region: str
    partition: str
    clients: Clients
    clock: Clock
    deadline: float
    tally: Tally = field(default_factory=Tally)

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
            return self._read(call, self._params(call, item or {}))
        except ClientError as error:
            return self._judge(call, error)
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

    def _read(self, call: Call, params: dict[str, Any]) -> Json:
        found: Json = _MISSING
        for page in self._pages(call, params):
            self.tally.answer(page.pop("ResponseMetadata", {}))
            value = plain(_at(page, call.items, call))
            _require(value, call)
            value = _allowed(value, call.fields)
            if found is _MISSING:
                found = value
            elif isinstance(found, list) and isinstance(value, list):
                found.extend(value)
            else:
                raise _malformed(call, "several pages of something that is not a list")
        if found is _MISSING:
            raise _malformed(call, "no page was answered")
        return found

    def _pages(self, call: Call, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        client = self.clients.client(call.service, self.region)
        if not client.can_paginate(call.operation):
            yield self._guarded(call, lambda: getattr(client, call.operation)(**params))
            return
        config = {"PageSize": call.page_size} if call.page_size else {}
        paginator = client.get_paginator(call.operation)
        pages = iter(paginator.paginate(**params, PaginationConfig=config))
        while (page := self._guarded(call, lambda: next(pages, None))) is not None:
            yield page

    def _guarded(self, call: Call, ask: Any) -> Any:
        """Send one request within the deadline and the service's budget."""
        if self.clock.monotonic() > self.deadline:
            raise Unseen(Cause.FAILED, "DeadlineExceeded", "the scope's time limit is used up")
        with self.clients.budget(call.service):
            answer = ask()
        if answer is not None:
            self.tally.call()
        return answer

    def _judge(self, call: Call, error: ClientError) -> Json:
        self.tally.call()
        details = error.response.get("Error", {})
        code, message = str(details.get("Code", "")), str(details.get("Message", ""))
        if code in call.absent_on:
            self.tally.answer(error.response.get("ResponseMetadata", {}))
            return call.absent_on[code]
        if code in call.not_owner_on:
            raise Unseen(Cause.NOT_OWNER, code, message) from None
        if code in GONE:
            raise Gone(code) from None
        raise unseen_for_code(code, message) from None

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
