"""交接: the gate's page. It is an empty frame; children, adults and taps are the business of static/js/gate.js."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import public, requires
from enrollment.models import Section
from staffing.asked import number_in

from .. import selectors


@require_safe
@requires(Capability.HAND_OVER)
@ensure_csrf_cookie
def handover(request, reach):
    mine = selectors.sessions_at_the_gate(request.actor, timezone.localdate())
    wanted = request.GET.get("section")
    section = get_object_or_404(Section, sessions__in=mine, pk=number_in(wanted)) if wanted else None
    context = {"section": section, "csrf_cookie": settings.CSRF_COOKIE_NAME}
    return render(request, "attendance/handover.html", context)


@require_safe
@public("a script without any data; the browser asks for it by itself, also when nobody is signed in")
def gate_worker(request):
    script = (settings.BASE_DIR / "static/dist/gate_worker.js").read_bytes()
    return HttpResponse(script, content_type="text/javascript", headers={"Service-Worker-Allowed": "/attendance/"})
