"""What a page was asked for: which school, which day, which month."""

import re
from datetime import date, timedelta

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_date

from afterschool.access.reach import Reach
from afterschool.schools.models import School

NUMBER = re.compile(r"\d{1,18}")


def school_asked(request, reach: Reach) -> School:
    """The school named in the address, or the first within reach; outside it there is nothing."""
    schools = School.objects.within(reach).select_related("bureau")
    asked = request.GET.get("school") or request.POST.get("school")
    if asked:
        return get_object_or_404(schools, pk=number_in(asked))
    school = schools.first()
    if school is None:
        raise Http404
    return school


def day_asked(request, name: str = "day") -> date:
    """The day named in the address or form, or today."""
    return day_in(request.GET.get(name) or request.POST.get(name)) or timezone.localdate()


def monday_asked(request) -> date:
    day = day_asked(request, "week")
    return day - timedelta(days=day.weekday())


def number_in(text: str | None) -> int:
    """0, which nothing has for its number, where the text is no number that could be one."""
    return int(text) if text and NUMBER.fullmatch(text) else 0


def day_in(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None
