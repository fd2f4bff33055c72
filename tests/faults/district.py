"""Eight small schools of one bureau before the end of three months: signed agreements, seats, paid fees."""

from datetime import date

from afterschool.access.capabilities import Role
from afterschool.schools.actions.calendar import fill_calendar
from billing.actions import open_month
from tests import cast
from tests.billing.conftest import enroll

MONTHS = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1))
SCHOOLS, CHILDREN = 8, 3


def build() -> None:
    bureau = cast.make_bureau()
    term = cast.make_term(bureau)
    fill_calendar(bureau, 2026, by=cast.Actor.system("test"))
    finance = cast.make_person("秦局", Role.BUREAU_FINANCE, bureau)
    for number in range(SCHOOLS):
        school = cast.make_school(bureau, f"第{number}小学")
        plan = cast.make_plan(school, term)
        for child in range(CHILDREN):
            enroll(cast.make_student(cast.make_class(school), f"学生{child}"), plan)
        for month in MONTHS:
            open_month(school, month=month, by=cast.act(finance))
