from datetime import date, time

import pytest

from afterschool.errors import NoRule
from afterschool.policy import windows
from afterschool.policy.verdict import breaches
from afterschool.policy.windows import Bells

BELLS = Bells(time(11, 30), time(14, 0), time(16, 0), time(17, 30))


def ask(policy, on, stage, grade, weekday, ends, *, starts="08:00", **more):
    moments = {"starts": time.fromisoformat(starts), "ends": time.fromisoformat(ends)}
    return windows.allowed(policy, on, stage=stage, grade=grade, weekday=weekday, **moments, **more)


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
    fine = windows.vacation_length(dalian, first, stage="senior", first=first, last=date(2027, 2, 2))
    assert fine.answer
    long = windows.vacation_length(dalian, first, stage="senior", first=first, last=date(2027, 2, 3))
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
        dalian, day, stage="primary", grade=1, day_kind=kind, teaching=teaching, timetable_weekday=weekday
    )
    assert verdict.answer is runs
    assert verdict.cite.clause == "四.2"


def test_senior_saturdays_run_but_not_on_a_holiday(dalian):
    whom = {"stage": "senior", "grade": 10, "boarding": True, "teaching": False, "timetable_weekday": 6}
    assert windows.runs_on(dalian, date(2026, 10, 17), day_kind="rest", **whom).answer
    assert not windows.runs_on(dalian, date(2026, 10, 3), day_kind="holiday", **whom).answer


def test_vacation_length_is_not_guessed(changle, on):
    with pytest.raises(NoRule, match="没有写明"):
        windows.vacation_length(changle, on, stage="primary", first=on, last=on)
