"""What another policy would change, school by school: the same arithmetic under both; one failure stays one."""

from datetime import date

import pytest

from afterschool.jobs.book import run_waiting
from afterschool.jobs.models import Job
from afterschool.money import Money
from afterschool.oversight import effects as arithmetic
from afterschool.oversight.actions import work_out_effects
from afterschool.oversight.policies import effect_sheet, effects_of
from afterschool.policy import load
from afterschool.policy.loader import parse
from afterschool.schools.actions import upload_policy
from afterschool.schools.models import School
from billing.models import Charge
from enrollment.models import Waiver
from tests import cast
from tests.billing.conftest import enroll
from tests.policy.tiny import file

from .conftest import BODY, OCTOBER, TODAY, act


@pytest.fixture
def both():
    return load("dalian-2024"), parse(BODY, "bihai-2026.toml")


def work_out(county, text):
    work_out_effects(text, today=TODAY, by=act(county.keeper))
    run_waiting()
    return effects_of(text)


def test_rate_above_the_new_ceiling_is_a_breach_with_its_clause(county, both):
    [breach] = arithmetic.breaches(county.school, both[1])
    assert breach["clause"] == "第六条"
    assert "不高于 180 元，现填 200.00 元" in breach["say"]
    assert arithmetic.breaches(county.school, both[0]) == []


def test_a_file_silent_on_several_things_says_each_and_the_breaches_too(county):
    silent = parse(file('[[price]]\nunit = "month"\nyuan = 180\n', since="2026-12-01"), "silent.toml")
    told = [(breach["title"], breach["say"]) for breach in arithmetic.breaches(county.school, silent)]
    for title, say in (
        ("课后托管 · 收费", "不高于 180 元，现填 200.00 元"),
        ("课后托管 · 年级", "没有写明适用于哪些学校和学段"),
        ("政策没有写明", "没有写明实施方案是备案还是审批"),
        ("政策没有写明", "没有写明收费进哪个账户"),
    ):
        assert any(title == one[0] and say in one[1] for one in told), (title, told)


def test_families_pay_at_most_the_new_ceiling(county, both):
    sums = arithmetic.charges(county.school, *both)
    assert (sums.month, sums.many, sums.now, sums.then) == (OCTOBER, 2, Money(400_00), Money(360_00))
    booked = Charge.objects.filter(fee_month__month=OCTOBER)
    assert sums.now.fen == sum(booked.values_list("net_fen", flat=True)), "now is what was charged"


def test_waived_child_pays_nothing_under_both(county, both):
    free = cast.make_student(cast.make_class(county.school, 3), "免费的孩子")
    enroll(free, county.plan)
    Waiver.objects.create(
        school=county.school, student=free, category="registered_poor", percent=100, evidence="建档立卡",
        asked_by=county.principal, state="granted", decided_by=county.keeper, began_on=OCTOBER,
    )  # fmt: skip
    sums = arithmetic.charges(county.school, *both)
    assert (sums.many, sums.now, sums.then) == (3, Money(400_00), Money(360_00))


def test_staff_are_paid_by_the_new_percent(county, both):
    sums = arithmetic.stipends_of(county.school, *both)
    assert (sums.month, sums.many, sums.now, sums.then) == (OCTOBER, 1, Money(120_00), Money(128_00))


def test_whom_a_policy_is_silent_on_stands_in_neither_sum(county, both):
    School.objects.filter(pk=county.school.pk).update(stipend_base_fen=None)
    county.school.refresh_from_db()
    sums = arithmetic.stipends_of(county.school, *both)
    assert (sums.many, sums.now, sums.then) == (0, Money(0), Money(0))
    [(why, many)] = sums.silent.items()
    assert many == 1 and "补助基数" in why


def test_every_school_has_a_row_and_the_rows_add_up(county, text):
    effects = work_out(county, text)
    row, nothing = sorted(effects.rows, key=lambda row: row.charges.many, reverse=True)
    assert (row.school, row.charges.change, row.stipends.change) == (county.school, Money(-40_00), Money(8_00))
    assert (nothing.school, nothing.charges.month, nothing.breaches) == (county.other, None, None)
    assert (effects.charges.change, effects.stipends.then, effects.breaching) == (Money(-40_00), Money(128_00), 1)
    assert not effects.is_under_way


def test_one_school_that_fails_stays_one(county, text, monkeypatch):
    plain = arithmetic.breaches

    def broken(school, law):
        if school == county.other:
            raise ZeroDivisionError
        return plain(school, law)

    monkeypatch.setattr(arithmetic, "breaches", broken)
    for _ in range(3):  # as often as a job is tried
        effects = work_out(county, text)
    failed = {row.school: row.has_failed for row in effects.rows}
    assert failed == {county.school: False, county.other: True}
    assert effects.charges.change == Money(-40_00)

    monkeypatch.undo()
    assert work_out(county, text).failed == 0


def test_once_more_on_one_day_is_one_job_and_a_mended_file_is_worked_out_anew(county, text):
    work_out(county, text)
    work_out(county, text)
    assert Job.objects.count() == 2
    text = upload_policy(county.bureau, body=BODY.replace("yuan = 180", "yuan = 190"), by=act(county.keeper))
    assert effects_of(text).rows == []
    assert work_out(county, text).charges.change == Money(-20_00)


def test_sheet_says_what_the_page_says(county, text):
    sheet = effect_sheet(text, work_out(county, text))
    by_school = {row[0]: row for row in sheet.rows}
    row = by_school["海棠路小学"]
    assert "（第六条）" in row[1]
    assert row[2:6] == ["2026年10月", Money(400_00), Money(360_00), Money(-40_00)]
    assert row[6:10] == ["2026年10月", Money(120_00), Money(128_00), Money(8_00)]
    assert by_school[county.other.name][2] == ""
    assert {len(row) for row in sheet.rows} == {len(sheet.columns)}


def test_policy_that_begins_later_is_asked_about_its_first_day(county, both):
    later = parse(BODY.replace("from = 2026-12-01", "from = 2027-03-01"), "later.toml")
    assert later.since == date(2027, 3, 1)
    assert arithmetic.charges(county.school, both[0], later).then == Money(360_00)
