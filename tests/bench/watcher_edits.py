"""Deeds to findings, detectors and regions."""

from __future__ import annotations

from datetime import datetime, timedelta

from driftkeeper.domain.canonical import timestamp
from tests.bench import watchers
from tests.bench.deeds import Edit, World
from tests.bench.things import Thing

_FRESH = timedelta(days=60)
_KEPT = timedelta(days=95)
_FREQUENCIES = ("FIFTEEN_MINUTES", "SIX_HOURS")


def access_found(access: Thing, world: World) -> bool:
    where = access.scope
    made = watchers.new_access(world.rng, where.account, where.region, world.now)
    world.add(made)
    world.expect(made, "aa.finding_opened")
    return True


def access_ended(access: Thing, world: World) -> bool:
    """Take the access away: the finding is resolved, and forgotten when it has been for long."""
    if access.item["status"] == "RESOLVED":
        world.remove(access)
        world.expect(access, "aa.finding_expired")
        return True
    return _is_now(access, world, "RESOLVED", "aa.finding_resolved")


def access_archived(access: Thing, world: World) -> bool:
    is_active = access.item["status"] == "ACTIVE"
    return is_active and _is_now(access, world, "ARCHIVED", "aa.finding_archived")


def access_reopened(access: Thing, world: World) -> bool:
    is_active = access.item["status"] == "ACTIVE"
    return not is_active and _is_now(access, world, "ACTIVE", "aa.finding_reopened")


def _is_now(access: Thing, world: World, status: str, kind: str) -> bool:
    access.item |= {"status": status, "updatedAt": timestamp(world.now)}
    world.expect(access, kind, "status")
    return True


def threat_found(threat: Thing, world: World) -> bool:
    where = threat.scope
    made = watchers.new_threat(world.rng, where.account, where.region, world.now)
    world.add(made)
    world.expect(made, "guardduty.finding_opened")
    return True


def threat_archived(threat: Thing, world: World) -> bool:
    had = threat.item["Archived"]
    threat.item["Archived"] = not had
    world.expect(threat, f"guardduty.finding_{'unarchived' if had else 'archived'}", "Archived")
    return True


def threat_recurred(threat: Thing, world: World) -> bool:
    """Let what somebody archived happen again."""
    if not threat.item["Archived"]:
        return False
    finding = threat.item["Finding"]
    finding["Service"]["Count"] += 1
    finding["UpdatedAt"] = timestamp(world.now)
    world.expect(threat, "guardduty.finding_recurred", "Finding/Service/Count")
    return True


def threat_forgotten(threat: Thing, world: World) -> bool:
    """Drop a finding: old ones expire, of young ones nobody knows why."""
    age = world.now - datetime.fromisoformat(threat.item["Finding"]["UpdatedAt"])
    if _FRESH < age < _KEPT:
        return False
    world.remove(threat)
    world.expect(threat, f"guardduty.finding_{'expired' if age >= _KEPT else 'disappeared'}")
    return True


def detector_switched(detector: Thing, world: World) -> bool:
    on = detector.item["Status"] != "ENABLED"
    detector.item["Status"] = "ENABLED" if on else "DISABLED"
    world.expect(detector, f"guardduty.{'enabled' if on else 'disabled'}", "Status")
    return True


def feature_switched(detector: Thing, world: World) -> bool:
    feature = world.rng.choice(detector.item["Features"])
    on = feature["Status"] != "ENABLED"
    feature["Status"] = "ENABLED" if on else "DISABLED"
    path = f"Features/{feature['Name']}/Status"
    world.expect(detector, f"guardduty.feature_{'enabled' if on else 'disabled'}", path)
    return True


def frequency(detector: Thing, world: World) -> bool:
    name = "FindingPublishingFrequency"
    is_fast = detector.item[name] == _FREQUENCIES[0]
    detector.item[name] = _FREQUENCIES[is_fast]
    world.expect(detector, "guardduty.publishing_frequency_changed", name)
    return True


def detector_recreated(detector: Thing, world: World) -> bool:
    detector.item["DetectorId"] = f"{detector.item['DetectorId'][:12]}{world.number():020}"
    world.expect(detector, "guardduty.detector_recreated")
    return True


def region_switched(region: Thing, world: World) -> bool:
    if region.item["OptInStatus"] == "opt-in-not-required":
        return False
    on = region.item["OptInStatus"] == "not-opted-in"
    region.item["OptInStatus"] = "opted-in" if on else "not-opted-in"
    world.expect(region, f"account.region_{'enabled' if on else 'disabled'}", "OptInStatus")
    return True


ACCESS_EDITS: tuple[Edit, ...] = (access_found, access_ended, access_archived, access_reopened)
THREAT_EDITS: tuple[Edit, ...] = (threat_found, threat_archived, threat_recurred, threat_forgotten)
DETECTOR_EDITS: tuple[Edit, ...] = (
    detector_switched,
    feature_switched,
    frequency,
    detector_recreated,
)
REGION_EDITS: tuple[Edit, ...] = (region_switched,)
