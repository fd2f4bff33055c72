"""The ministry's notice of December 2023, and what the two local documents allow that it does not."""

from datetime import date, time
from pathlib import Path

import pytest

from afterschool import policy
from afterschool.policy import checking, conduct, levels, waivers, windows
from afterschool.policy.rule import Case
from afterschool.policy.rules import OutsideScope

NOTICE = Path(__file__).parents[2] / "docs" / "policies" / "national-2023.txt"
FIVE = {"widened", "forced", "extra_load", "charged_wrongly", "unqualified"}

PRIMARY = Case(stage="primary")


@pytest.fixture
def national():
    return policy.load("national-2023")


def test_who_issued_it(national):
    assert (national.level, national.number) == ("national", "教基厅函〔2023〕26号")
    assert national.issuer.count("办公厅") == 4


def test_the_file_is_true_to_the_notice_and_its_examples_hold(national):
    report = checking.check(national, notice=NOTICE.read_text(encoding="utf-8"))

    assert (report.findings, report.uncovered) == ((), ())
    assert [case.message for case in report.cases if not case.passed] == []


def test_it_names_five_prohibitions_one_in_each_part(national, on):
    named = {rule.key: rule.cite.clause for rule in conduct.prohibitions(national, on) if rule.key in FIVE}

    assert sorted(named) == sorted(FIVE)
    assert sorted(named.values()) == sorted("一二三四五")


@pytest.mark.parametrize(
    ("key", "clause"),
    [("new_lessons", "三"), ("drilling", "三"), ("forced_charges", "四"), ("collected_by_others", "四")],
)
def test_what_else_it_forbids(national, on, key, clause):
    (rule,) = (rule for rule in conduct.prohibitions(national, on) if rule.key == key)

    assert (rule.cite.clause, rule.weight) == (clause, "block")


def test_it_serves_compulsory_education_only(national, on):
    assert windows.served(national, on, Case(stage="junior")).answer
    senior = windows.served(national, on, Case(stage="senior"))
    assert (senior.answer, senior.level, senior.cite.clause) == (False, "breach", "引言")


@pytest.mark.parametrize("slot", ["morning", "noon", "evening"])
def test_care_before_between_and_at_night_is_not_the_service(national, on, slot):
    shut = national.on(on).the(OutsideScope, Case(stage="primary", service="weekday", slot=slot))

    assert shut.cite.quote.endswith("不得纳入课后服务范围。")


def test_the_service_follows_school_days(national):
    saturday = date(2026, 10, 10)

    assert windows.runs_on(national, saturday, PRIMARY, day_kind="workday", teaching=True, timetable_weekday=4).answer
    assert not windows.runs_on(national, saturday, PRIMARY, day_kind="rest", teaching=False, timetable_weekday=6).answer


def test_it_begins_after_the_timetable_and_should_last_until_work_ends(national, on):
    bells = windows.Bells(afternoon_dismissal=time(15, 30), work_ends=time(17, 30))
    early = windows.allowed(national, on, PRIMARY, weekday=1, starts=time(15, 0), ends=time(17, 0), bells=bells)

    assert {(found.field, found.level) for found in early if not found.answer} == {
        ("starts", "breach"),
        ("ends", "warn"),
    }


def test_how_much_is_waived_is_left_to_the_place(national, on):
    (hardship,) = waivers.groups(national, on)

    assert (hardship.group, hardship.percent) == ("hardship", None)


@pytest.mark.parametrize("code", ["dalian-2024", "changle-2021"])
def test_the_local_documents_stand_under_it(code):
    assert policy.load(code).above == ("national-2023",)


def clashes(code):
    found = levels.conflicts(policy.load(code), policy.load("national-2023"))
    return [(clash.mine.cite.clause, clash.mine.cite.quote, clash.theirs.cite.clause, clash.message) for clash in found]


def test_dalian_serves_senior_high():
    assert clashes("dalian-2024") == [
        ("四.1", "课后服务对象为义务教育阶段和普通高中全体学生", "引言", "服务对象多出普通高中，上位文件没有包括")
    ]


def test_changle_counts_in_noon_evenings_and_weekends():
    assert [(clause, quote[:8], theirs, message) for clause, quote, theirs, message in clashes("changle-2021")] == [
        ("三(二)", "一是上午放学起至", "一", "把午间算作课后服务，上位文件不许"),
        ("三(二)", "有条件的初中学校", "一", "把晚间算作课后服务，上位文件不许"),
        ("三(二)", "区教育局结合实际", "一", "把周六算作课后服务，上位文件不许"),
    ]
