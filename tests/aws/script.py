"""AWS as a script: real botocore clients, whose calls are answered before anything is sent.

Parameter validation, paginators, modelled errors and botocore's own handlers stay real. A scripted answer
must fit the service model, a list is served in pages of two, and a call that nobody scripted fails the
test.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.model import OperationModel

from driftkeeper.collect.reader import Reader
from driftkeeper.collect.session import Clients, Login, open_clients
from driftkeeper.collect.spec import Call, EvidenceType, Reach
from driftkeeper.domain.clock import Clock
from driftkeeper.domain.types import GLOBAL_REGION, Scope
from tests.aws.models import LOADER, pagination, require_fit

ACCOUNT = "111122223333"
REGION = "eu-west-1"
HOME = "us-east-1"
NOW = datetime(2026, 7, 1, 3, tzinfo=UTC)
PAGE = 2

_PARAMS = "tests_params"


@dataclass(frozen=True)
class Error:
    """An error that AWS answers with."""

    code: str
    message: str = "scripted"
    status: int = 400


@dataclass
class Ticking:
    """A clock on which time passes only by sleeping, and by so many seconds for each look at it."""

    at: datetime = NOW
    tick: float = 0.0
    elapsed: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        self.elapsed += self.tick
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.elapsed += seconds


@dataclass
class Script:
    """What AWS answers, by region and `service.Operation`.

    The region is the one of the client, which for IAM is always `aws-global`. An answer is a whole
    answer as boto3 would return it, an `Error`, an exception to raise, or a function of the call's
    parameters that returns one of these. A list is pages for an operation that has pages, and answers
    one after the other for one that has none.
    """

    answers: Mapping[tuple[str, str], Any]
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    _turns: dict[tuple[str, str], int] = field(default_factory=dict)

    def hook(self, session: boto3.Session) -> None:
        """Answer the calls of a session; it has credentials, which are worth nothing."""
        session._session.register_component("data_loader", LOADER)
        session._session.set_credentials("scripted", "scripted")
        session.events.register("before-parameter-build.*.*", _keep_params)
        session.events.register("before-call.*.*", self._answer)

    def asked_for(self, operation: str) -> list[dict[str, Any]]:
        """Return the parameters of each call of `service.Operation`, in order."""
        return [params for _, name, params in self.asked if name == operation]

    def _answer(self, model: OperationModel, context: dict[str, Any], **_: Any) -> Any:
        name = f"{model.service_model.service_name}.{model.name}"
        place, params = (context["client_region"], name), context[_PARAMS]
        self.asked.append((*place, params))
        if place not in self.answers:
            raise AssertionError(f"{name} in {place[0]} has no scripted answer: {params}")
        answer = self.answers[place]
        if callable(answer):
            answer = answer(params)
        pager = pagination(model)
        if pager is None and isinstance(answer, list):
            turn = self._turns[place] = self._turns.get(place, -1) + 1
            assert turn < len(answer), f"{name} was called more often than scripted"
            answer = answer[turn]
        elif pager is not None:
            answer = _page(answer, pager, params)
        return _given(answer, model, len(self.asked))


def _keep_params(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_PARAMS] = dict(params)


def _page(answer: Any, pager: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
    """Return the page that the call's token asks for."""
    start = int(params.get(pager["input_token"], 0))
    if isinstance(answer, list):
        page, more = answer[start], start + 1 < len(answer)
        end = start + 1
    elif isinstance(answer, Mapping):
        end = start + PAGE
        keys = pager["result_key"]
        lists = [k for k in ([keys] if isinstance(keys, str) else keys) if k in answer]
        page = {**answer, **{name: answer[name][start:end] for name in lists}}
        more = any(len(answer[name]) > end for name in lists)
    else:
        return answer
    if not isinstance(page, Mapping):
        return page
    tokens = {pager["output_token"]: str(end)} if more else {}
    flag = {pager["more_results"]: more} if pager.get("more_results") else {}
    return {**page, **tokens, **flag}


def _given(answer: Any, model: OperationModel, number: int) -> Any:
    """Return what a `before-call` handler answers with, once it fits the service model."""
    if isinstance(answer, Exception):
        raise answer
    metadata = {"RequestId": f"request-{number}", "HTTPStatusCode": 200, "RetryAttempts": 0}
    if isinstance(answer, Error):
        metadata["HTTPStatusCode"] = answer.status
        error = {"Code": answer.code, "Message": answer.message}
        return SimpleNamespace(status_code=answer.status), {
            "Error": error,
            "ResponseMetadata": metadata,
        }
    require_fit(answer, model)
    return SimpleNamespace(status_code=200), {**answer, "ResponseMetadata": metadata}


def clients(script: Script, calls: tuple[Call, ...], account: str | None = ACCOUNT) -> Clients:
    """Return the real clients of a session that may make these calls and is answered by the script."""
    return open_clients(Login(account), calls, "driftkeeper/test", [script.hook])


def reader(
    script: Script,
    spec: EvidenceType,
    region: str = REGION,
    clock: Clock | None = None,
    seconds: float = 60.0,
) -> Reader:
    """Return a reader for the scope of an evidence type, answered by the script."""
    by_account = spec.reach is Reach.ACCOUNT
    scope = Scope(ACCOUNT, GLOBAL_REGION if by_account else region, spec.name)
    clock = clock or Ticking()
    asks = clients(script, spec.calls())
    at = HOME if by_account else region
    return Reader(scope, at, "aws", asks, clock, clock.monotonic() + seconds)


def wired(
    calls: tuple[Call, ...], answer: Callable[..., AWSResponse | None]
) -> tuple[Clients, list[AWSPreparedRequest]]:
    """Return clients whose requests are built and signed, and answered in place of the network.

    The list fills with the requests that would have been sent. See `http` for an answer.
    """
    sent: list[AWSPreparedRequest] = []

    def hook(session: boto3.Session) -> None:
        session._session.register_component("data_loader", LOADER)
        session._session.set_credentials("wired", "wired")
        session.events.register("before-send.*.*", lambda request, **_: sent.append(request))
        session.events.register("before-send.*.*", answer)

    return open_clients(Login(ACCOUNT), calls, "driftkeeper/test", [hook]), sent


def http(
    body: bytes, status: int = 200, content_type: str = "text/html"
) -> Callable[..., AWSResponse]:
    """Return a `before-send` handler that answers every request with these bytes."""

    def answer(request: Any, **_: Any) -> AWSResponse:
        raw = SimpleNamespace(stream=lambda: iter([body]))
        return AWSResponse(request.url, status, {"content-type": content_type}, raw)

    return answer


@pytest.fixture
def no_aws_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own AWS settings reaches a test."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
