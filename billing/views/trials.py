import json

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import NoRule
from afterschool.policy.trial import ScenarioError, checked, read, simulate
from billing.forms import TRIALS
from billing.selectors.trial_answers import laid_out
from billing.selectors.trials import place_of, tried_at

MAY_TRY = Capability.KEEP_BOOKS, Capability.SEE_BOOKS, Capability.ADOPT_POLICIES


@requires(*MAY_TRY)
def trial(request, reach):
    """A case tried on a policy: what to try, a few fields, and what comes of it below."""
    form = _form(request, place_of(reach), timezone.localdate())
    context = {"form": form, "kinds": [(one.what, one.title) for one in TRIALS.values()]} | (
        _answer(form) if form.is_bound and form.is_valid() else {}
    )
    page = "billing/_trial.html" if request.htmx else "billing/trial.html"
    return render(request, page, context, status=422 if form.errors else 200)


def _form(request, place, today):
    tried = tried_at(place, request.actor, today)
    if request.method == "POST":
        kind = TRIALS.get(request.POST.get("what", ""), TRIALS["price"])
        return kind(request.POST, request.FILES, place=place, tried=tried, today=today)
    kind = TRIALS.get(request.GET.get("what", ""), TRIALS["price"])
    return kind(initial=kind.beginning(place, today, request.GET), place=place, tried=tried, today=today)


def _answer(form) -> dict:
    try:
        scenario = checked(form.scenario())
        result = simulate(form.law, scenario)
    except ScenarioError as odd:
        form.point_out(odd)
        return {}
    except NoRule as silence:
        form.add_error(None, str(silence))
        return {}
    return {"told": laid_out(result, form.tried), "scenario": json.dumps(scenario, ensure_ascii=False, indent=2)}


@require_POST
@requires(*MAY_TRY)
def trial_download(request, reach):
    """The scenario just tried, as a file to keep, change and try again."""
    try:
        scenario = read(request.POST.get("scenario", ""))
    except ScenarioError as odd:
        return HttpResponse(str(odd), status=422, content_type="text/plain; charset=utf-8")
    response = HttpResponse(json.dumps(scenario, ensure_ascii=False, indent=2), content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="scenario.json"'
    return response
