"""A plan that holds against its policy, built through the actions, for tests to spoil."""

from datetime import UTC, date, datetime, time

from afterschool.access.capabilities import Role
from afterschool.plans.actions import draft_plan, file_plan, review_plan, save_offering, save_plan
from tests import cast

IN_SEPTEMBER = datetime(2026, 9, 15, 2, tzinfo=UTC)
IN_AUGUST = datetime(2026, 8, 20, 2, tzinfo=UTC)
WHOLE = {
    "leader": "王校长",
    "members": "各年级组长",
    "content": "作业辅导、阅读、体育活动",
    "teacher_count": 24,
    "leader_count": 5,
    "budget": "收费全部用于教师补助和消耗品",
    "refund_method": "每月据实结算，结余退还家长",
    "safety": "教室和操场每天检查",
    "emergency": "突发情况先联系监护人，再上报",
    "meals": "不供餐",
}
COMMITTEE = {"committee_met_on": date(2026, 8, 28), "committee_present": 21, "committee_agreed": 20}
BELLS = {
    "morning_dismissal": time(11, 30),
    "afternoon_start": time(14, 0),
    "afternoon_dismissal": time(15, 40),
    "work_ends": time(17, 30),
}


def as_clerk(school):
    return cast.act(cast.make_person("刘主任", Role.SCHOOL_ADMIN, school), date(2026, 9, 10))


def as_reviewer(bureau):
    return cast.act(cast.make_person("韩审核员", Role.BUREAU_REVIEWER, bureau), date(2026, 9, 10))


def write_plan(school, term, by, *, fee_fen=200_00, weekdays=(1, 2, 4, 5), ends_at=time(17, 30), **fields):
    plan = draft_plan(school, term, by=by)
    save_plan(plan, by=by, **{**WHOLE, **COMMITTEE, **BELLS, **fields})
    save_offering(
        plan,
        by=by,
        name="课后托管",
        grades=list(school.grades),
        weekdays=list(weekdays),
        starts_at=time(15, 40),
        ends_at=ends_at,
        fee_fen=fee_fen,
        expected=640,
    )
    plan.refresh_from_db()
    return plan


def put_in_force(plan, school_by, bureau_by, answer="noted", now=IN_SEPTEMBER):
    file_plan(plan, now=now, by=school_by)
    review_plan(plan, answer, now=now, by=bureau_by)
    plan.refresh_from_db()
    return plan
