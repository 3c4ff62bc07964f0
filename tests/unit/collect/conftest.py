"""Tests of the collector see no AWS settings but their own."""

from __future__ import annotations

import pytest

from tests.aws import no_aws_environment as no_aws_environment


@pytest.fixture(autouse=True)
def _isolated(no_aws_environment: None) -> None:
    """Keep the machine's AWS settings away from every test."""


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that botocore waited between attempts, without the waiting."""
    waited: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", waited.append)
    return waited
