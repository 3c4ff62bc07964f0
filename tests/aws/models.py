"""botocore's service models, read once for all tests: operations, how they page, what they may answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel
from botocore.validate import ParamValidator

from driftkeeper.collect.spec import Call

EMPTY = ("GetAdministratorAccount",)
"""Operations whose documentation knows an empty answer, where the service model requires a field."""

LOADER = Loader()
"""Shared: the service models are read once for all tests."""


@cache
def _pagination(service: str) -> Mapping[str, Any]:
    names = LOADER.list_available_services("paginators-1")
    if service not in names:
        return {}
    models: Mapping[str, Any] = LOADER.load_service_model(service, "paginators-1")["pagination"]
    return models


def pagination(model: OperationModel) -> Mapping[str, Any] | None:
    """Return how the operation pages, None when it does not."""
    return _pagination(model.service_model.service_name).get(model.name)


@cache
def service_model(service: str) -> ServiceModel:
    """Return botocore's model of a service."""
    return ServiceModel(LOADER.load_service_model(service, "service-2"), service)


@cache
def _operations(service: str) -> Mapping[str, str]:
    return {xform_name(name): name for name in service_model(service).operation_names}


def operation(call: Call) -> OperationModel:
    """Return botocore's model of the operation that a call names; raise `KeyError` when none."""
    return service_model(call.service).operation_model(_operations(call.service)[call.operation])


def name_of(call: Call) -> str:
    """Return the call as scripts write it: `service.Operation`."""
    return f"{call.service}.{operation(call).name}"


def require_fit(answer: Mapping[str, Any], model: OperationModel) -> None:
    """Fail when an answer is none that the service model allows."""
    known = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    if model.output_shape is None or (not known and model.name in EMPTY):
        return
    report = ParamValidator().validate(known, model.output_shape)
    assert not report.has_errors(), f"{model.name}: {report.generate_report()}"
