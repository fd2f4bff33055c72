from datetime import date

import pytest

from afterschool.access.capabilities import Role
from afterschool.errors import RuleBroken
from afterschool.schools.models import CalendarYear
from staffing.actions import approve_sheet, confirm_duties, draft_sheet, return_sheet, review_sheet
from staffing.models import Duty, PaidDuty, StipendLine, StipendSheet
from tests import cast
from tests.attendance.town import at, build

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def clerk(town):
    return cast.act(cast.make_person("会计", Role.FINANCE_CLERK, town.school))


@pytest.fixture
def reviewer(town):
    return cast.act(cast.make_person("复核", Role.FINANCE_REVIEWER, town.school))


@pytest.fixture
def principal(town):
    return cast.act(cast.make_person("校长", Role.PRINCIPAL, town.school))


def served(town, day, hours=2, section=True, person=None, confirmed=True, **more) -> Duty:
    """A duty that was planned for three hours and worked for some of them."""
    duty = town.put_on(
        person or town.teacher, town.section if section else None, day=day,
        **{"starts_at": at(15, day=day), "ends_at": at(18, day=day), "arrived_at": at(15, day=day),
           "left_at": at(15 + hours, day=day), **more},
    )  # fmt: skip
    if confirmed:
        confirm_duties([duty], now=at(19, day=day), by=town.by_leader)
    return duty


@pytest.mark.parametrize(
    ("day", "fen", "minutes"),
    [
        (date(2026, 9, 30), 120_00, "workday_minutes"),  # 2 h × 40 × 150 %
        (date(2026, 10, 10), 120_00, "workday_minutes"),  # a make-up Saturday is a workday
        (date(2026, 10, 11), 160_00, "rest_minutes"),  # 2 h × 40 × 200 %
        (date(2026, 10, 5), 160_00, "rest_minutes"),  # off, but not statutory
        (date(2026, 10, 2), 240_00, "holiday_minutes"),  # 2 h × 40 × 300 %
    ],
)
def test_two_hours_at_base_forty_come_to(town, clerk, day, fen, minutes):
    served(town, day)

    sheet = draft_sheet(school=town.school, month=day, by=clerk)

    line = sheet.lines.get()
    assert (line.amount_fen, getattr(line, minutes), sheet.total_fen) == (fen, 120, fen)
    assert line.by_grade == {"3": fen}
    assert line.cites[0]["clause"] == "四.7"
    assert "2 小时" in line.steps[0]
    assert line.lessons == 0  # paid by the hour, so no lessons are counted


def test_policy_c_pays_sixty_a_lesson(wuhang, c_bureau):
    town = build(wuhang, cast.make_term(c_bureau))
    served(town, date(2026, 10, 13), lessons=2)
    served(town, date(2026, 10, 16), lessons=1)

    sheet = draft_sheet(school=wuhang, month=OCTOBER, by=cast.act(cast.make_person("会计")))

    line = sheet.lines.get()
    assert (line.lessons, line.amount_fen) == (3, 180_00)
    assert line.by_grade == {"3": 180_00}


def test_sheet_pays_confirmed_hours_and_never_the_plan(town, clerk):
    served(town, date(2026, 10, 13), hours=1)
    served(town, date(2026, 10, 16), confirmed=False)

    line = draft_sheet(school=town.school, month=OCTOBER, by=clerk).lines.get()

    assert (line.workday_minutes, line.amount_fen) == (60, 60_00)
    assert PaidDuty.objects.count() == 1


def test_amount_is_shared_by_grade_to_the_fen(town, clerk):
    served(town, date(2026, 10, 13), hours=1)
    served(town, date(2026, 10, 16), section=False, starts_at=at(15, 0, date(2026, 10, 16)), hours=2)
    served(town, date(2026, 10, 11), section=False, hours=1)

    line = draft_sheet(school=town.school, month=OCTOBER, by=clerk).lines.get()

    assert line.amount_fen == 60_00 + 120_00 + 80_00
    assert line.by_grade == {"3": 60_00, "0": 200_00}


def test_draft_is_made_anew_until_it_is_reviewed(town, clerk, reviewer):
    served(town, date(2026, 10, 13), hours=1)
    first = draft_sheet(school=town.school, month=OCTOBER, by=clerk)
    served(town, date(2026, 10, 16), hours=1)
    second = draft_sheet(school=town.school, month=OCTOBER, by=clerk)
    assert (first.pk, second.total_fen) == (second.pk, 120_00)

    review_sheet(second, now=at(9), by=reviewer)
    with pytest.raises(RuleBroken, match="已复核，不能重做"):
        draft_sheet(school=town.school, month=OCTOBER, by=clerk)

    assert StipendLine.objects.get().amount_fen == 120_00


def test_three_people_sign_and_then_it_is_frozen(town, clerk, reviewer, principal):
    served(town, date(2026, 10, 13))
    sheet = draft_sheet(school=town.school, month=OCTOBER, by=clerk)

    with pytest.raises(RuleBroken, match="制表人不能复核"):
        review_sheet(sheet, now=at(9), by=clerk)
    with pytest.raises(RuleBroken, match="制表"):
        approve_sheet(sheet, now=at(9), by=principal)
    review_sheet(sheet, now=at(9), by=reviewer)
    with pytest.raises(RuleBroken, match="不能审批"):
        approve_sheet(sheet, now=at(10), by=reviewer)
    approve_sheet(sheet, now=at(10), by=principal)

    with pytest.raises(RuleBroken, match="已审批"):
        return_sheet(sheet, reason="有误", by=principal)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.approved_by_id) == ("approved", principal.person_id)


def test_reviewed_sheet_goes_back_with_a_reason(town, clerk, reviewer, principal):
    served(town, date(2026, 10, 13))
    sheet = review_sheet(draft_sheet(school=town.school, month=OCTOBER, by=clerk), now=at(9), by=reviewer)
    with pytest.raises(RuleBroken, match="退回的理由"):
        return_sheet(sheet, reason="", by=principal)

    return_sheet(sheet, reason="漏了周五", by=principal)

    sheet.refresh_from_db()
    assert (sheet.state, sheet.reviewed_by) == ("draft", None)


def test_provisional_year_blocks_the_sheet(town, clerk):
    served(town, date(2026, 10, 13))
    CalendarYear.objects.update(official=False)

    with pytest.raises(RuleBroken, match="暂定"):
        draft_sheet(school=town.school, month=OCTOBER, by=clerk)

    assert not StipendSheet.objects.exists()


def test_base_above_the_citys_average_is_refused_with_the_clause(town, clerk):
    served(town, date(2026, 10, 13))
    town.school.stipend_base_fen = 60_01
    town.school.save()

    with pytest.raises(RuleBroken, match="不高于大连市教师每小时平均工资") as refusal:
        draft_sheet(school=town.school, month=OCTOBER, by=clerk)

    assert refusal.value.cite.clause == "四.7"
    assert not StipendSheet.objects.exists()


def test_month_without_confirmed_hours_makes_no_sheet(town, clerk):
    with pytest.raises(RuleBroken, match="还没有已确认的值班时间"):
        draft_sheet(school=town.school, month=OCTOBER, by=clerk)

    assert not StipendSheet.objects.exists()
