"""Who may stay with the children nobody has collected yet."""

from datetime import date

from django.db.models import Exists, OuterRef

from afterschool.schools.models import School
from staffing.models import Duty
from staffing.selectors import people_for


def keepers(school: School, day: date):
    """Teachers and leaders of the school, those on duty that day first."""
    on_duty = Exists(Duty.objects.filter(school=school, day=day, person=OuterRef("pk")))
    return people_for(school, day, Duty.Role.TEACHER).annotate(on_duty=on_duty).order_by("-on_duty", "name", "pk")
