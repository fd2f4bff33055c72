"""抽查名单: children a school charged for a month in which no roll ever found them there (D5)."""

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from afterschool.schools.models import School, Student
from attendance.models import Mark, Session
from billing.models import Charge, FeeMonth


def never_seen(school: School, month: date) -> QuerySet[Student]:
    """Whom to ask about: what they paid was not all given back, and rolls were taken meanwhile."""
    fee_month = FeeMonth.objects.filter(school=school, month=month).first()
    days = (fee_month.month, fee_month.last_on) if fee_month else (month, month)
    held = Session.objects.filter(school=school, day__range=days, taken_at__isnull=False)
    if not held.exists():
        return Student.objects.none()
    seen = Mark.objects.filter(student=OuterRef("pk"), session__in=held, status__in=Mark.HERE)
    kept = Q(net_fen__gt=F("refunded_fen") + F("remitted_fen")) | Q(net_fen=0)
    charged = Charge.objects.filter(kept, student=OuterRef("pk"), fee_month=fee_month)
    asked = Student.objects.filter(Exists(charged), ~Exists(seen), school=school)
    return asked.select_related("school_class").order_by("school_class__grade", "school_class__number", "sort_key")
