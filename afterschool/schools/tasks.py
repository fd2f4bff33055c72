from datetime import date

from django.urls import reverse

from afterschool.access.reach import Actor
from afterschool.jobs.models import Job
from afterschool.jobs.work import work

from . import actions
from .models import RosterImport


@work(actions.roster.READ)
def read_roster(job: Job, progress) -> dict:
    roster_import = RosterImport.objects.get(pk=job.args["import"])
    actions.read_roster(roster_import, progress=progress, by=_asker(job))
    return {"url": reverse("schools:roster-detail", args=[roster_import.pk])}


@work(actions.roster.APPLY)
def apply_roster(job: Job, progress) -> dict:
    roster_import = RosterImport.objects.get(pk=job.args["import"])
    on, left = date.fromisoformat(job.args["on"]), job.args["left"]
    roster_import = actions.apply_roster(roster_import, on=on, left=left, progress=progress, by=_asker(job))
    # The register changed since the preview: nothing was written, and the page says why it shows another preview.
    anew = "?anew=1" if roster_import.state == RosterImport.State.PREVIEW else ""
    return {"url": reverse("schools:roster-detail", args=[roster_import.pk]) + anew}


def _asker(job: Job) -> Actor:
    """Whoever asked; the gate looked at the right to do so when the job was written down."""
    return Actor(name=job.asked_by.name, person_id=job.asked_by_id) if job.asked_by else Actor.system(job.kind)
