"""What several types of one account have in common within a snapshot: answers, and questions asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from driftkeeper.collect.spec import Gone, OutOfTime, Unseen

_T = TypeVar("_T")


@dataclass
class Shared:
    """The memory of one account during one snapshot. Safe to share between threads."""

    _made: dict[Hashable, Future[Any]] = field(default_factory=dict)
    _asked: set[Hashable] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def once(self, name: Hashable, make: Callable[[], _T]) -> _T:
        """Return what the first caller of this name makes; the others wait for it.

        What it raises, all get: an answer that was refused once is not asked for again. But a caller
        who runs out of time leaves it to the next one, who has a time limit of its own.
        """
        while True:
            future: Future[_T] = Future()
            with self._lock:
                known: Future[_T] = self._made.setdefault(name, future)
            if known is future:
                return self._make(name, future, make)
            try:
                return _result(known)
            except OutOfTime:
                continue

    def _make(self, name: Hashable, future: Future[_T], make: Callable[[], _T]) -> _T:
        try:
            made = make()
        except BaseException as error:
            if isinstance(error, OutOfTime):
                with self._lock:
                    del self._made[name]
            future.set_exception(error)
            raise
        future.set_result(made)
        return made

    def is_first(self, question: Hashable) -> bool:
        """Say whether nobody has asked this question yet; from now on somebody has."""
        with self._lock:
            known = question in self._asked
            self._asked.add(question)
            return not known


def _result(future: Future[_T]) -> _T:
    """Return what was made; each caller gets an exception of its own, which it may handle as it likes."""
    try:
        return future.result()
    except OutOfTime:
        raise
    except Unseen as miss:
        raise Unseen(miss.cause, miss.code, miss.message) from None
    except Gone as gone:
        raise Gone(*gone.args) from None
