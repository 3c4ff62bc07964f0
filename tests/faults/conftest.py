"""The healthy estate, and stores that know it or do not; no AWS settings but the tests' own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.aws import no_aws_environment as no_aws_environment
from tests.faults.estate import Estate


@pytest.fixture(autouse=True)
def _isolated(no_aws_environment: None) -> None:
    """Keep the machine's AWS settings away from every test."""


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """The healthy account; taking snapshots of it leaves nothing behind but in their store."""
    made = Estate(tmp_path_factory.mktemp("estate"))
    yield made
    made.store.engine.dispose()


@pytest.fixture
def known(estate: Estate) -> Engine:
    """A store in which everything was seen once."""
    return estate.store.as_of(estate.first)


@pytest.fixture
def unknown(estate: Estate) -> Engine:
    """A store in which nothing was seen yet."""
    return estate.store.as_of(estate.empty)
