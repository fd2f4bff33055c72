"""One month of one small primary school, through the pages, from the register to the public sheet."""

import pytest

from . import enrolling, money, opening, serving, telling
from .town import found

pytestmark = pytest.mark.slow


def test_month(stage, wall):
    town = found()

    admin = opening.the_register_comes_in(stage, wall, town)
    opening.the_plan_is_filed(stage, wall, town, admin)
    opening.the_bureau_takes_note(stage, wall, town)

    mothers = enrolling.families_apply(stage, wall)
    admin, teachers = enrolling.the_school_answers(stage, wall, town)
    enrolling.both_sides_sign(wall, admin, mothers)

    serving.the_rota_is_written(wall, admin)
    money.october_is_charged(stage, wall, town)
    leader = serving.the_roll_is_taken(stage, wall, town, teachers, mothers)
    serving.children_go_home(wall, teachers, leader, mothers)
    serving.the_leader_closes_the_day(stage, wall, town, teachers, leader)

    serving.the_other_days_go_by(wall, town)
    money.the_fees_come_in(stage, wall, town)
    money.water_is_paid_and_management_fees_are_not(stage, wall, town)
    clerk, reviewer = money.teachers_are_paid(stage, wall, town)
    money.the_month_is_settled(stage, wall, clerk, reviewer)
    money.what_is_left_goes_back(wall, clerk, reviewer)

    telling.the_sheet_is_published(stage, wall, town)
    telling.anybody_may_read_it(stage, town)
    telling.the_family_sees_its_month(stage, wall)
