"""台账: of which days, what was made, what is missing in it, and the files."""

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.jobs.book import enqueue
from afterschool.schools.models import School, Term
from staffing.asked import day_in, school_asked

from ..actions.archive import take_out
from ..archive.spells import offered, spell_asked, spell_of
from ..models import Archive

MOST_SHOWN = 30
KINDS = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@require_safe
@requires(Capability.SEE_ARCHIVE)
def archive(request, reach):
    school, today = school_asked(request, reach), timezone.localdate()
    made = Archive.objects.filter(school=school).defer("pdf", "xlsx").select_related("made_by")[:MOST_SHOWN]
    makes = school.pk in request.actor.reach(Capability.KEEP_ARCHIVE).schools
    terms = list(Term.objects.filter(bureau=school.bureau_id))
    context = {
        "school": school,
        "schools": School.objects.within(reach) if reach.bureaus else [],
        "offered": offered(school, today) if makes else None,
        "made": [(one, spell_of(one.first_on, one.last_on, terms)) for one in made],
        "today": today,
    }
    return render(request, "attendance/archive.html", context)


@require_POST
@requires(Capability.KEEP_ARCHIVE)
def archive_make(request, reach):
    school, now = school_asked(request, reach), timezone.localtime()
    days = request.POST.get("days", "").split("/")  # a button; otherwise two dates were written
    first, last = days if len(days) == 2 else (request.POST.get("first"), request.POST.get("last"))
    try:
        spell = spell_asked(school, day_in(first), day_in(last), now.date())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('attendance:archive')}?school={school.pk}")
    # One person's two presses within a minute are one job.
    period = f"{spell.first}/{spell.last} {now:%m-%d %H:%M} {request.actor.person_id}"
    args = {"first": spell.first.isoformat(), "last": spell.last.isoformat()}
    job = enqueue("attendance.archive", period=period, school_id=school.pk, args=args, by=request.actor)
    return redirect("jobs:job-detail", job.pk)


@require_POST
@requires(Capability.SEE_ARCHIVE)
def archive_pdf(request, reach, pk):
    return _file(request, reach, pk, "pdf")


@require_POST
@requires(Capability.SEE_ARCHIVE)
def archive_xlsx(request, reach, pk):
    return _file(request, reach, pk, "xlsx")


def _file(request, reach, pk, kind: str) -> HttpResponse:
    one = get_object_or_404(Archive.objects.within(reach).select_related("school"), pk=pk)
    spell = spell_of(one.first_on, one.last_on, Term.objects.filter(bureau=one.school.bureau_id))
    name = quote(f"{one.school.name}{spell.name}课后服务台账.{kind}")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return HttpResponse(take_out(one, kind, by=request.actor), content_type=KINDS[kind], headers=headers)
