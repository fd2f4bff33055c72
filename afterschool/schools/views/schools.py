"""The schools of a bureau, and what a school says of itself."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell

from ..actions import add_school, change_school
from ..forms import NewSchoolForm, SchoolForm
from ..models import School
from ..rules import own_rate_of
from ..selectors import schools_with_admins
from .bureaus import bureau_of


@require_safe
@requires(Capability.KEEP_BUREAU)
def school_list(request, reach):
    context = {"schools": schools_with_admins(bureau_of(reach), timezone.localdate())}
    return render(request, "schools/school_list.html", context)


@requires(Capability.KEEP_BUREAU)
def school_create(request, reach):
    form = NewSchoolForm(request.POST or None)
    if form.is_valid():
        try:
            school = add_school(bureau_of(reach), **form.cleaned_data, began_on=timezone.localdate(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"{school}已添加，请{form.cleaned_data['admin_name']}用手机号登录")
            return redirect("schools:school-list")
    return render(request, "schools/school_create.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(Capability.KEEP_REGISTRY)
def school_edit(request, reach):
    schools = School.objects.within(reach).select_related("bureau")
    school = _asked(schools, request.GET.get("school") or request.POST.get("school"))
    today = timezone.localdate()
    form = SchoolForm.of(school, own_rate_of(school, today), request.POST or None)
    if form.is_valid():
        try:
            change_school(school, **form.cleaned_data, today=today, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "学校信息已保存")
            return redirect("schools:school-edit")
    context = {"form": form, "school": school, "schools": schools, "may_keep": True}
    return render(request, "schools/school_edit.html", context, status=422 if form.is_bound else 200)


def _asked(schools, pk: str | None) -> School:
    """The school named in the address, or the first one."""
    if pk:
        return get_object_or_404(schools, pk=pk if pk.isdecimal() else 0)
    school = schools.first()
    if school is None:
        raise Http404
    return school
