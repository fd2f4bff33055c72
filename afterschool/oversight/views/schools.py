from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.access.reach import Reach
from afterschool.schools.models import School

from ..contents import flagged
from ..ghosts import never_seen
from ..selectors import last_month, refusals, school_rows, sums, term_now


@require_GET
@requires(Capability.WATCH_SCHOOLS)
def school_list(request, reach):
    """How every school of the bureau stands, what is out of order first."""
    today = timezone.localdate()
    rows = school_rows(reach, today)
    context = {"rows": rows, "sums": sums(rows), "today": today, "last_month": last_month(today)}
    return render(request, "oversight/school_list.html", context)


@require_GET
@requires(Capability.WATCH_SCHOOLS)
def school_detail(request, reach, pk):
    """One school, to read: its plan, its rates, whom it turned away, what it published."""
    school = get_object_or_404(School.objects.within(reach), pk=pk)
    today = timezone.localdate()
    term = term_now(school, today)
    context = {
        "row": school_rows(Reach(schools=frozenset({school.pk})), today)[0],
        "term": term,
        "refusals": refusals(school, term),
        "disclosures": school.disclosures.published().defer("content").select_related("fee_month"),
        "last_month": last_month(today),
        "flagged": flagged([school], today),
        "never_seen": never_seen(school, last_month(today)),
        "may_read_plan": request.actor.may(Capability.SEE_PLANS),
    }
    return render(request, "oversight/school_detail.html", context)
