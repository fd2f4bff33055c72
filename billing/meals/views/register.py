"""代收项目: what the school collects for whom, at what price."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import NoRule, RuleBroken
from afterschool.refusals import tell
from afterschool.schools.models import School
from billing.models import Meal
from billing.views.saying import rights, said

from ..actions import end_meal, enter_meal, publish_meal
from ..forms import EndForm, MealForm
from ..selectors.register import collected, meals_within


@requires(Capability.SEE_BOOKS)
def meal_list(request, reach):
    keeps = request.actor.reach(Capability.KEEP_BOOKS)
    schools = list(School.objects.within(keeps)) if keeps else []
    context = {
        **rights(request),
        "meals": meals_within(reach, request.actor),
        "schools": schools,
        "today": timezone.localdate(),
    }
    return render(request, "meals/meal_list.html", context)


@requires(Capability.KEEP_BOOKS)
def meal_create(request, reach, school_id):
    school = get_object_or_404(School.objects.within(reach), pk=school_id)
    today = timezone.localdate()
    form = MealForm(request.POST or None, items=collected(school, today), initial={"leave_until": "16:00"})
    if request.method == "POST" and form.is_valid():
        try:
            meal = enter_meal(school, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        except NoRule as silence:
            form.add_error("began_on", str(silence))
        else:
            messages.success(request, f"{meal.name}已登记，等复核公布；公布以后家长才能订")
            return redirect("meals:meal-list")
    context = {"form": form, "school": school, "today": today}
    return render(request, "meals/meal_form.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def meal_publish(request, reach, pk):
    meal = _meal(reach, pk)
    with said(request, f"{meal.name}已公布，家长可以订了"):
        publish_meal(meal, now=timezone.now(), by=request.actor)
    return redirect("meals:meal-list")


@require_POST
@requires(Capability.KEEP_BOOKS)
def meal_end(request, reach, pk):
    meal, form = _meal(reach, pk), EndForm(request.POST)
    with said(request, f"{meal.name}的最后一天已经定下"):
        if not form.is_valid():
            raise RuleBroken("请填写最后一天")
        end_meal(meal, last_on=form.cleaned_data["last_on"], by=request.actor)
    return redirect("meals:meal-list")


def _meal(reach, pk) -> Meal:
    return get_object_or_404(Meal.objects.within(reach).select_related("school"), pk=pk)
