"""What a guardian does on the phone: apply, look, mend, take back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.schools.models import Student

from .. import actions
from ..asked import kept_from, unbarred
from ..forms import ApplicationForm, PickupFormSet, refuse_on
from ..models import Application
from ..progress import progress_of
from ..selectors import collectors_shown, fee_of, invitations, live_application, terms_open_to


@requires(Capability.APPLY)
@unbarred
def apply_start(request, reach):
    invited = invitations(Student.objects.within(reach).enrolled(), timezone.localdate())
    context = {"invitations": invited, "kept_from": kept_from(request, reach)}
    return render(request, "enrollment/apply_start.html", context)


@requires(Capability.APPLY)
@unbarred
def apply(request, reach, student_id, term_id):
    student, term = _asked(reach, student_id, term_id)
    live = live_application(student, term)
    if live:
        return redirect("enrollment:application-detail", live.pk)
    form = ApplicationForm(request.POST or None, student=student, term=term)
    adults = PickupFormSet(request.POST or None, prefix="pickup")
    if request.method == "POST" and form.is_valid() and adults.is_valid():
        pickup = [adult for adult in adults.cleaned_data if adult]
        try:
            application = actions.apply(
                student=student, term=term, **form.wish(), pickup=pickup, now=timezone.now(), by=request.actor
            )
        except RuleBroken as refusal:
            refuse_on(form, refusal)
        else:
            return redirect("enrollment:application-detail", application.pk)
    return _wish_page(request, form, student, term, adults=adults)


@requires(Capability.APPLY)
@unbarred
def application_mend(request, reach, pk):
    application = get_object_or_404(_applications(reach), pk=pk)
    if application.state != Application.State.RETURNED:
        return redirect("enrollment:application-detail", pk)
    form = ApplicationForm(
        request.POST or None, student=application.student, term=application.term, application=application
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.resubmit(application=application, **form.wish(), now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            refuse_on(form, refusal)
        else:
            return redirect("enrollment:application-detail", pk)
    return _wish_page(request, form, application.student, application.term, application=application)


def _wish_page(request, form, student, term, **more):
    today = timezone.localdate()
    context = {
        "form": form,
        "student": student,
        "term": term,
        "fee": fee_of(student, form.offerings, max(today, term.began_on)),
        "known": collectors_shown([student], today, request.actor.person_id)[student.pk],
        **more,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "enrollment/apply.html", context, status=status)


@requires(Capability.APPLY)
@unbarred
def application_detail(request, reach, pk):
    application = get_object_or_404(_applications(reach).prefetch_related("choices__offering"), pk=pk)
    agreement, student = getattr(application, "agreement", None), application.student
    context = {
        "application": application,
        "agreement": agreement,
        "progress": progress_of(application, agreement, timezone.now()),
        "known": collectors_shown([student], timezone.localdate(), request.actor.person_id)[student.pk],
    }
    return render(request, "enrollment/application_detail.html", context)


@require_POST
@requires(Capability.APPLY)
@unbarred
def application_take_back(request, reach, pk):
    application = get_object_or_404(_applications(reach), pk=pk)
    try:
        actions.take_back(application=application, by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已撤回，随时可以再报。")
    return redirect("enrollment:application-detail", pk)


@require_POST
@requires(Capability.APPLY)
@unbarred
def decline(request, reach, student_id, term_id):
    student, term = _asked(reach, student_id, term_id)
    actions.decline(student=student, term=term, now=timezone.now(), by=request.actor)
    messages.success(request, f"已记下：{student.name}暂不参加。想参加时随时可以来报名。")
    return redirect("enrollment:apply-start")


def _asked(reach, student_id, term_id):
    students = Student.objects.within(reach).enrolled().select_related("school", "school_class")
    student = get_object_or_404(students, pk=student_id)
    return student, get_object_or_404(terms_open_to(student, timezone.localdate()), pk=term_id)


def _applications(reach):
    return Application.objects.within(reach).select_related(
        "student__school_class", "school__bureau", "term", "guardian", "agreement"
    )
