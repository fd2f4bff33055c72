"""Staffing, expenses, filing, disclosure, subsidy, enrolment."""

from datetime import date

import pytest

from afterschool.errors import NoRule
from afterschool.money import Money
from afterschool.policy import disclosure, enrolment, expenses, filing, staffing, subsidy
from afterschool.policy.rule import Case

from .tiny import law


@pytest.mark.parametrize(("students", "teachers"), [(0, 0), (1, 1), (30, 1), (31, 2), (90, 3), (200, 7)])
def test_changle_asks_one_teacher_for_thirty(changle, on, students, teachers):
    need = staffing.teachers_needed(changle, on, stage="primary", students=students, classes=1)
    assert (need.answer, need.cite.clause) == (teachers, "四(三)")


def test_changle_assistants_are_certain_only_at_whole_nineties(changle, on):
    assert staffing.assistants_needed(changle, on, stage="primary", students=90).answer == 1
    assert staffing.assistants_needed(changle, on, stage="primary", students=180).answer == 2
    for students in (31, 200):
        with pytest.raises(NoRule, match=r"不足 90 名学生的部分要不要配教辅人员") as silence:
            staffing.assistants_needed(changle, on, stage="primary", students=students)
        assert silence.value.switch == "staffing.assistant.rounding"


@pytest.mark.parametrize(("stage", "clause"), [("primary", "四.6"), ("junior", "五(二)2"), ("senior", "五(二)2")])
def test_dalian_asks_one_teacher_a_class_and_one_leader_a_day(dalian, on, stage, clause):
    need = staffing.teachers_needed(dalian, on, stage=stage, students=640, classes=16)
    assert (need.answer, need.cite.clause) == (16, clause)
    assert staffing.leaders_needed(dalian, on, stage=stage).answer == 1
    assert staffing.assistants_needed(dalian, on, stage=stage, students=640).answer == 0


def test_changle_names_no_leader(changle, on):
    assert staffing.leaders_needed(changle, on, stage="primary").answer == 0


def test_too_few_people_say_how_many_are_missing(dalian, changle, on):
    need = staffing.teachers_needed(dalian, on, stage="primary", students=80, classes=2)
    assert staffing.enough(need, 2).answer
    short = staffing.enough(need, 1)
    assert (short.level, short.because) == ("breach", "每 1 个班配 1 名教师，2 个班要 2 名，现有 1 名，还差 1 名")
    by_principle = staffing.teachers_needed(changle, on, stage="primary", students=80, classes=2)
    assert staffing.enough(by_principle, 2).level == "warn"


@pytest.mark.parametrize(
    ("students", "said"),
    [
        (15, "满 15 人开班，一班不超过 45 人"),
        (45, "满 15 人开班，一班不超过 45 人"),
        (12, "满 15 人开班，12 人还差 3 人，可以和别的班合并"),
        (46, "一班不超过 45 人，46 人要分成 2 个班"),
        (91, "一班不超过 45 人，91 人要分成 3 个班"),
    ],
)
def test_a_class_has_a_least_and_a_most(on, students, said):
    policy = law("[[class_size]]\nopens_from = 15\nat_most = 45\nmerging = true")
    verdict = staffing.class_size(policy, on, Case(stage="primary"), students)
    assert (verdict.because, verdict.answer) == (said, 15 <= students <= 45)
    assert verdict.cite.clause == "1"


def test_class_size_is_the_schools_own_in_dalian_and_not_mentioned_in_changle(dalian, changle, on):
    own = staffing.class_size(dalian, on, Case(stage="primary"), 20)
    assert (own.answer, own.because, own.cite.clause) == (True, "政策没有限制一班多少人", "四.6")
    with pytest.raises(NoRule, match="多少人开班、一班最多多少人"):
        staffing.class_size(changle, on, Case(stage="primary"), 20)


def test_dalian_expense_list(dalian, on):
    assert [one.label for one in expenses.categories(dalian, on, "fee")] == [
        "校内教师补助",
        "外聘教师补助",
        "水费",
        "电费",
        "消耗品购置",
        "场地使用",
        "学生意外商业险",
    ]
    assert [one.label for one in expenses.denied(dalian, on, "fee")] == ["管理费", "其他无关费用"]


@pytest.mark.parametrize(
    ("category", "allowed"),
    [("management_fee", False), ("staff_stipend", True), ("water", True), ("unrelated", False), ("banquet", False)],
)
def test_dalian_books_only_what_serves(dalian, on, category, allowed):
    verdict = expenses.may_book(dalian, on, category=category, fund="fee")
    assert (verdict.answer, verdict.cite.clause) == (allowed, "四.5")
    assert (verdict.level == "ok") is allowed


def test_changle_expense_lists_by_fund(changle, on):
    keys = [one.key for one in expenses.categories(changle, on, "subsidy")]
    assert keys == [one.key for one in expenses.categories(changle, on, "fee")]
    assert keys[:3] == ["staff_stipend", "outside_pay", "services"] and len(keys) == 9
    assert [one.key for one in expenses.categories(changle, on, "meal")] == ["meal_supplier"]
    assert not expenses.may_book(changle, on, category="staff_stipend", fund="meal").answer
    assert not expenses.may_book(changle, on, category="management_fee", fund="subsidy").answer


def test_a_fund_the_policy_does_not_know_pays_nothing(dalian, on):
    assert expenses.categories(dalian, on, "meal") == []
    assert not expenses.may_book(dalian, on, category="water", fund="meal").answer


def test_dalian_files_by_the_end_of_september(dalian):
    filed = filing.rule(dalian, date(2026, 9, 1))
    assert (filed.mode, filed.deadline, filed.to) == ("filed", date(2026, 9, 30), "教育和文化旅游局")
    assert not filed.needs_approval
    assert filed.because == "9 月 30 日前报教育和文化旅游局备案"
    assert filing.rule(dalian, date(2027, 2, 22)).deadline is None


def test_changle_approves_before_service_starts(changle):
    approved = filing.rule(changle, date(2026, 9, 1))
    assert (approved.mode, approved.deadline, approved.cite.clause) == ("approved", date(2026, 9, 1), "三(三)")
    assert approved.needs_approval


def test_disclosure(dalian, changle, on):
    assert disclosure.rule(dalian, on).because == "定期公示课后服务费用收支情况"
    assert disclosure.rule(dalian, on, "expenses").cite.clause == "四.5"
    assert disclosure.rule(changle, on, "service").cite.clause == "二(二)"
    assert disclosure.everything(changle, on)[0].channels == ("学校公示栏", "校园网", "微信公众号")
    with pytest.raises(NoRule, match="要公示什么、多久一次"):
        disclosure.rule(changle, on, "accounts")


def test_a_notice_hangs_for_as_long_as_the_policy_says(dalian, on):
    policy = law('[[disclosure]]\nwhat = "accounts"\nlabel = "收支情况"\nevery = "month"\nposted_days = 7')
    assert (disclosure.posted_days(policy, on), disclosure.posted_days(dalian, on)) == (7, None)
    assert [one.because for one in disclosure.posted(policy, on)] == ["收支情况每次公示要挂满 7 天"]
    assert disclosure.posted(dalian, on) == []


PRICE_AND_ACCOUNTS = """
[[filing]]
what = "price"
mode = "approved"
to = "市发展改革委"
[[filing]]
what = "accounts"
mode = "filed"
to = "市教育局"
by = "01-31"
"""


def test_what_is_filed_beside_the_plan(dalian, on):
    policy = law(PRICE_AND_ACCOUNTS)
    assert [one.because for one in filing.besides_plan(policy, on)] == [
        "收费标准要报市发展改革委审核同意",
        "收支情况要在 1 月 31 日前报市教育局备案",
    ]
    assert filing.besides_plan(dalian, on) == []


def test_subsidy_is_two_hundred_in_changle_and_absent_in_dalian(dalian, changle, on):
    given = subsidy.due(changle, on, Case(stage="primary"), subsidy.Heads(1, 1, 1))
    assert (given.amount, given.cite.clause) == (Money(20000), "四(二)")
    assert subsidy.due(dalian, on, Case(stage="primary"), subsidy.Heads(1, 1, 1)) is None


def test_enrolment_steps(dalian, changle, on):
    assert enrolment.steps(dalian, on).because == "家长申请 → 班级审核 → 学校统一实施"
    assert enrolment.steps(changle, on).because == "家长申请 → 班级初审 → 学校核准 → 签订服务协议"


def test_refusal_needs_a_ground_the_policy_allows(dalian, changle, on):
    assert not enrolment.may_refuse(dalian, on, "管理及安全隐患").answer
    assert enrolment.may_refuse(changle, on, "管理及安全隐患").answer
    refused = enrolment.may_refuse(changle, on, "名额已满")
    assert (refused.answer, refused.because) == (False, "只有管理及安全隐患才可以不接收")


def test_the_basic_service_comes_first(dalian, changle, on):
    assert enrolment.basic_first(changle, on).answer
    assert not enrolment.basic_first(dalian, on).answer
