from django.shortcuts import redirect, render
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.gate import public
from billing.disclosures.families import months_of

from .selectors import tasks_of


@public("the front door: strangers are shown to the sign-in page")
def home(request):
    """What must I do now? One page for every role."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    today = timezone.localdate()
    children = request.actor.reach(Capability.APPLY).students
    context = {
        "today": today,
        "tasks": tasks_of(request.actor, today),
        "months": months_of(children) if children else [],
    }
    return render(request, "desks/home.html", context)
