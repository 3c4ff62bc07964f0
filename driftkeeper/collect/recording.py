"""Recorded AWS answers on disk: where an answer lies, and which layer of a story answers it.

The format is specified in `docs/recordings.md`. A folder holds `<account>/<region>/` folders with one
JSON file per call; a *story* holds `base/` and `days/<date>/` of the same form, where the newest day not
after the asked moment wins, file by file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from driftkeeper.domain.canonical import CanonicalError, decode, digest, encode
from driftkeeper.domain.errors import RecordingError
from driftkeeper.domain.types import GLOBAL_REGION

ACCOUNT_WIDE = frozenset({"iam", "organizations", "s3control", "sts"})
"""Services whose answers are the same from every region; they lie under `aws-global`."""

_LONGEST_NAME = 150
_HINT = "see docs/recordings.md for the layout"


@dataclass(frozen=True)
class Recording:
    """A folder of recorded answers; `layers` are looked through in order."""

    folder: Path
    layers: tuple[Path, ...]

    @property
    def accounts(self) -> list[str]:
        """The account ids that have answers, sorted."""
        names = {entry.name for layer in self.layers for entry in _folders(layer)}
        return sorted(name for name in names if re.fullmatch(r"\d{12}", name))

    def meta(self, account: str) -> Mapping[str, Any]:
        """Return what `meta.json` says of the account: of the account's folder, else of the whole."""
        for layer in self.layers:
            for path in (layer / account / "meta.json", layer / "meta.json"):
                if path.is_file():
                    return _object(path)
        return {}

    def regions(self, account: str) -> list[str]:
        """Return the regions of the account: as `meta.json` says, else as the folders do."""
        named = self.meta(account).get("regions")
        if isinstance(named, list):
            return sorted(map(str, named))
        names = {entry.name for layer in self.layers for entry in _folders(layer / account)}
        return sorted(names - {GLOBAL_REGION})

    def answer(
        self, account: str, region: str, service: str, operation: str, params: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return the recorded answer to a call; raise `RecordingError` when there is none.

        `params` are the call's parameters without those of paging.
        """
        place = GLOBAL_REGION if service in ACCOUNT_WIDE else region
        names = [file_name(service, operation, params)]
        if params:
            names.append(file_name(service, operation, {}))
        for name in names:
            for layer in self.layers:
                path = layer / account / place / name
                if path.is_file():
                    return _object(path)
        raise RecordingError(
            f"no recorded answer for {service}:{operation} in {self.folder}:"
            f" expected {account}/{place}/{names[0]}; {_HINT}"
        )


def open_recording(folder: Path, at: datetime | None) -> Recording:
    """Return the recording in a folder, for a story as of the day of `at`.

    Raises `RecordingError` when the folder is missing or holds no account.
    """
    if not folder.is_dir():
        raise RecordingError(f"no recorded answers: {folder} is not a folder; {_HINT}")
    layers: tuple[Path, ...] = (folder,)
    if (folder / "base").is_dir() and (folder / "days").is_dir():
        days = [d for d in story_days(folder) if at is None or d <= at.date()]
        newest_first = (folder / "days" / day.isoformat() for day in reversed(days))
        layers = (*newest_first, folder / "base")
    recording = Recording(folder, layers)
    if not recording.accounts:
        raise RecordingError(
            f"no recorded answers in {folder}: expected <12-digit account>/<region>/ folders; {_HINT}"
        )
    return recording


def story_days(folder: Path) -> list[date]:
    """Return the days of a story that have a layer of their own, in order."""
    try:
        return sorted(date.fromisoformat(entry.name) for entry in _folders(folder / "days"))
    except ValueError as error:
        raise RecordingError(f"{folder / 'days'}: {error}; name its folders YYYY-MM-DD") from None


def file_name(service: str, operation: str, params: Mapping[str, Any]) -> str:
    """Return `service.Operation~Name=value,….json`, percent-encoded, hashed when it gets long."""
    if not params:
        return f"{service}.{operation}.json"
    words = ",".join(f"{name}={_word(params[name])}" for name in sorted(params))
    if len(words) > _LONGEST_NAME:
        words = digest(words.encode())[:32]
    return f"{service}.{operation}~{words}.json"


def _word(value: Any) -> str:
    text = value if isinstance(value, str) else encode(value).decode()
    return quote(text, safe="")


def _folders(folder: Path) -> Iterator[Path]:
    return (entry for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else iter(())


def _object(path: Path) -> Mapping[str, Any]:
    return _parsed(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4096)
def _parsed(path: Path, _changed: int) -> Mapping[str, Any]:
    try:
        value = decode(path.read_bytes())
    except CanonicalError as error:
        raise RecordingError(
            f"recorded answer {path} is broken: {error}; record it again"
        ) from None
    except OSError as error:
        raise RecordingError(f"recorded answer {path}: {error.strerror}") from None
    if not isinstance(value, dict):
        raise RecordingError(f"recorded answer {path} is not a JSON object; {_HINT}")
    return value
