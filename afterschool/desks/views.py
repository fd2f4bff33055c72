from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from afterschool.access.capabilities import Capability
from afterschool.access.gate import public
from billing.disclosures.families import months_of
from enrollment.selectors import open_reach

from .selectors import at_a_glance, children_today, headline, tasks_of


@public("the front door: strangers are shown to the sign-in page")
@never_cache
def home(request):
    """What must I do now? One page for every role."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    now, actor = timezone.now(), request.actor
    today = timezone.localdate(now)
    own = actor.reach(Capability.APPLY).students
    children = children_today(own, now, actor.person_id) if own else []
    tasks = tasks_of(actor, today)
    context = {
        "today": today,
        "children": children,
        "tasks": tasks,
        "headline": headline(children, tasks),
        "school_phone": children[0].student.school.phone if children else "",
        "months": months_of(open_reach(actor, today).students) if own else [],
        **at_a_glance(actor, today),
    }
    return render(request, "desks/home.html", context)
