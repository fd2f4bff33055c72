"""放学批次: which grades leave when, by which gate."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from staffing.asked import number_in, school_asked

from ..actions import begin_batch, end_batch
from ..day_forms import BatchForm, LastDayForm
from ..models import Batch
from ..selectors.batches import still_in_class


@require_safe
@requires(Capability.KEEP_ROTA)
def batches(request, reach):
    school = school_asked(request, reach)
    return _page(request, school, BatchForm(school=school, initial={"began_on": timezone.localdate()}))


@require_POST
@requires(Capability.KEEP_ROTA)
def batch_create(request, reach):
    school = school_asked(request, reach)
    form = BatchForm(request.POST, school=school)
    if form.is_valid():
        try:
            batch = begin_batch(school, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"{batch.name} 已定，校门口的名单会按它排")
            return redirect(_address(school))
    return _page(request, school, form)


@require_POST
@requires(Capability.KEEP_ROTA)
def batch_end(request, reach, pk):
    batch, form = get_object_or_404(Batch.objects.within(reach), pk=pk), LastDayForm(request.POST)
    try:
        if form.is_valid():
            end_batch(batch, **form.cleaned_data, by=request.actor)
            messages.success(request, f"{batch.name} 已结束")
        else:
            messages.error(request, "请填最后一天")
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    return redirect(_address(batch.school))


def _page(request, school, form):
    today = timezone.localdate()
    found = Batch.objects.filter(school=school)
    lasting = found.exclude(ended_on__lt=today)
    outside = set(school.grades) - {grade for batch in lasting.open_on(today) for grade in batch.grades}
    context = {
        "school": school,
        "today": today,
        "batches": lasting,
        "past": found.filter(ended_on__lt=today),
        "outside": sorted(outside),
        "form": form,
        "early": _early(school, form) if "despite" in form.errors else "",
        "chosen": [number_in(grade) for grade in form.data.getlist("grades")] if form.is_bound else [],
    }
    return render(request, "attendance/batches.html", context, status=422 if form.errors else 200)


def _address(school) -> str:
    return f"{reverse('attendance:batches')}?school={school.pk}"


def _early(school, form) -> str:
    """What the button says that it has been read."""
    return still_in_class(school, *(form.cleaned_data[name] for name in ("grades", "leaves_at", "began_on")))
