"""A family's meals, on the phone: order, stop, and what was paid and eaten."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.schools.models import Student
from billing.models import MealConsent
from billing.views.saying import said
from enrollment.asked import unbarred

from ..actions import ask_meal_leave, order_meal, stop_meal
from ..forms import LeaveForm, OrderForm
from ..selectors.families import consents_of, offers_to
from ..selectors.overview import family_months
from ..selectors.purse import purse, receipts_of


@requires(Capability.APPLY)
@unbarred
def my_meals(request, reach, student_id):
    student, today = _child(reach, student_id), timezone.localdate()
    held = purse(student.pk)
    context = {
        "student": student,
        "offers": offers_to(student, today),
        "consents": consents_of(student, today),
        "today": today,
        "months": list(family_months(student.pk)),
        "purse": held,
        "owed": -held,
        "receipts": receipts_of(student.pk),
    }
    return render(request, "meals/my_meals.html", context)


@require_POST
@requires(Capability.APPLY)
@unbarred
def meal_order(request, reach, student_id):
    student, now = _child(reach, student_id), timezone.now()
    form = OrderForm(request.POST, school=student.school_id)
    with said(request):
        if not form.is_valid():
            raise RuleBroken("请选好日期，看过同意书再勾选“我看过了，同意”")
        order_meal(student, **form.order(), now=now, by=request.actor)
    return redirect("meals:my-meals", student_id)


@require_POST
@requires(Capability.APPLY)
@unbarred
def meal_leave(request, reach, student_id):
    student, form = _child(reach, student_id), LeaveForm(request.POST)
    with said(request, "请好假了。在退餐截止时间以前请的，餐费月底退回"):
        if not form.is_valid():
            raise RuleBroken("请选好从哪天到哪天")
        ask_meal_leave(student, **form.cleaned_data, now=timezone.now(), by=request.actor)
    return redirect("meals:my-meals", student_id)


@require_POST
@requires(Capability.APPLY)
@unbarred
def meal_stop(request, reach, pk):
    consent = get_object_or_404(MealConsent.objects.within(reach).select_related("school", "meal"), pk=pk)
    with said(request, f"{consent.meal.name}停了，从下一个供餐日起不再收；多交的月底退给付款人"):
        stop_meal(consent, now=timezone.now(), by=request.actor)
    return redirect("meals:my-meals", consent.student_id)


def _child(reach, student_id) -> Student:
    if student_id not in reach.students:
        raise Http404
    return get_object_or_404(Student.objects.select_related("school", "school_class"), pk=student_id)
