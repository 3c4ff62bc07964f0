"""Answers AWS calls from a recording, and records answers: both as botocore event handlers.

Everything above the wire stays real: parameter validation, paginators, modelled errors. A recorded list
is served in pages as large as the call asks for, like AWS does.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import boto3
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader, create_loader
from botocore.model import OperationModel, Shape, StructureShape
from botocore.utils import parse_timestamp

from driftkeeper.collect.recording import Recording, file_name, place
from driftkeeper.domain.canonical import encode, plain

PAGE = 100
"""Rows per replayed page of a call that does not say how many it wants."""

_PARAMS = "driftkeeper_params"
_MODEL = "driftkeeper_model"
_TOKENS = frozenset({"Marker", "NextToken", "nextToken", "ContinuationToken"})
"""Parameters that ask for a later page: without a paginator each page is an answer of its own."""

_PAGING = _TOKENS | {
    *("MaxResults", "maxResults", "MaxItems", "MaxKeys", "MaxBuckets", "Limit", "PageSize")
}
_GUARDS = frozenset({"ExpectedBucketOwner"})
"""Parameters that make a call fail for the wrong resource, and never change an answer."""

_SINCE = frozenset({"StartTime", "EndTime", "StartAfter"})
"""Parameters that count from the moment of the call, which comes later than the recording's."""

_HALF_A_LISTING = {
    "Error": {"Code": "UnfinishedListing", "Message": "the last page was never asked for"},
    "HTTPStatusCode": 503,
}

_ADDRESSES = ("IpAddressV4", "IpAddressV6")
_NO_SECRETS = frozenset(
    {
        ("Account", "Name"),
        ("Account", "Email"),
        ("ServerSideEncryptionByDefault", "KMSMasterKeyID"),
        ("NetworkInterface", "PrivateIpAddress"),
        ("PrivateIpAddressDetails", "PrivateIpAddress"),
        *((who, ip) for who in ("RemoteIpDetails", "LocalIpDetails") for ip in _ADDRESSES),
    }
)
"""Fields that are marked as sensitive and are evidence: members of an organisation, the key that a bucket
is encrypted with, the addresses in a finding."""

Hook = Callable[[boto3.Session], None]


def replaying(recording: Recording, account: str, page: int | None = None) -> Hook:
    """Return a hook that answers the session's calls from the recording.

    `page` is the number of rows per page, if it shall be another than the one asked for.
    """

    def answer(model: OperationModel, context: dict[str, Any], **_: Any) -> Any:
        service, operation = model.service_model.service_name, model.name
        params = context.get(_PARAMS, {})
        region = context["client_region"]
        found = recording.answer(account, region, service, operation, _question(model, params))
        status = int(found.get("HTTPStatusCode", 400 if "Error" in found else 200))
        if "Error" in found:
            parsed = dict(found)
        else:
            parsed = _revived(_page(found, model, params, page), model.output_shape)
        metadata = {"HTTPStatusCode": status, "RequestId": "recorded", "RetryAttempts": 0}
        parsed["ResponseMetadata"] = {**metadata, **found.get("ResponseMetadata", {})}
        return SimpleNamespace(status_code=status, headers={}, content=b""), parsed

    def hook(session: boto3.Session) -> None:
        session._session.register_component("data_loader", _loader())
        _keep_params(session)
        session.events.register("before-call.*.*", answer)

    return hook


def _keep_params(session: boto3.Session) -> None:
    def keep(
        params: dict[str, Any], context: dict[str, Any], model: OperationModel, **_: Any
    ) -> None:
        context[_PARAMS] = dict(params)
        context[_MODEL] = model

    session.events.register("before-parameter-build.*.*", keep)


def _question(model: OperationModel, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that an answer depends on; all pages of a paginator are one answer."""
    left_out = _PAGING | _GUARDS | _SINCE
    if _paginator(model.service_model.service_name, model.name) is None:
        left_out -= _TOKENS
    return {name: value for name, value in params.items() if name not in left_out}


@cache
def _loader() -> Loader:
    """Return the one loader of service models that all replayed sessions share."""
    return create_loader()


@cache
def _paginator(service: str, operation: str) -> Mapping[str, Any] | None:
    """Return botocore's paginator model of an operation, if its tokens are plain names."""
    try:
        models = _loader().load_service_model(service, "paginators-1")["pagination"]
    except UnknownServiceError:
        return None
    model = models.get(operation)
    plain_names = model is not None and all(
        isinstance(model.get(name), str) and model[name].isidentifier()
        for name in ("input_token", "output_token")
    )
    return model if plain_names else None


def _page(
    answer: Mapping[str, Any], model: OperationModel, params: Mapping[str, Any], size: int | None
) -> dict[str, Any]:
    """Return one page of a whole recorded list; the token is the offset of the next."""
    pager = _paginator(model.service_model.service_name, model.name)
    if pager is None:
        return dict(answer)
    keys = pager["result_key"]
    named = [keys] if isinstance(keys, str) else keys
    names = [name for name in named if isinstance(answer.get(name), list)]
    start = int(params.get(pager["input_token"], 0))
    end = start + (size or int(params.get(pager.get("limit_key", ""), PAGE)))
    page = {**answer, **{name: answer[name][start:end] for name in names}}
    more = any(len(answer[name]) > end for name in names)
    if pager.get("more_results"):
        page[pager["more_results"]] = more
    page.pop(pager["output_token"], None)
    if more:
        page[pager["output_token"]] = str(end)
    return page


def _revived(value: Any, shape: Shape | None) -> Any:
    """Return a recorded value as botocore would have parsed it: times, bytes, encoded documents."""
    if shape is None or value is None:
        return value
    match shape.type_name:
        case "structure" if isinstance(value, dict):
            members = shape.members
            return {name: _revived(item, members.get(name)) for name, item in value.items()}
        case "list" if isinstance(value, list):
            return [_revived(item, shape.member) for item in value]
        case "map" if isinstance(value, dict):
            return {k: _revived(item, shape.value) for k, item in value.items()}
        case "timestamp" if isinstance(value, str):
            return _moment(value)
        case "blob" if isinstance(value, dict):
            return base64.b64decode(value["$bytes"])
        case "string" if isinstance(value, dict):
            return quote(json.dumps(value))  # as IAM has it on the wire; botocore decodes it
        case _:
            return value


def _moment(text: str) -> datetime:
    """Return a recorded time. The form of the format is quick to read; any that AWS knows is allowed."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return parse_timestamp(text)  # type: ignore[no-any-return]
    return parse_timestamp(text) if moment.tzinfo is None else moment


@dataclass
class Recorder:
    """Collects the answers of a run and writes them as a recording."""

    folder: Path
    _answers: dict[Path, dict[str, Any]] = field(default_factory=dict)
    _unfinished: set[Path] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hook(self, account: str) -> Hook:
        """Return a hook that records the answers to the session's calls for an account."""

        def keep(parsed: dict[str, Any], model: OperationModel, context: Any, **_: Any) -> None:
            self._keep(account, context, model, parsed)

        def fail(exception: Exception, context: Any, **_: Any) -> None:
            # No answer came: replayed, the call must fail again, and not read as shorter.
            error = {"Code": type(exception).__name__, "Message": "no answer came"}
            self._keep(account, context, context[_MODEL], {"Error": error, "HTTPStatusCode": 503})

        def hook(session: boto3.Session) -> None:
            _keep_params(session)
            session.events.register_last("after-call.*.*", keep)
            # botocore reads this one answer by a handler of its own, which comes after all the others.
            session.events.register_last("after-call.s3.GetBucketLocation", keep)
            session.events.register_last("after-call-error.*.*", fail)

        return hook

    def _keep(
        self, account: str, context: Any, model: OperationModel, parsed: Mapping[str, Any]
    ) -> None:
        service = model.service_model.service_name
        region = place(service, model.name, context["client_region"])
        given = context.get(_PARAMS, {})
        name = file_name(service, model.name, _question(model, given))
        path = self.folder / account / region / name
        pager = _paginator(service, model.name) or {"input_token": "", "output_token": ""}
        with self._lock:
            before = self._answers.get(path) if pager["input_token"] in given else None
            self._unfinished.discard(path)
            if parsed.get(pager["output_token"]):
                self._unfinished.add(path)
            self._answers[path] = _joined(before, _scrubbed(parsed, model), model)

    def write(self, account: str, meta: Mapping[str, Any]) -> None:
        """Write the account's answers and its `meta.json`."""
        base = self.folder / account
        files = {base / "meta.json": dict(meta), **self._answers}
        for path, answer in files.items():
            if base in path.parents:
                if path in self._unfinished:
                    answer = _HALF_A_LISTING
                path.parent.mkdir(parents=True, exist_ok=True)
                text = json.dumps(answer, indent=1, sort_keys=True, ensure_ascii=False)
                path.write_text(text + "\n", encoding="utf-8")


def _joined(
    before: dict[str, Any] | None, page: dict[str, Any], model: OperationModel
) -> dict[str, Any]:
    """Return the answer with one more page, without what only paging needs."""
    pager = _paginator(model.service_model.service_name, model.name)
    if pager is None or "Error" in page:
        return page
    for name in (pager["output_token"], pager.get("more_results")):
        page.pop(name or "", None)
    if before is None:
        return page
    keys = pager["result_key"]
    for name in [keys] if isinstance(keys, str) else keys:
        page[name] = [*before.get(name, []), *page.get(name, [])]
    return page


def _scrubbed(parsed: Mapping[str, Any], model: OperationModel) -> dict[str, Any]:
    """Return the answer as JSON without what the service model marks as sensitive."""
    if "Error" in parsed:
        status = parsed.get(
            "HTTPStatusCode", parsed.get("ResponseMetadata", {}).get("HTTPStatusCode")
        )
        return {"Error": plain(parsed["Error"]), "HTTPStatusCode": status}
    answer = {name: item for name, item in parsed.items() if name != "ResponseMetadata"}
    scrubbed: dict[str, Any] = plain(_without_secrets(answer, model.output_shape))
    encode(scrubbed)
    return scrubbed


def _is_secret(shape: StructureShape, name: str) -> bool:
    """Say whether a field is marked as sensitive and is no evidence."""
    marked = bool(shape.members[name].metadata.get("sensitive"))
    return marked and (shape.name, name) not in _NO_SECRETS


def _without_secrets(value: Any, shape: Shape | None) -> Any:
    if shape is None or value is None:
        return value
    match shape.type_name:
        case "structure" if isinstance(value, dict):
            members = shape.members
            return {
                name: _without_secrets(item, members.get(name))
                for name, item in value.items()
                if not (name in members and _is_secret(shape, name))
            }
        case "list":
            return [_without_secrets(item, shape.member) for item in value]
        case _:
            return value
