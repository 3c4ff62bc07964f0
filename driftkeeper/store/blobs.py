"""Content-addressed storage of bodies: each stored once, under the SHA-256 of its plain bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from sqlalchemy import Connection, insert, select

from driftkeeper.domain.canonical import digest
from driftkeeper.domain.errors import IntegrityError
from driftkeeper.store import codec
from driftkeeper.store.tables import blob, dictionary

_CHUNK = 500


class Blobs:
    """Reads and writes blobs through one connection; keeps the dictionaries it has opened."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._opened: dict[str | None, bytes] = {None: b""}
        rows = connection.execute(select(dictionary.c.name, dictionary.c.digest))
        self._dictionaries = {row.name: row.digest for row in rows}

    def get(self, digests: Iterable[str]) -> dict[str, bytes]:
        """Return the plain bytes of each digest; raise `IntegrityError` for any lost or damaged."""
        wanted = set(digests)
        found: dict[str, bytes] = {}
        for chunk in _chunks(sorted(wanted)):
            query = select(blob).where(blob.c.digest.in_(chunk))
            for row in self._connection.execute(query):
                found[row.digest] = self._open(row.digest, row.dictionary, row.data)
        for lost in sorted(wanted - found.keys()):
            raise IntegrityError(f"blob {lost} is missing; run `driftkeeper check`")
        return found

    def _open(self, name: str, dictionary_digest: str | None, data: bytes) -> bytes:
        try:
            plain = codec.unpack(bytes(data), self._dictionary(dictionary_digest))
        except ValueError as error:
            raise IntegrityError(f"blob {name} is {error}; run `driftkeeper check`") from None
        if digest(plain) != name:
            raise IntegrityError(f"blob {name} does not match its digest; run `driftkeeper check`")
        return plain

    def _dictionary(self, name: str | None) -> bytes:
        if name is not None and name not in self._opened:
            self._opened[name] = self.get([name])[name]
        return self._opened[name]

    def put(self, name: str, contents: Mapping[str, bytes]) -> list[tuple[str, str]]:
        """Store what is not stored yet; `name` says which dictionary serves this sort of content.

        Returns the (name, digest) of a dictionary when this made one.
        """
        new = self._absent(contents)
        if not new:
            return []
        made = []
        if name not in self._dictionaries:
            made = [(name, self._new_dictionary(name, [new[key] for key in sorted(new)]))]
        used = self._dictionaries[name]
        # A dictionary made of a single body is that body, and has just been stored.
        rest = {key: (used, new[key]) for key in sorted(new) if key != used}
        if rest:
            self._insert(rest)
        return made

    def _absent(self, contents: Mapping[str, bytes]) -> dict[str, bytes]:
        there: set[str] = set()
        for chunk in _chunks(sorted(contents)):
            query = select(blob.c.digest).where(blob.c.digest.in_(chunk))
            there.update(self._connection.execute(query).scalars())
        return {key: data for key, data in contents.items() if key not in there}

    def _new_dictionary(self, name: str, samples: Sequence[bytes]) -> str:
        data = codec.make_dictionary(samples)
        key = digest(data)
        if self._absent({key: data}):
            self._insert({key: (None, data)})
        self._opened[key], self._dictionaries[name] = data, key
        return key

    def _insert(self, contents: Mapping[str, tuple[str | None, bytes]]) -> None:
        rows = [
            {
                "digest": key,
                "dictionary": used,
                "data": codec.pack(data, self._dictionary(used)),
            }
            for key, (used, data) in contents.items()
        ]
        self._connection.execute(insert(blob), rows)


def _chunks(values: Sequence[str]) -> Iterator[list[str]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
