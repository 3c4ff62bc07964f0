"""Recorded AWS answers on disk: where an answer lies, and which layer of a story answers it.

The format is specified in `docs/recordings.md`. A folder holds `<account>/<region>/` folders with one
JSON file per call; a *story* holds `base/` and `days/<date>/` of the same form, where the newest day not
after the asked moment wins, file by file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from driftkeeper.domain.canonical import CanonicalError, decode, digest, encode
from driftkeeper.domain.errors import RecordingError
from driftkeeper.domain.types import GLOBAL_REGION

ACCOUNT_WIDE = frozenset({"iam", "organizations", "s3control", "sts"})
"""Services whose answers are the same from every region; they lie under `aws-global`."""

_ACCOUNT_WIDE_CALLS = frozenset({("s3", "ListBuckets")})
"""Likewise the answers of single operations of other services."""

_META = "meta.json"
_LONGEST_NAME = 150
_HINT = "see docs/recordings.md for the layout"


class NotRecordedError(Exception):
    """A call that the recording has no answer to: it was not asked then, and is not known now."""


@dataclass(frozen=True)
class Layer:
    """One folder of answers: its files by relative name, and the region folders of each account."""

    files: Mapping[str, Path]
    regions: Mapping[str, frozenset[str]]


@dataclass
class Recording:
    """A folder of recorded answers, read when it is opened; `layers` are looked through in order.

    `turn_to` shows another moment of a story, also to the clients that answer from it already.
    """

    folder: Path
    layers: tuple[Layer, ...]
    _known: dict[date, Layer] = field(default_factory=dict, repr=False)

    @property
    def accounts(self) -> list[str]:
        """The account ids that have answers, sorted."""
        names = {name for layer in self.layers for name in layer.regions}
        return sorted(name for name in names if re.fullmatch(r"\d{12}", name))

    def meta(self, account: str) -> Mapping[str, Any]:
        """Return what is said of an account: in its folder, else of the layer, else of the story."""
        found = [
            layer.files[name]
            for layer in self.layers
            for name in (f"{account}/{_META}", _META)
            if name in layer.files
        ]
        if is_story(self.folder) and (self.folder / _META).is_file():
            found.append(self.folder / _META)
        said: dict[str, Any] = {}
        for path in reversed(found):
            said.update(read_answer(path))
        return said

    def regions(self, account: str) -> list[str]:
        """Return the regions of the account: as `meta.json` says, else as the folders do."""
        named = self.meta(account).get("regions")
        if isinstance(named, list):
            return sorted(map(str, named))
        found = (layer.regions.get(account, frozenset()) for layer in self.layers)
        return sorted(frozenset[str]().union(*found) - {GLOBAL_REGION})

    def answer(
        self, account: str, region: str, service: str, operation: str, params: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return the recorded answer to a call; raise `NotRecordedError` when there is none.

        `params` are the call's parameters without those of paging.
        """
        folder = f"{account}/{place(service, operation, region)}"
        names = [f"{folder}/{file_name(service, operation, params)}"]
        if params:
            names.append(f"{folder}/{file_name(service, operation, {})}")
        for name in names:
            for layer in self.layers:
                if name in layer.files:
                    return read_answer(layer.files[name])
        raise NotRecordedError(
            f"no recorded answer for {service}:{operation} in {self.folder}:"
            f" expected {names[0]}; {_HINT}"
        )

    def answers(self, account: str) -> Mapping[str, list[Path]]:
        """Return the files of each operation that the account has any answer of, newest first.

        Operations are written `service.operation` in lower case.
        """
        found: dict[str, list[Path]] = {}
        for layer in self.layers:
            for name, path in layer.files.items():
                if name.startswith(f"{account}/"):
                    stem = path.name.removesuffix(".json").partition("~")[0]
                    found.setdefault(stem.lower(), []).append(path)
        return found

    def turn_to(self, at: datetime | None) -> None:
        """Answer as of the day of `at`, or of the last day; a recording that is no story stays as it is.

        Days that were read before are not read again.
        """
        if not is_story(self.folder):
            return
        last = None if at is None else at.astimezone(UTC).date()
        days = [day for day in story_days(self.folder) if last is None or day <= last]
        for day in days:
            if day not in self._known:
                self._known[day] = _layer(self.folder / "days" / day.isoformat())
        newest_first = (self._known[day] for day in reversed(days))
        self.layers = (*newest_first, self.layers[-1])


def open_recording(folder: Path, at: datetime | None) -> Recording:
    """Return the recording in a folder, for a story as of the day of `at`.

    Raises `RecordingError` when the folder is missing or holds no account.
    """
    if not folder.is_dir():
        raise RecordingError(f"no recorded answers: {folder} is not a folder; {_HINT}")
    recording = Recording(folder, (_layer(folder / "base" if is_story(folder) else folder),))
    recording.turn_to(at)
    if not recording.accounts:
        raise RecordingError(
            f"no recorded answers in {folder}: expected <12-digit account>/<region>/ folders; {_HINT}"
        )
    return recording


def is_story(folder: Path) -> bool:
    """Say whether a folder is a story: answers that change from day to day."""
    return (folder / "base").is_dir() and (folder / "days").is_dir()


def story_days(folder: Path) -> list[date]:
    """Return the days of a story that have a layer of their own, in order."""
    try:
        return sorted(date.fromisoformat(entry.name) for entry in _folders(folder / "days"))
    except ValueError as error:
        raise RecordingError(f"{folder / 'days'}: {error}; name its folders YYYY-MM-DD") from None


def story_moments(folder: Path) -> list[datetime]:
    """Return the moments at which a story was recorded, in order; raise when it does not say."""
    path = folder / _META
    texts = read_answer(path).get("snapshots") if path.is_file() else None
    try:
        moments = [datetime.fromisoformat(text) for text in texts or ()]
    except (TypeError, ValueError) as error:
        raise RecordingError(f"{path}: snapshots: {error}; {_HINT}") from None
    if not moments or any(moment.tzinfo is None for moment in moments):
        raise RecordingError(f"{path} does not say with an offset when snapshots are due; {_HINT}")
    return sorted(moments)


def place(service: str, operation: str, region: str) -> str:
    """Return the folder of an answer that was given in a region."""
    wide = service in ACCOUNT_WIDE or (service, operation) in _ACCOUNT_WIDE_CALLS
    return GLOBAL_REGION if wide else region


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


def _layer(folder: Path) -> Layer:
    """Read which answers a folder holds; the answers themselves are read when they are asked for."""
    files = {path.name: path for path in (folder / _META,) if path.is_file()}
    regions: dict[str, frozenset[str]] = {}
    for account in _folders(folder):
        regions[account.name] = frozenset(entry.name for entry in _folders(account))
        if (account / _META).is_file():
            files[f"{account.name}/{_META}"] = account / _META
        for region in regions[account.name]:
            for path in (account / region).iterdir():
                files[f"{account.name}/{region}/{path.name}"] = path
    return Layer(files, regions)


def _folders(folder: Path) -> Iterator[Path]:
    return (entry for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else iter(())


def read_answer(path: Path) -> Mapping[str, Any]:
    """Return a recorded answer; raise `RecordingError` for what is none."""
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise RecordingError(f"recorded answer {path}: {error.strerror}; {_HINT}") from None
    return _parsed(path, changed)


@lru_cache(maxsize=4096)
def _parsed(path: Path, _changed: int) -> Mapping[str, Any]:
    try:
        value = decode(path.read_bytes())
    except CanonicalError as error:
        raise RecordingError(
            f"recorded answer {path} is broken: {error}; record it again"
        ) from None
    except OSError as error:
        raise RecordingError(f"recorded answer {path}: {error.strerror}; {_HINT}") from None
    if not isinstance(value, dict):
        raise RecordingError(f"recorded answer {path} is not a JSON object; {_HINT}")
    return value
