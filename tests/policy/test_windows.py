from datetime import date, time

import pytest

from afterschool.errors import NoRule
from afterschool.policy import windows
from afterschool.policy.rule import Case
from afterschool.policy.verdict import breaches
from afterschool.policy.windows import Bells

from .tiny import law

BELLS = Bells(time(11, 30), time(14, 0), time(16, 0), time(17, 30))


def ask(policy, on, stage, grade, weekday, ends, *, starts="08:00", bells=None, boarding=False, **more):
    moments = {"starts": time.fromisoformat(starts), "ends": time.fromisoformat(ends)}
    case = Case(stage=stage, grade=grade, boarding=boarding, **more)
    return windows.allowed(policy, on, case, weekday=weekday, **moments, bells=bells)


@pytest.mark.parametrize(
    ("stage", "grade", "boarding", "latest"),
    [
        *[("primary", grade, False, "17:30") for grade in range(1, 7)],
        ("junior", 7, False, "18:00"),
        ("junior", 8, False, "18:00"),
        ("junior", 9, False, "19:30"),
        ("senior", 10, False, "19:30"),
        ("senior", 11, False, "19:30"),
        ("senior", 12, False, "21:00"),
        *[("senior", grade, True, "21:30") for grade in (10, 11, 12)],
    ],
)
def test_dalian_latest_ends(dalian, on, stage, grade, boarding, latest):
    assert not breaches(ask(dalian, on, stage, grade, 1, latest, boarding=boarding))
    one_late = (time.fromisoformat(latest)).replace(minute=time.fromisoformat(latest).minute + 1)
    [late] = breaches(ask(dalian, on, stage, grade, 1, f"{one_late:%H:%M}", boarding=boarding))
    assert (late.cite.clause, late.field) == ("四.2", "ends")
    assert late.because.endswith(f"不晚于 {latest}，现填 {one_late:%H:%M}，请提前 1 分钟")


@pytest.mark.parametrize(
    ("stage", "grade", "open_days"),
    [("primary", 1, [1, 2, 4, 5]), ("junior", 7, [1, 2, 3, 4, 5]), ("senior", 10, [1, 2, 3, 4, 5, 6])],
)
def test_dalian_days_of_the_week(dalian, on, stage, grade, open_days):
    answers = {day: breaches(ask(dalian, on, stage, grade, day, "15:00")) for day in range(1, 8)}
    assert [day for day, found in answers.items() if not found] == open_days
    assert {finding.cite.clause for found in answers.values() for finding in found} == {"四.2"}


def test_breaches_say_what_to_change(dalian, on):
    [late] = breaches(ask(dalian, on, "primary", 5, 1, "17:45", starts="15:40"))
    assert str(late) == "小学不晚于 17:30，现填 17:45，请提前 15 分钟 · 实施方案 四.2"
    [wednesday] = breaches(ask(dalian, on, "primary", 5, 3, "17:30"))
    assert wednesday.because == "小学每周三为全县统一教研时间，请去掉周三"
    [sunday] = breaches(ask(dalian, on, "senior", 10, 7, "12:00"))
    assert sunday.because == "周日不开展课后服务，请去掉周日"


def test_passed_checks_are_told_too(dalian, on):
    found = ask(dalian, on, "primary", 5, 1, "17:30")
    assert {finding.level for finding in found} == {"ok"}
    assert [finding.because for finding in found] == ["服务对象包括小学", "小学周一可以开课后服务", "小学不晚于 17:30"]


def test_senior_saturday_is_eight_hours_at_most(dalian, on):
    assert not breaches(ask(dalian, on, "senior", 10, 6, "16:00", boarding=True))
    [long] = breaches(ask(dalian, on, "senior", 10, 6, "17:00", boarding=True))
    assert long.because == "普通高中周六一天不多于 8 小时，现填 9 小时，请减少 1 小时"


def test_vacation_is_for_senior_high_and_two_weeks(dalian, on):
    assert not breaches(ask(dalian, on, "senior", 10, 1, "16:00", service="vacation"))
    [silent] = [f for f in ask(dalian, on, "junior", 7, 1, "16:00", service="vacation") if f.level == "unknown"][:1]
    assert "初中寒暑假能否开课后服务" in silent.because
    first = date(2027, 1, 20)
    fine = windows.vacation_length(dalian, first, Case(stage="senior"), first=first, last=date(2027, 2, 2))
    assert fine.answer
    long = windows.vacation_length(dalian, first, Case(stage="senior"), first=first, last=date(2027, 2, 3))
    assert (long.answer, long.level) == (False, "warn")
    assert long.because == "普通高中寒暑假课后服务不超过 14 天，现填 15 天，请减少 1 天"


def test_noon_is_not_mentioned_in_dalian(dalian, on):
    found = ask(dalian, on, "primary", 1, 1, "13:00", slot="noon")
    assert [finding.level for finding in found] == ["ok", "ok", "unknown"]
    assert "小学午间能不能开" in found[-1].because


def test_an_end_before_its_start_is_refused_at_once(dalian, on):
    [found] = ask(dalian, on, "primary", 1, 1, "15:00", starts="15:00")
    assert found.level == "breach"


def test_changle_serves_compulsory_education_only(changle, on):
    [refused] = breaches(ask(changle, on, "senior", 10, 1, "18:00", bells=BELLS))
    assert (refused.cite.clause, refused.field) == ("三(一)", "stage")


def test_changle_afternoon_runs_from_dismissal_to_half_past_six(changle, on):
    assert {f.level for f in ask(changle, on, "primary", 1, 1, "18:30", starts="16:00", bells=BELLS)} == {"ok"}
    early, late = breaches(ask(changle, on, "primary", 1, 1, "18:31", starts="15:50", bells=BELLS))
    assert early.because == "课后服务从下午放学 16:00 开始，现填 15:50，请推后 10 分钟"
    assert late.because == "课后服务不晚于 18:30，现填 18:31，请提前 1 分钟"
    assert early.cite.clause == late.cite.clause == "三(二)"


def test_changle_warns_of_an_end_before_work_ends(changle, on):
    found = ask(changle, on, "primary", 1, 1, "17:00", starts="16:00", bells=BELLS)
    [warned] = [finding for finding in found if finding.level == "warn"]
    assert warned.because == "结束时间不早于当地下班 17:30，现填 17:00，请推后 30 分钟"


def test_changle_noon_lies_between_the_bells(changle, on):
    noon = {"slot": "noon", "bells": BELLS}
    assert not breaches(ask(changle, on, "primary", 1, 1, "14:00", starts="11:30", **noon))
    assert len(breaches(ask(changle, on, "primary", 1, 1, "14:05", starts="11:25", **noon))) == 2


def test_missing_bells_are_asked_for(changle, on):
    found = ask(changle, on, "primary", 1, 1, "18:00", starts="16:00")
    assert [finding.because for finding in found if finding.level == "warn"] == [
        "请先填写下午放学时间，才能核对服务时间",
        "请先填写当地下班时间，才能核对服务时间",
    ]


def test_changle_evening_is_for_junior_high(changle, on):
    assert not breaches(ask(changle, on, "junior", 7, 1, "20:30", starts="18:30", slot="evening", bells=BELLS))
    found = ask(changle, on, "primary", 1, 1, "20:30", starts="18:30", slot="evening", bells=BELLS)
    assert found[-1].level == "unknown" and "小学晚间能不能开" in found[-1].because


def test_changle_weekends_are_pilots(changle, on):
    found = ask(changle, on, "primary", 1, 6, "16:00")
    assert "试点学校" in next(f for f in found if f.level == "warn").because


@pytest.mark.parametrize(
    ("day", "kind", "teaching", "weekday", "runs"),
    [
        (date(2026, 10, 9), "workday", True, 5, True),
        (date(2026, 10, 10), "workday", True, 4, True),  # a make-up Saturday, taught as a Thursday
        (date(2026, 10, 10), "workday", True, 3, False),  # taught as a Wednesday: the primary schools' own day
        (date(2026, 10, 14), "workday", True, 3, False),
        (date(2026, 10, 1), "holiday", False, 4, False),
        (date(2026, 10, 5), "rest", False, 1, False),
        (date(2026, 10, 18), "rest", False, 7, False),
        (date(2026, 10, 17), "rest", False, 6, False),
    ],
)
def test_primary_service_days_in_dalian(dalian, day, kind, teaching, weekday, runs):
    verdict = windows.runs_on(
        dalian, day, Case(stage="primary", grade=1), day_kind=kind, teaching=teaching, timetable_weekday=weekday
    )
    assert verdict.answer is runs
    assert verdict.cite.clause == "四.2"


def test_senior_saturdays_run_but_not_on_a_holiday(dalian):
    whom = {"case": Case(stage="senior", grade=10, boarding=True), "teaching": False, "timetable_weekday": 6}
    assert windows.runs_on(dalian, date(2026, 10, 17), day_kind="rest", **whom).answer
    assert not windows.runs_on(dalian, date(2026, 10, 3), day_kind="holiday", **whom).answer


def test_vacation_length_is_not_guessed(changle, on):
    with pytest.raises(NoRule, match="没有写明"):
        windows.vacation_length(changle, on, Case(stage="primary"), first=on, last=on)


REACH = """
[[applies_to]]
stages = ["primary", "junior"]
[[open_days]]
weekdays = [1, 2, 3, 4, 5]
"""


@pytest.mark.parametrize(
    ("stage", "grade", "boarding", "weekday", "ends", "passes"),
    [
        ("primary", 1, False, 3, "17:00", False),
        ("primary", 1, False, 1, "17:31", False),
        ("junior", 8, False, 1, "18:00", True),
        ("junior", 9, False, 1, "19:30", True),
        ("senior", 12, False, 1, "21:00", True),
        ("senior", 12, True, 1, "21:31", False),
        ("senior", 11, True, 6, "16:00", True),  # 8 h
        ("senior", 11, True, 7, "16:00", False),
    ],
)
def test_dalian_windows_as_the_notice_has_them(dalian, on, stage, grade, boarding, weekday, ends, passes):
    found = ask(dalian, on, stage, grade, weekday, ends, boarding=boarding)
    assert bool(breaches(found)) is not passes
    assert {finding.cite.clause for finding in breaches(found)} <= {"四.2"}


def test_a_window_may_begin_and_last_at_hours_the_notice_names(on):
    policy = law(
        REACH
        + """
[[window]]
starts_from = "15:30"
ends_by = "18:00"
[[ends_not_before]]
at = "17:30"
"""
    )
    early, late = breaches(ask(policy, on, "primary", 1, 1, "17:20", starts="15:10"))
    assert early.because == "课后服务从 15:30 开始，现填 15:10，请推后 20 分钟"
    assert late.because == "结束时间不早于 17:30，现填 17:20，请推后 10 分钟"
    assert (early.cite.clause, late.cite.clause) == ("3", "4")
    assert {one.level for one in ask(policy, on, "primary", 1, 1, "17:30", starts="15:30")} == {"ok"}


def test_a_service_may_be_too_short(on):
    policy = law(REACH + '[[window]]\nends_by = "18:00"\n[[hours_a_day]]\nminutes_at_least = 90\nat_most = 2')
    [short] = breaches(ask(policy, on, "primary", 1, 1, "17:00", starts="16:00"))
    assert short.because == "一天不少于 1 小时 30 分钟，现填 1 小时，请增加 30 分钟"
    [long] = breaches(ask(policy, on, "primary", 1, 1, "18:00", starts="15:30"))
    assert long.because == "一天不多于 2 小时，现填 2 小时 30 分钟，请减少 30 分钟"
    assert not breaches(ask(policy, on, "primary", 1, 1, "17:30", starts="16:00"))


def test_fridays_and_winters_may_end_earlier():
    policy = law(
        REACH
        + """
[[window]]
months = [3, 4, 5, 6, 9, 10]
weekdays = [1, 2, 3, 4]
ends_by = "18:30"
[[window]]
months = [3, 4, 5, 6, 9, 10]
weekdays = [5]
ends_by = "17:00"
[[window]]
months = [11, 12, 1, 2]
ends_by = "17:30"
"""
    )
    october, november, july = date(2026, 10, 9), date(2026, 11, 6), date(2027, 7, 1)
    assert not breaches(ask(policy, october, "primary", 1, 4, "18:30"))
    [friday] = breaches(ask(policy, october, "primary", 1, 5, "18:30"))
    assert friday.because == "3、4、5、6、9、10 月周五课后服务不晚于 17:00，现填 18:30，请提前 1 小时 30 分钟"
    [winter] = breaches(ask(policy, november, "primary", 1, 4, "18:30"))
    assert winter.because.startswith("11、12、1、2 月课后服务不晚于 17:30")
    assert ask(policy, july, "primary", 1, 4, "18:30")[-1].level == "unknown"


def test_early_arrival_may_have_its_own_window(on):
    policy = law(REACH + '[[window]]\nslots = ["morning"]\nstarts_from = "07:00"\nends_by = "07:50"')
    assert not breaches(ask(policy, on, "primary", 1, 1, "07:50", starts="07:10", slot="morning"))
    assert ask(policy, on, "primary", 1, 1, "18:00", starts="16:00")[-1].level == "unknown"


def test_what_may_not_be_counted_in_is_refused_before_its_hours(on):
    policy = law(REACH + '[[outside_scope]]\nslots = ["morning", "noon"]\n[[window]]\nends_by = "18:00"')
    [noon] = breaches(ask(policy, on, "primary", 1, 1, "13:00", starts="12:00", slot="noon"))
    assert (noon.because, noon.field, noon.cite.clause) == ("午间不能算作课后服务", "slot", "3")
    assert not breaches(ask(policy, on, "primary", 1, 1, "17:00", starts="16:00"))


def test_vacations_may_not_be_counted_in(on):
    policy = law(REACH + '[[outside_scope]]\nservices = ["vacation"]\n[[window]]\nends_by = "18:00"')
    [vacation] = breaches(ask(policy, on, "primary", 1, 1, "13:00", service="vacation"))[:1]
    assert vacation.because == "寒暑假不能算作课后服务"


def test_a_day_of_every_year_may_be_free():
    policy = law(
        REACH
        + '[[teaching_day]]\nfollows = "teaching_day"\n[[day_off]]\non = "06-01"\nreason = "儿童节"\nstages = ["primary"]'
    )
    given = {"day_kind": "workday", "teaching": True, "timetable_weekday": 2}
    off = windows.runs_on(policy, date(2027, 6, 1), Case(stage="primary"), **given)
    assert (off.answer, off.because, off.cite.clause) == (False, "儿童节，不开课后服务", "4")
    assert windows.runs_on(policy, date(2027, 6, 1), Case(stage="junior"), **given).answer
    assert windows.runs_on(policy, date(2027, 6, 8), Case(stage="primary"), **given).answer


def test_a_policy_may_be_for_public_schools_only(on):
    policy = law('[[applies_to]]\nstages = ["primary"]\nownership = ["public"]')
    assert windows.served(policy, on, Case(stage="primary", ownership="public")).answer
    refused = windows.served(policy, on, Case(stage="primary", ownership="private"))
    assert (refused.because, refused.field) == ("服务对象是公办小学，不包括民办学校", "ownership")
    assert windows.served(policy, on, Case(stage="primary")).answer


def test_some_stages_may_be_served_in_public_schools_only(on):
    policy = law('[[applies_to]]\nstages = ["primary"]\n[[applies_to]]\nstages = ["junior"]\nownership = ["public"]')
    assert windows.served(policy, on, Case(stage="primary", ownership="private")).answer
    assert windows.served(policy, on, Case(stage="junior", ownership="public")).answer
    assert not windows.served(policy, on, Case(stage="junior", ownership="private")).answer
