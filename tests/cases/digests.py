"""Cases of `cloudtrail.digest`."""

from __future__ import annotations

from typing import Any

from tests.cases.answers import digest
from tests.cases.case import Case

DIGEST = "cloudtrail.digest"
_W, _S = "weakened", "strengthened"
_INVALID = ("cloudtrail.digest_invalid", "Digests", _W, "critical")
_GAP = ("cloudtrail.digest_gap", "Digests", _W, "high")
_SOUND = ("cloudtrail.digest_sound", "Digests", _S, "info")
_KINDS = ("cloudtrail.digest_invalid", "cloudtrail.digest_gap", "cloudtrail.digest_sound")


def wrong(*names: str, reason: str = "it is not there") -> list[dict[str, str]]:
    return [{"Object": f"digest_{name}.json.gz", "Reason": reason} for name in names]


def _missing(*names: str) -> dict[str, Any]:
    return {"Digests.Missing": len(names), "Digests.Wrong": wrong(*names)}


def _gaps(*hours: int) -> dict[str, Any]:
    gaps = [
        {"From": f"2026-03-01T{h:02}:00:00Z", "Until": f"2026-03-01T{h:02}:30:00Z"} for h in hours
    ]
    return {"Digests.Gaps": gaps}


CASES = {
    "digests of another day, all sound": Case(
        DIGEST,
        digest(),
        digest(
            {
                "Digests.Valid": 25,
                "Digests.From": "2026-03-01T02:00:00Z",
                "Digests.Until": "2026-03-02T02:00:00Z",
                "Digests.LogsValid": 1,
                "Digests.PublicKeys": ["bb"],
            }
        ),
        near=_KINDS,
    ),
    "a digest is missing": Case(
        DIGEST, digest(), digest(_missing("a")), expect=(_INVALID,), near=_KINDS[1:]
    ),
    "a digest is missing as well": Case(
        DIGEST, digest(_missing("a")), digest(_missing("a", "b")), expect=(_INVALID,)
    ),
    "another digest is missing": Case(
        DIGEST, digest(_missing("a")), digest(_missing("b")), expect=(_INVALID,)
    ),
    "more are missing than are named": Case(
        DIGEST,
        digest(_missing("a")),
        digest({**_missing("a"), "Digests.Missing": 3}),
        expect=(_INVALID,),
    ),
    "a digest is forged": Case(
        DIGEST,
        digest(),
        digest(
            {"Digests.Invalid": 1, "Digests.Wrong": wrong("a", reason="its signature does not fit")}
        ),
        expect=(_INVALID,),
    ),
    "a missing one is forged": Case(
        DIGEST,
        digest(_missing("a")),
        digest(
            {"Digests.Invalid": 1, "Digests.Wrong": wrong("a", reason="its signature does not fit")}
        ),
        expect=(_INVALID,),
    ),
    "a log file is altered": Case(
        DIGEST,
        digest(),
        digest({"Digests.LogsWrong": 1, "Digests.Wrong": wrong("log", reason="it is not so")}),
        expect=(_INVALID,),
    ),
    "the chain begins anew": Case(
        DIGEST, digest(), digest(_gaps(1)), expect=(_GAP,), near=(_KINDS[0], _KINDS[2])
    ),
    "the chain begins anew and a digest is missing": Case(
        DIGEST, digest(), digest(_gaps(1) | _missing("a")), expect=(_INVALID, _GAP)
    ),
    "the chain begins anew and nothing is missing any more": Case(
        DIGEST, digest(_missing("a")), digest(_gaps(1)), expect=(_GAP,), near=(_KINDS[2],)
    ),
    "nothing is missing any more": Case(
        DIGEST, digest(_missing("a")), digest(), expect=(_SOUND,), near=_KINDS[:2]
    ),
    "less is missing": Case(
        DIGEST, digest(_missing("a", "b")), digest(_missing("b")), expect=(_SOUND,)
    ),
    "a gap is long ago": Case(DIGEST, digest(_gaps(1)), digest(), expect=(_SOUND,)),
    "a trail comes with digests that are wrong": Case(
        DIGEST,
        None,
        digest(_missing("a") | _gaps(1)),
        expect=(
            ("resource.created", "", "neutral", "info"),
            _GAP,
            _INVALID,
        ),
    ),
    "a trail goes": Case(
        DIGEST, digest(), None, expect=(("resource.deleted", "", "neutral", "info"),), near=_KINDS
    ),
}
