"""A family's own months, on the phone."""

from django.http import Http404
from django.shortcuts import render

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from billing.wechat.selectors import due_of

from ..again import again_of
from ..families import all_months_of, disclosure_of, month_of


@requires(Capability.APPLY)
def month_list(request, reach):
    return render(request, "disclosures/month_list.html", {"children": all_months_of(reach.students)})


@requires(Capability.APPLY)
def month_detail(request, reach, student_id, month):
    found = month_of(student_id, month) if student_id in reach.students else None
    if found is None:
        raise Http404
    disclosure = disclosure_of(found.fee_month)
    context = {
        "month": found,
        "disclosure": disclosure,
        "again": again_of(found, disclosure),
        "due": due_of(found.student, found.fee_month),
    }
    return render(request, "disclosures/month_detail.html", context)
