"""接送人 for guardians, 接送限制 for the office."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.schools.models import Student

from .. import actions
from ..forms import FaceForm, PickupForm, RestrictionEndForm, RestrictionForm, RestrictionKeepForm, refuse_on
from ..models import DisputeHold, PickupPerson, PickupRestriction
from ..selectors import collectors_of, collectors_shown, found_children, guardians_to_tell, open_reach


@requires(Capability.APPLY)
def pickup_list(request, reach):
    """All one's children, each with the adults who may collect today."""
    return _pickup_page(request, reach)


@require_POST
@requires(Capability.APPLY)
def pickup_create(request, reach, student_id):
    student = _student(reach, student_id)
    form = PickupForm(request.POST, prefix=f"child-{student_id}")
    if form.is_valid():
        try:
            actions.name_pickup(student=student, **form.cleaned_data, began_on=timezone.localdate(), by=request.actor)
        except RuleBroken as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, f"已授权{form.cleaned_data['name']}接{student.name}。")
            return redirect("enrollment:pickup-list")
    return _pickup_page(request, reach, typed={student_id: form}, status=422)


def _pickup_page(request, reach, typed=None, refused=(0, ""), status=200):
    students = list(Student.objects.within(reach).enrolled().select_related("school_class"))
    known = collectors_shown(students, timezone.localdate(), request.actor.person_id)
    families = [
        (student, known[student.pk], (typed or {}).get(student.pk) or PickupForm(prefix=f"child-{student.pk}"))
        for student in students
    ]
    named = PickupPerson.objects.within(reach).filter(named_by=request.actor.person_id).values_list("pk", flat=True)
    context = {
        "families": families,
        "refused": refused,
        "own": set(named),
        "seen": set(named.exclude(photo=None)),
        "open": open_reach(request.actor, timezone.localdate()).students,
    }
    return render(request, "enrollment/pickup_list.html", context, status=status)


@require_POST
@requires(Capability.APPLY)
def pickup_end(request, reach, pk):
    person = get_object_or_404(PickupPerson.objects.within(reach), pk=pk)
    try:
        actions.end_pickup(person=person, today=timezone.localdate(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已停用：{person.name}从现在起不能接孩子。")
    return redirect("enrollment:pickup-list")


@requires(Capability.APPLY)
def pickup_photo(request, reach, pk):
    """The face of an adult one has named: to see, to put in or to replace."""
    person = get_object_or_404(PickupPerson.objects.within(reach), pk=pk)
    if request.method != "POST":
        if not person.photo or person.named_by_id != request.actor.person_id:
            raise Http404
        return HttpResponse(bytes(person.photo), content_type="image/jpeg", headers={"Content-Disposition": "inline"})
    form = FaceForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.photograph(person=person, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            form.add_error("photo", str(refusal))
        else:
            messages.success(request, f"{person.name}的照片已存，校门口的老师和门卫看得到。")
            return redirect("enrollment:pickup-list")
    return _pickup_page(request, reach, refused=(pk, form.errors["photo"][0]), status=422)


@requires(Capability.RESTRICT_PICKUP)
def restriction_list(request, reach):
    rows = PickupRestriction.objects.within(reach).select_related(
        "student__school_class", "recorded_by", "confirmed_by"
    )
    q, today = request.GET.get("q", ""), timezone.localdate()
    disputes = DisputeHold.objects.within(reach).filter(ended_on=None).select_related("student__school_class")
    to_call = guardians_to_tell([hold.student for hold in disputes], today, today)
    context = {
        "restrictions": rows.order_by("-began_on", "-id"),
        "lapsing": set(PickupRestriction.objects.within(reach).lapsing(today).values_list("pk", flat=True)),
        "disputes": [(hold, to_call[hold.student_id]) for hold in disputes],
        "today": today,
        "q": q,
        "found": found_children(Student.objects.within(reach), q),
    }
    return render(request, "enrollment/restriction_list.html", context)


@requires(Capability.RESTRICT_PICKUP)
def restriction_create(request, reach, student_id):
    student = _student(reach, student_id)
    form = RestrictionForm(request.POST or None, initial={"began_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.restrict(student=student, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, "已登记，立即生效。请另一位老师今天之内核对文书并复核。")
            if not made.person_id and not made.pickup_person_id:
                messages.warning(
                    request, f"{student.name}的监护人、授权接送人里没有叫“{made.person_name}”的，请核对姓名。"
                )
            return redirect("enrollment:restriction-list")
    adults = collectors_of([student], timezone.localdate())[student.pk]
    context = {"student": student, "form": form, "adults": [adult.name for adult in adults]}
    status = 422 if request.method == "POST" else 200
    return render(request, "enrollment/restriction_form.html", context, status=status)


@requires(Capability.RESTRICT_PICKUP)
def restriction_keep(request, reach, pk):
    """The document lapses: it stays, for a reason. Lifting it is the other page."""
    restriction = get_object_or_404(PickupRestriction.objects.within(reach).select_related("student"), pk=pk)
    form, today = RestrictionKeepForm(request.POST or None), timezone.localdate()
    if request.method == "POST" and form.is_valid():
        try:
            actions.keep_restriction(restriction=restriction, **form.cleaned_data, today=today, by=request.actor)
        except RuleBroken as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, "已复审，限制继续有效。")
            return redirect("enrollment:restriction-list")
    context = {"student": restriction.student, "restriction": restriction, "form": form, "keeps": True}
    status = 422 if request.method == "POST" else 200
    return render(request, "enrollment/restriction_form.html", context, status=status)


@require_POST
@requires(Capability.RESTRICT_PICKUP)
def restriction_confirm(request, reach, pk):
    restriction = get_object_or_404(PickupRestriction.objects.within(reach), pk=pk)
    try:
        actions.confirm_restriction(restriction=restriction, by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已复核。")
    return redirect("enrollment:restriction-list")


@requires(Capability.RESTRICT_PICKUP)
def restriction_end(request, reach, pk):
    restriction = get_object_or_404(PickupRestriction.objects.within(reach).select_related("student"), pk=pk)
    form = RestrictionEndForm(request.POST or None, initial={"ended_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_restriction(restriction=restriction, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, "已解除，记录保留。")
            return redirect("enrollment:restriction-list")
    context = {"student": restriction.student, "restriction": restriction, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "enrollment/restriction_form.html", context, status=status)


def _student(reach, student_id):
    return get_object_or_404(Student.objects.within(reach).enrolled().select_related("school_class"), pk=student_id)
