from django.shortcuts import redirect, render
from django.utils import timezone

from afterschool.access.capabilities import Capability, Role
from afterschool.access.gate import public
from afterschool.schools.desk import TEACHING
from billing.disclosures.families import months_of

from .selectors import tasks_of


@public("the front door: strangers are shown to the sign-in page")
def home(request):
    """What must I do now? One page for every role."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    today = timezone.localdate()
    children = request.actor.reach(Capability.APPLY).students
    on_the_phone = request.actor.roles <= TEACHING | {Role.GUARDIAN}
    context = {
        "base": "base_screen.html" if on_the_phone else "base_desk.html",
        "today": today,
        "tasks": tasks_of(request.actor, today),
        "months": months_of(children) if children else [],
    }
    return render(request, "desks/home.html", context)
