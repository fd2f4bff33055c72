from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.audit.models import Deed

from ..forms import ClassChoiceForm, NameSearchForm
from ..models import Student
from ..roster.words import FLAGS
from ..selectors import classes_of_the_year, guardians_of, with_first_contact

A_PAGE = 50


@requires(Capability.SEE_REGISTRY)
def student_list(request, reach):
    choice = ClassChoiceForm(request.GET, classes=classes_of_the_year(reach))
    search = NameSearchForm(request.POST or None)
    asked = search if search.is_bound else choice
    students = with_first_contact(asked.narrow(Student.objects.within(reach)), timezone.localdate())
    context = {
        "choice": choice,
        "search": search,
        "page": Paginator(students, A_PAGE).get_page(request.GET.get("page")),
        "may_keep": request.actor.may(Capability.KEEP_REGISTRY),
    }
    return render(request, "schools/_students.html" if request.htmx else "schools/student_list.html", context)


@require_safe
@requires(Capability.SEE_REGISTRY)
def student_detail(request, reach, pk):
    students = Student.objects.within(reach).select_related("school", "school_class")
    student = get_object_or_404(students, pk=pk)
    context = {
        "student": student,
        "flags": [word for key, word in FLAGS.items() if getattr(student, key)],
        "guardians": guardians_of(student),
        "deeds": Deed.objects.filter(thing=Student._meta.label, thing_id=student.pk),
    }
    return render(request, "schools/student_detail.html", context)


@require_safe
@requires(Capability.SEE_REGISTRY)
def class_list(request, reach):
    classes = classes_of_the_year(reach).with_headcount().with_teachers(timezone.localdate())
    context = {"classes": classes, "may_keep": request.actor.may(Capability.KEEP_REGISTRY)}
    return render(request, "schools/class_list.html", context)
