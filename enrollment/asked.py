"""Which children a guardian's page may be asked for."""

from functools import wraps

from django.db.models import QuerySet
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.reach import Reach
from afterschool.schools.models import Student

from .selectors import open_reach


def unbarred(view):
    """Below `requires(Capability.APPLY)`: a child whom the guardian must not collect is not there. What was applied for,
    signed, ordered, charged and paid tells where the child is on which day, and holds the other guardian's words.
    """

    @wraps(view)
    def asked(request, reach, *args, **kwargs):
        return view(request, open_reach(request.actor, timezone.localdate()), *args, **kwargs)

    return asked


def kept_from(request, reach: Reach) -> QuerySet[Student]:
    """Of these the page says nothing but: please ask the school."""
    own = request.actor.reach(Capability.APPLY).students
    return Student.objects.filter(pk__in=own - reach.students).select_related("school")
