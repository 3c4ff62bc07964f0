"""What a journal entry seals: everything that a snapshot, or a run of attribution, says, as one digest.

Writer and `check` both compute it from the stored rows, through here: what is sealed is what was stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from driftkeeper.domain.canonical import digest_of, timestamp
from driftkeeper.domain.types import Json

Row = Mapping[str, Any]


def content_digest(live: Mapping[str, tuple[str, str | None]]) -> str:
    """Return the digest over the live resources of a scope: key, configuration digest, uid of each."""
    return digest_of([[key, *live[key]] for key in sorted(live)])


def snapshot_payload(
    header: Row,
    coverage: Iterable[Row],
    misses: Iterable[Row],
    changes: Iterable[Row],
    dictionaries: Iterable[Row],
) -> str:
    """Return the digest of a snapshot: header, coverage and misses by scope, changes, dictionaries.

    Rows are mappings of column names to values; coverage and misses carry account, region and evidence
    instead of a scope id, so that the digest is the same in every database.
    """
    return digest_of(
        {
            "snapshot": _plain(header),
            "coverage": digest_of(
                sorted(
                    (_plain(row) for row in coverage),
                    key=lambda row: (row["account"], row["region"], row["evidence"]),
                )
            ),
            "misses": digest_of([_plain(row) for row in misses]),
            "changes": digest_of([_plain(row) for row in changes]),
            "dictionaries": [[row["name"], row["digest"]] for row in dictionaries],
        }
    )


def attribution_payload(found: Iterable[Row]) -> str:
    """Return the digest of a run of attribution: its rows in order, without the entry that seals them."""
    return digest_of(
        [{name: value for name, value in _plain(row).items() if name != "entry"} for row in found]
    )


def _plain(row: Row) -> dict[str, Json]:
    return {
        str(name): timestamp(value) if isinstance(value, datetime) else value
        for name, value in row.items()
        if value is not None or name not in _LATER
    }


_LATER = {"ties"}
"""Columns that snapshots sealed before they existed do not have."""
