"""What can be done with a body alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from driftkeeper.domain.canonical import digest, encode
from driftkeeper.domain.types import Body, Json


def filled(
    body: Body, names: Iterable[str], config: Mapping[str, Json], observed: Mapping[str, Json]
) -> Body:
    """Return the body with these fields as they were known, where it does not show them itself."""
    whole = {**_only(config, names), **body.config}
    encoded = encode(whole)
    return replace(
        body,
        config=whole,
        encoded=encoded,
        digest=digest(encoded),
        observed={**_only(observed, names), **body.observed},
    )


def _only(values: Mapping[str, Json], names: Iterable[str]) -> dict[str, Json]:
    return {name: values[name] for name in names if name in values}
