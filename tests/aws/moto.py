"""Moto's AWS with its lies mended: what it lacks is answered, what it gets wrong is put right.

Works through handlers of the session, so everything above the wire stays real, and validates every
answer against the service model. Listings come in pages of at most `page` rows. Each repair has a test in
`test_repairs` which shows that it is still needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.model import OperationModel
from moto import mock_aws

from tests.aws.models import LOADER, require_fit
from tests.aws.repairs import accessanalyzer, cloudtrail, ec2, guardduty, iam, kms, s3
from tests.aws.repairs.asked import Asked, Row, State
from tests.aws.repairs.paging import page, pager_of, unpaged
from tests.aws.script import Error

ACCOUNT = "123456789012"
"""Whose credentials moto takes any to be."""

TOKEN = "planted-session-token"
"""The session token that goes with each request, and nowhere else."""

REPAIRS: Mapping[str, ModuleType] = {
    "accessanalyzer": accessanalyzer,
    "cloudtrail": cloudtrail,
    "ec2": ec2,
    "guardduty": guardduty,
    "iam": iam,
    "kms": kms,
    "s3": s3,
}
_ASKED, _START, _SIZE = "mended_asked", "mended_start", "mended_size"


@dataclass
class Moto:
    """An account in moto's AWS; `state` is what it has that moto has no place for."""

    state: State = field(default_factory=lambda: State(ACCOUNT))
    page: int = 2
    asked: list[tuple[str, Asked]] = field(default_factory=list)

    def hook(self, session: boto3.Session) -> None:
        """Mend the answers to a session; it has credentials, which are worth nothing."""
        session._session.register_component("data_loader", LOADER)
        session._session.set_credentials("testing", "testing", TOKEN)
        events = session.events
        events.register_last("before-parameter-build.*.*", self._keep)
        events.register_last("before-call.*.*", self._answer)
        events.register_first("after-call.*.*", self._mend)

    def client(self, service: str, region: str) -> Any:
        """Return a client to set things up, or change them, as anybody would."""
        session = boto3.Session(region_name=region)
        self.hook(session)
        return session.client(service, config=Config(retries={"total_max_attempts": 1}))

    def _keep(self, params: dict[str, Any], model: OperationModel, context: Any, **_: Any) -> None:
        """Keep what is asked for; moto need not know of pages, and of some things must."""
        service = model.service_model.service_name
        asked = Asked(model.name, context["client_region"], dict(params))
        self.asked.append((service, asked))
        context[_ASKED] = asked
        pager = pager_of(model)
        if pager is not None:
            context[_START], limit = unpaged(pager, params)
            context[_SIZE] = self.page if limit is None else min(self.page, limit)
        defaults: Mapping[str, Row] = getattr(REPAIRS.get(service), "DEFAULTS", {})
        for name, value in defaults.get(model.name, {}).items():
            params.setdefault(name, value)

    def _answer(self, model: OperationModel, context: Any, **_: Any) -> Any:
        repairs, asked = REPAIRS.get(model.service_model.service_name), context[_ASKED]
        answers = [getattr(repairs, "guard", None), getattr(repairs, "ANSWERS", {}).get(model.name)]
        for answer in filter(None, answers):
            given = answer(self.state, asked)
            if given is not None:
                status = given.status if isinstance(given, Error) else 200
                return SimpleNamespace(status_code=status, headers={}, content=b""), _parsed(given)
        return None

    def _mend(
        self, http_response: Any, parsed: Row, model: OperationModel, context: Any, **_: Any
    ) -> None:
        if "Error" in parsed:
            return
        metadata = parsed.pop("ResponseMetadata", {})
        repairs = REPAIRS.get(model.service_model.service_name)
        mend = getattr(repairs, "MENDS", {}).get(model.name)
        given = dict(parsed) if mend is None else mend(self.state, context[_ASKED], dict(parsed))
        if isinstance(given, Error):
            http_response.status_code = given.status
        else:
            require_fit(given, model)
            pager = pager_of(model)
            if pager is not None:
                given = page(given, pager, context[_START], context[_SIZE])
        parsed.clear()
        parsed.update({"ResponseMetadata": metadata, **_parsed(given)})


def _parsed(given: Row | Error) -> Row:
    if not isinstance(given, Error):
        return {"ResponseMetadata": {"HTTPStatusCode": 200, "RequestId": "mended"}, **given}
    return {
        "Error": {"Code": given.code, "Message": given.message},
        "ResponseMetadata": {"HTTPStatusCode": given.status, "RequestId": "mended"},
    }


@contextmanager
def running(now: datetime | None = None) -> Iterator[Moto]:
    """Run moto's AWS in this process, without anything in it; `now` is its time for what is mended."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        state = State(ACCOUNT) if now is None else State(ACCOUNT, lambda: now)
        yield Moto(state)
