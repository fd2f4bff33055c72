"""参加学生名册: who sits where, with guardians and the people who may collect; to read, print and take away."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires

from ..roster import roster_of, roster_xlsx
from .ways import ways_of


@requires(Capability.SEE_PLACEMENTS)
def roster(request, reach):
    today = timezone.localdate()
    context = {"sections": roster_of(reach, today), "today": today, "ways": ways_of(request.actor)}
    return render(request, "enrollment/roster.html", context)


@requires(Capability.SEE_PLACEMENTS)
def roster_file(request, reach):
    today = timezone.localdate()
    name = f"attachment; filename=roster-{today:%Y%m%d}.xlsx"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(
        roster_xlsx(roster_of(reach, today), today), content_type=kind, headers={"Content-Disposition": name}
    )
