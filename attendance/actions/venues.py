"""场所检查: rooms and grounds of the service, looked at when due; what is found is mended by a day."""

from datetime import date

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.schools.models import School
from attendance.models import Venue, VenueCheck
from attendance.selectors.venues import due_on


@transaction.atomic
def add_venue(school: School, *, name: str, every_days: int, today: date, by: Actor) -> Venue:
    """From today on it is looked at, the first time today."""
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    if school.venues.filter(name=name, ended_on=None).exists():
        raise RuleBroken(f"已经有“{name}”了", field="name")
    venue = school.venues.create(name=name, every_days=every_days, began_on=today)
    record(by, "added_venue", venue, name=name, every_days=every_days)
    return venue


@transaction.atomic
def end_venue(venue: Venue, *, today: date, by: Actor) -> Venue:
    """No longer used for the service: nobody is reminded of it any more, its checks stay."""
    venue = Venue.objects.select_for_update().get(pk=venue.pk)
    if venue.ended_on is None:
        venue.ended_on = today
        venue.save(update_fields=["ended_on"])
        record(by, "ended_venue", venue, name=venue.name)
    return venue


@transaction.atomic
def check_venue(
    venue: Venue, *, is_safe: bool, found: str = "", mend_by: date | None = None, today: date, by: Actor
) -> VenueCheck:
    """Write down one look at it. Unsafe: what, and by when it is mended."""
    venue = Venue.objects.select_for_update().get(pk=venue.pk)
    if not is_safe and not found.strip():
        raise RuleBroken("请写明发现了什么", field="found")
    if not is_safe and (mend_by is None or mend_by < today):
        raise RuleBroken("请写明哪天以前改好", field="mend_by")
    due = due_on(venue, venue.checks.first())
    if venue.ended_on is not None or venue.checks.filter(due_on=due).exists():
        raise RuleBroken("这个场所已经停用，或者今天已经检查过")
    finding = {} if is_safe else {"found": found.strip(), "mend_by": mend_by}
    check = venue.checks.create(
        school_id=venue.school_id, due_on=due, checked_on=today, is_safe=is_safe, by_id=by.signer, **finding
    )
    record(by, "checked_venue", check, venue=venue.name, is_safe=is_safe, found=check.found, due_on=due.isoformat())
    return check


@transaction.atomic
def mend_venue(check: VenueCheck, *, today: date, by: Actor) -> VenueCheck:
    """What was found there is mended."""
    check = VenueCheck.objects.select_for_update(of=("self",)).select_related("venue").get(pk=check.pk)
    if check.is_safe:
        raise RuleBroken("这次检查没有发现隐患")
    if check.mended_on is None:
        check.mended_on = today
        check.save(update_fields=["mended_on"])
        record(by, "mended_venue", check, venue=check.venue.name, found=check.found, mend_by=str(check.mend_by))
    return check
