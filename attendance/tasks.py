from datetime import date

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.jobs.work import work
from afterschool.schools.models import School
from afterschool.schools.people import actor_for

from . import actions
from .actions.archive import make_archive
from .archive.spells import spell_asked


@shared_task(name="attendance.open_days")
def open_days() -> None:
    """Every school's sessions of today; again through the day for children placed meanwhile."""
    for school_id in School.objects.values_list("pk", flat=True):
        open_school.delay(school_id, timezone.localdate().isoformat())


@shared_task(name="attendance.open_school")
def open_school(school_id: int, day: str) -> None:
    school = School.objects.select_related("bureau").get(pk=school_id)
    actions.open_day(school, day=date.fromisoformat(day), by=Actor.system("attendance.open_school"))


@shared_task(name="attendance.watch")
def watch() -> None:
    """Look at each school that meets today; one that fails keeps no other from being looked at."""
    today = timezone.localdate()
    for school_id in School.objects.filter(sessions__day=today).distinct().values_list("pk", flat=True):
        watch_school.delay(school_id, today.isoformat())


@shared_task(name="attendance.watch_school")
def watch_school(school_id: int, day: str) -> None:
    """Rolls not taken, missing children nobody has heard of, children left behind: these also after the signature,
    for a mark may be corrected, and the child stand there.
    """
    school, on = School.objects.select_related("bureau").get(pk=school_id), date.fromisoformat(day)
    now, by = timezone.now(), Actor.system("attendance.watch_school")
    if not school.day_closes.filter(day=on).exists():
        actions.untaken_rolls(school, day=on, now=now, by=by)
        actions.unresolved_contacts(school, day=on, now=now, by=by)
    actions.children_left(school, day=on, now=now, by=by)


@shared_task(name="attendance.evening")
def evening() -> None:
    """The families of every school that met today; one whose children have not all gone yet is told the next time."""
    today = timezone.localdate()
    for school_id in School.objects.filter(sessions__day=today).distinct().values_list("pk", flat=True):
        tell_school.delay(school_id, today.isoformat())


@shared_task(name="attendance.tell_school")
def tell_school(school_id: int, day: str) -> None:
    actions.tell_families(School.objects.get(pk=school_id), day=date.fromisoformat(day))


@work("attendance.archive")
def run_archive(job, progress) -> dict:
    school, now = School.objects.select_related("bureau").get(pk=job.school_id), timezone.now()
    first, last = (date.fromisoformat(job.args[end]) for end in ("first", "last"))
    spell = spell_asked(school, first, last, timezone.localdate(now))
    archive = make_archive(school, spell, now=now, by=actor_for(job.asked_by), progress=progress)
    return {"url": f"{reverse('attendance:archive')}?school={school.pk}#archive-{archive.pk}"}
