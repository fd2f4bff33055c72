"""联系记录: the child is missing, the guardian is called, the answer is one tap."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.access.models import Person
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from enrollment.selectors import guardians_to_tell

from .. import selectors
from ..actions import note_contact
from ..asked import child_asked, session_asked
from ..models import ContactAttempt
from ..roll_forms import ContactForm


@requires(Capability.TAKE_ROLL)
def contact_create(request, reach, pk, student_id):
    session = session_asked(request, reach, pk)
    student = child_asked(session, student_id)
    ties = guardians_to_tell([student], session.day, timezone.localdate())[student.pk]
    people = Person.objects.filter(pk__in=[tie.person_id for tie in ties])
    form = ContactForm(request.POST or None, people=people)
    if form.is_valid():
        try:
            note_contact(session, student=student, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"{student.name}的联系结果已记下")
            return redirect("attendance:session-roll", pk)
    missing = selectors.missing_children(session.school, session.day, [student])
    context = {
        "session": session,
        "student": student,
        "ties": ties,
        "form": form,
        "missing": missing[0] if missing else None,
        "results": ContactAttempt.Result.choices,
    }
    return render(request, "attendance/contact_create.html", context, status=422 if form.is_bound else 200)
