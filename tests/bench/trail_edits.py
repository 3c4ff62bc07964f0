"""Deeds to trails and to the public access block of the account."""

from __future__ import annotations

from datetime import timedelta

from driftkeeper.domain.canonical import timestamp
from tests.bench import things
from tests.bench.deeds import Edit, World, turned
from tests.bench.things import Thing


def logging(trail: Thing, world: World) -> bool:
    kind = "cloudtrail.logging"
    turned(trail, world, "Status/IsLogging", f"{kind}_stopped", f"{kind}_started")
    status = trail.item["Status"]
    act = "StartLoggingTime" if status["IsLogging"] else "StopLoggingTime"
    status[act] = timestamp(world.now)
    return True


def interruption(trail: Thing, world: World) -> bool:
    status = trail.item["Status"]
    if not status["IsLogging"]:
        return False
    status["StopLoggingTime"] = timestamp(world.now)
    status["StartLoggingTime"] = timestamp(world.now + timedelta(minutes=4))
    world.expect(trail, "cloudtrail.logging_interrupted", "Status/StopLoggingTime")
    return True


def validation(trail: Thing, world: World) -> bool:
    kind = "cloudtrail.validation"
    path = "LogFileValidationEnabled"
    return turned(trail, world, path, f"{kind}_disabled", f"{kind}_enabled")


def coverage(trail: Thing, world: World) -> bool:
    kind = "cloudtrail.multi_region"
    return turned(trail, world, "IsMultiRegionTrail", f"{kind}_disabled", f"{kind}_enabled")


def management_events(trail: Thing, world: World) -> bool:
    """Log write events only, or all."""
    found = next(
        one for one in trail.item["Selectors"]["EventSelectors"] if one["IncludeManagementEvents"]
    )
    less = found["ReadWriteType"] == "All"
    found["ReadWriteType"] = "WriteOnly" if less else "All"
    kind = f"cloudtrail.management_events_{'reduced' if less else 'restored'}"
    world.expect(trail, kind, "Selectors")
    return True


def account_block(block: Thing, world: World) -> bool:
    """Switch one of the four switches."""
    flag = world.rng.choice(things.FLAGS)
    block.item[flag] = not block.item[flag]
    kind = "strengthened" if block.item[flag] else "weakened"
    world.expect(block, f"s3.account_public_access_block_{kind}")
    return True


TRAIL_EDITS: tuple[Edit, ...] = (
    logging,
    interruption,
    validation,
    coverage,
    management_events,
)
ACCOUNT_EDITS: tuple[Edit, ...] = (account_block,)
