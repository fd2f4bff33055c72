"""The calendar: what the nation says, what bureau and school say otherwise, and what may be settled on it."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from afterschool.policy import load
from afterschool.policy.national import national_days
from afterschool.schools.actions import change_day, change_days, confirm_year, fill_calendar, open_term
from afterschool.schools.calendar import days_of, days_of_each, require_settled, service_days
from afterschool.schools.models import Adoption, CalendarChange, CalendarDay, CalendarYear, PolicyText
from tests import cast
from tests.policy import tiny

KEEPER = Actor.system("tests")
WORKDAY, REST, HOLIDAY = CalendarDay.Kind
SUBSTITUTE_MONDAY = date(2026, 4, 6)
MAKE_UP_SATURDAY = date(2026, 10, 10)
PLAIN_TUESDAY = date(2026, 10, 13)


@pytest.fixture
def year(d_bureau, term):
    return fill_calendar(d_bureau, 2026, by=KEEPER)


@pytest.fixture
def keep():
    """Adopt a policy of these few rules."""

    def adopt(bureau, text):
        uploader = cast.make_person("钱颖", Role.BUREAU_KEEPER, bureau)
        body = tiny.file(text, code="tiny-days", since="2026-09-01")
        PolicyText.objects.create(code="tiny-days", title="办法", body=body, bureau=bureau, uploaded_by=uploader)
        Adoption.objects.create(bureau=bureau, policy="tiny-days", began_on=date(2026, 9, 1))
        load.cache_clear()

    yield adopt
    load.cache_clear()


def the_day(place, day):
    return days_of(place, day, day)[0]


@pytest.mark.parametrize("year", range(2018, 2027))
def test_working_days_are_those_of_chinesecalendar(year):
    assert all((it.kind == WORKDAY) == chinese_calendar.is_workday(it.day) for it in national_days(year))


@pytest.mark.parametrize(("year", "count"), [(2019, 11), (2020, 10), (2024, 11), (2025, 13), (2026, 13)])
def test_statutory_days_are_counted_exactly(year, count):
    assert sum(it.kind == HOLIDAY for it in national_days(year)) == count


def test_substitute_monday_rests_and_make_up_saturday_works(haitang, year):
    monday, saturday = the_day(haitang, SUBSTITUTE_MONDAY), the_day(haitang, MAKE_UP_SATURDAY)
    assert (monday.kind, monday.serves) == (REST, False)
    assert (saturday.kind, saturday.serves, saturday.name) == (WORKDAY, True, "调休上班")


def test_filling_twice_leaves_one_row_a_day_and_keeps_changes(d_bureau, haitang, year):
    change_day(d_bureau, PLAIN_TUESDAY, kind=REST, serves=False, reason="台风停课", by=KEEPER)
    fill_calendar(d_bureau, 2026, by=KEEPER)
    assert CalendarDay.objects.filter(bureau=d_bureau).count() == 365
    assert the_day(haitang, PLAIN_TUESDAY).note == "台风停课"


def test_service_runs_on_workdays_of_a_term_only(haitang, year):
    assert the_day(haitang, PLAIN_TUESDAY).serves
    vacation = the_day(haitang, date(2026, 7, 21))
    assert (vacation.kind, vacation.serves, vacation.note) == (WORKDAY, False, "不在学期内")


def test_a_day_nobody_filled_in_does_not_serve(haitang):
    day = the_day(haitang, date(2029, 3, 1))
    assert (day.serves, day.note) == (False, "这一年的日历还没有生成")


def test_school_change_stands_over_bureau_change_over_national(d_bureau, haitang, lanting, year):
    change_day(d_bureau, PLAIN_TUESDAY, kind=WORKDAY, serves=True, reason="运动会补课", school=haitang, by=KEEPER)
    change_day(d_bureau, PLAIN_TUESDAY, kind=REST, serves=False, reason="台风停课", by=KEEPER)
    assert the_day(haitang, PLAIN_TUESDAY).serves
    assert not the_day(lanting, PLAIN_TUESDAY).serves
    assert the_day(d_bureau, PLAIN_TUESDAY).note == "台风停课"


def test_later_change_replaces_the_earlier_one_which_stays_readable(d_bureau, haitang, year):
    change_day(d_bureau, PLAIN_TUESDAY, kind=REST, serves=False, reason="台风停课", by=KEEPER)
    change_day(d_bureau, PLAIN_TUESDAY, kind=WORKDAY, serves=True, reason="台风未到，照常", by=KEEPER)
    assert the_day(haitang, PLAIN_TUESDAY).serves
    assert CalendarChange.objects.count() == 2


def test_change_of_one_bureau_leaves_the_other_alone(d_bureau, c_bureau, wuhang, year):
    cast.make_term(c_bureau)
    fill_calendar(c_bureau, 2026, by=KEEPER)
    change_day(d_bureau, PLAIN_TUESDAY, kind=REST, serves=False, reason="台风停课", by=KEEPER)
    assert the_day(wuhang, PLAIN_TUESDAY).serves


def test_make_up_day_follows_the_weekday_it_is_told(d_bureau, haitang, year):
    change_day(
        d_bureau, MAKE_UP_SATURDAY, kind=WORKDAY, serves=True, follows_weekday=3, reason="补10月7日（周三）", by=KEEPER
    )
    assert service_days(haitang, {3}, MAKE_UP_SATURDAY, MAKE_UP_SATURDAY) == [MAKE_UP_SATURDAY]
    assert service_days(haitang, {1, 2, 4, 5}, MAKE_UP_SATURDAY, MAKE_UP_SATURDAY) == []


@pytest.mark.parametrize(("weekdays", "runs"), [({1}, True), ({5}, True), ({6}, False)])
def test_make_up_day_of_no_named_weekday_runs_all_of_monday_to_friday(haitang, year, weekdays, runs):
    assert bool(service_days(haitang, weekdays, MAKE_UP_SATURDAY, MAKE_UP_SATURDAY)) is runs


def test_service_days_of_october(haitang, year):
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    wednesdays = service_days(haitang, {3}, first, last)
    assert wednesdays == [MAKE_UP_SATURDAY, date(2026, 10, 14), date(2026, 10, 21), date(2026, 10, 28)]


def test_saturday_opened_by_a_school_runs_saturday_offerings(d_bureau, haitang, year):
    saturday = date(2026, 10, 17)
    change_day(d_bureau, saturday, kind=REST, serves=True, reason="高三周六辅导", school=haitang, by=KEEPER)
    assert service_days(haitang, {6}, saturday, saturday) == [saturday]


def test_all_saturdays_of_a_term_are_opened_at_once(d_bureau, haitang, term, year):
    changes = change_days(
        d_bureau, date(2026, 9, 1), date(2026, 12, 31), only=6, kind=REST, serves=True, reason="高三周六辅导",
        school=haitang, by=KEEPER,
    )  # fmt: skip
    assert {change.day.isoweekday() for change in changes} == {6}
    assert len(service_days(haitang, {6}, date(2026, 9, 1), date(2026, 12, 31))) == len(changes) == 17


def test_change_of_the_bureau_is_told_to_its_schools_and_no_other(d_bureau, haitang, wuhang, year):
    ours = cast.make_person("钱颖", Role.SCHOOL_ADMIN, haitang)
    cast.make_person("孙立", Role.SCHOOL_ADMIN, wuhang)
    change_day(d_bureau, PLAIN_TUESDAY, kind=REST, serves=False, reason="台风停课", by=KEEPER)
    notice = Notice.objects.get()
    assert (notice.to, notice.title) == (ours, "教育局调整了10月13日的日历：不开展课后服务")


def test_days_come_in_three_queries_however_many(haitang, year, django_assert_num_queries):
    for length in (1, 200):
        with django_assert_num_queries(3):
            days_of(haitang, date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=length))


def test_official_year_is_settled_by_itself(d_bureau, year):
    require_settled(d_bureau, 2026)


def test_provisional_year_blocks_until_the_bureau_confirms(d_bureau):
    fill_calendar(d_bureau, 2027, by=KEEPER)
    with pytest.raises(RuleBroken, match="2027年的日历是暂定的"):
        require_settled(d_bureau, 2027)
    confirm_year(d_bureau, 2027, by=KEEPER)
    require_settled(d_bureau, 2027)
    assert Deed.objects.filter(verb="confirmed", thing="schools.CalendarYear").count() == 1


def test_year_not_filled_in_blocks_and_cannot_be_confirmed(d_bureau):
    with pytest.raises(RuleBroken, match="还没有生成"):
        require_settled(d_bureau, 2026)
    with pytest.raises(RuleBroken, match="还没有生成"):
        confirm_year(d_bureau, 2026, by=KEEPER)
    assert not CalendarYear.objects.exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"day": date(2031, 1, 6)}, "day"),
        ({"serves": False, "follows_weekday": 3}, "follows_weekday"),
    ],
)
def test_change_that_makes_no_sense_is_refused_and_nothing_is_written(d_bureau, year, facts, field):
    change = {"day": PLAIN_TUESDAY, "kind": REST, "serves": True, "reason": "运动会", **facts}
    with pytest.raises(RuleBroken) as refused:
        change_day(d_bureau, by=KEEPER, **change)
    assert refused.value.field == field
    assert not CalendarChange.objects.exists()


def test_school_of_another_bureau_cannot_be_changed(d_bureau, wuhang, year):
    with pytest.raises(RuleBroken, match="不属于"):
        change_day(d_bureau, PLAIN_TUESDAY, kind=REST, serves=False, reason="停课", school=wuhang, by=KEEPER)


def test_terms_do_not_overlap(d_bureau, term):
    with pytest.raises(RuleBroken, match="重叠"):
        open_term(
            d_bureau, "2027年春季学期", school_year=2026,
            began_on=term.ended_on, ended_on=term.ended_on + timedelta(days=120), by=KEEPER,
        )  # fmt: skip


def test_day_that_the_policy_keeps_free_runs_nothing_unless_the_bureau_opens_it(d_bureau, haitang, term, year, keep):
    childrens_day = date(2026, 11, 20)
    keep(d_bureau, '[[day_off]]\nstages = ["primary"]\non = "11-20"\nreason = "世界儿童日"\n')
    free = the_day(haitang, childrens_day)
    assert (free.serves, free.note) == (False, "世界儿童日，不开课后服务")
    assert the_day(haitang, childrens_day - timedelta(days=1)).serves
    change_day(d_bureau, childrens_day, kind=WORKDAY, serves=True, reason="照常开课后服务", by=KEEPER)
    assert the_day(haitang, childrens_day).serves


def test_many_places_and_spells_take_as_many_queries_as_one_and_each_has_its_own_days(
    d_bureau, haitang, lanting, wuhang, year, django_assert_num_queries
):
    fill_calendar(wuhang.bureau, 2026, by=KEEPER)
    change_day(d_bureau, PLAIN_TUESDAY, school=haitang, kind=REST, serves=False, reason="台风停课", by=KEEPER)
    october, september = (date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 9, 1), date(2026, 9, 30))
    spells = [(haitang, *october), (lanting, *october), (wuhang, *october), (haitang, *september)]
    with django_assert_num_queries(3):
        days_of(*spells[0])
    with django_assert_num_queries(3):
        found = days_of_each(spells)
    assert found == [days_of(*spell) for spell in spells]
    assert [len(days) for days in found] == [31, 31, 31, 30]
    assert [days[12].note for days in found[:2]] == ["台风停课", ""]


def test_day_with_service_is_not_closed_by_force(d_bureau, year):
    with pytest.raises(RuleBroken, match="不用选因不可抗力停课"):
        change_day(d_bureau, PLAIN_TUESDAY, kind=WORKDAY, serves=True, forced=True, reason="台风", by=KEEPER)
    assert not CalendarChange.objects.exists()
