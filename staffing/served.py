"""What the rota knows of a duty, as the policy asks for it when it is paid."""

from collections.abc import Sequence
from datetime import date, timedelta

from afterschool.money import Money
from afterschool.plans.cases import WHOLE_DAY, slot_of
from afterschool.policy import stipends
from afterschool.policy.book import Law
from afterschool.schools.calendar import days_of
from afterschool.schools.models import School
from afterschool.schools.rules import case_of, law_of

from .models import Duty
from .selectors import headcounts

WHERE = ("section__offering", "section__school_class")


class Facts:
    """A school's month, for the pay of everybody in it: what kind of days, how many children, which rates."""

    def __init__(self, school: School, first: date, last: date):
        self.school, self.law, self.case = school, law_of(school), case_of(school)
        monday = first - timedelta(days=first.weekday())
        days = days_of(school, monday, last)
        self.kinds = {day.day: day.kind for day in days}
        self.students = headcounts(school, days)
        earlier = Duty.objects.filter(school=school, day__gte=monday, day__lt=first, paid__isnull=False)
        self.earlier = list(earlier.select_related(*WHERE).order_by("starts_at", "pk"))

    def pay(self, duties: Sequence[Duty], *, law: Law | None = None) -> stipends.Pay:
        """One person's duties of the month, by what was adopted or another law.

        What an earlier sheet paid of the first week counts for the week's limit.
        """
        base, average = self.school.stipend_base_fen, self.school.bureau.hourly_wage_fen
        return stipends.pay(
            law or self.law,
            duties=[self.duty(duty) for duty in duties],
            before=[self.duty(duty) for duty in self.earlier if duty.person_id == duties[0].person_id],
            case=self.case,
            base=Money(base) if base else None,
            city_average=Money(average) if average else None,
        )

    def duty(self, duty: Duty) -> stipends.Duty:
        section = duty.section
        klass, offering = (section.school_class, section.offering) if section else (None, None)
        return stipends.Duty(
            duty.day,
            duty.minutes,
            self.kinds[duty.day],
            duty.lessons or None,  # none planned: told from the minutes, if the policy says how long one is
            role="substitute" if duty.stands_in_for_id else duty.role,
            slot=slot_of(offering) if offering else None,
            students=self.students.get((section.pk, duty.day)) if section else None,
            grade=klass.grade if klass else None,
            service=offering.slot if offering and offering.slot in WHOLE_DAY else None,
        )
