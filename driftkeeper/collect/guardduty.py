"""What the evidence types of GuardDuty have in common: the detector of a region."""

from __future__ import annotations

from driftkeeper.collect.spec import Asker, Call, Unseen
from driftkeeper.domain.types import Cause

PAGE = 50
"""The largest page, and the most findings that one call describes."""

DETECTORS = Call("guardduty", "list_detectors", items="DetectorIds", page_size=PAGE, shared=True)
"""The detector of the region; asked once for the detector, its filters and its findings."""

_UNKNOWN_HERE = "BadRequestException"


def detector_of(asker: Asker) -> str | None:
    """Return the id of the region's detector, None when there is none.

    AWS knows at most one per region. Two are an answer that nobody could understand.
    """
    try:
        found = asker.value(DETECTORS)
    except Unseen as miss:
        if miss.code != _UNKNOWN_HERE:
            raise
        # The question has no parameters that could be wrong: GuardDuty does not work in this region.
        raise Unseen(Cause.UNSUPPORTED, miss.code, miss.message) from None
    names = texts(found)
    if len(names) > 1:
        why = f"guardduty:list_detectors: {len(names)} detectors in one region"
        raise Unseen(Cause.FAILED, "MalformedAnswer", why)
    return names[0] if names else None


def texts(answer: object) -> list[str]:
    """Return an answered list of names; raise `TypeError` when it is anything else."""
    if not isinstance(answer, list) or not all(isinstance(name, str) for name in answer):
        raise TypeError("not a list of names")
    return answer
