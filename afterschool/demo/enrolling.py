"""A term begins: the plan is filed, families apply, both sides sign."""

from datetime import date, datetime, time, timedelta
from random import Random

from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from afterschool.plans import actions as plans
from afterschool.plans.models import Plan, Review
from afterschool.plans.selectors import filing_of, offerings_for
from afterschool.schools.models import Guardianship, School, Student, Term
from afterschool.schools.people import actor_for
from enrollment import actions as enrollment
from enrollment.models import Application, Choice, Waiver

from . import town
from .clock import at, clock_shows

TEXTS = {
    "content": "完成作业、自主阅读和答疑为主；每周安排体育、美术等活动。不讲新课。",
    "budget": "收入全部用于教师补助和必要的水电、耗材、保险；按月结算，多退少不补。",
    "refund_method": "每月据实结算，结余按实缴比例退还家长，不足由学校承担；中途退出按剩余服务日退费。",
    "safety": "每日开课前检查教室、走廊、校门；下课后由值班教师在校门逐一交接。",
    "emergency": "带班领导任现场总指挥；突发疾病或受伤先救治、同时通知家长，十分钟内报告校长。",
    "meals": "不统一供餐，学生可自带点心。",
    "committee_opinion": "同意方案和收费标准，请学校按月公示收支。",
}

LUNCH = "午餐自愿订，由绿苑餐饮公司配送，按天收费，单独记账；课后服务时段不统一供餐。"


def plan_term(school: School, term: Term, plan: town.DemoSchool, cast: town.Cast, reviewer) -> Plan:
    """The school writes and files its 一校一案; the bureau takes note of it or approves it."""
    filed_on = term.began_on - timedelta(days=4)
    with clock_shows(at(filed_on, "10:00")) as now:
        admin = actor_for(cast.by_role[Role.SCHOOL_ADMIN], term.began_on)
        draft = plans.draft_plan(school, term, by=admin)
        plans.save_plan(draft, by=admin, **_fields(school, plan, filed_on))
        for service in plan.services:
            plans.save_offering(draft, by=admin, **_offering(plan, service))
        plans.file_plan(draft, now=now, by=admin)
        draft.refresh_from_db()
        filing = filing_of(school, term)
        answer = Review.Answer.APPROVED if filing and filing.needs_approval else Review.Answer.NOTED
        plans.review_plan(draft, answer=answer, reason="", now=now + timedelta(days=1), by=reviewer)
        draft.refresh_from_db()
        enrollment.open_sections(plan=draft, by=admin)
    return draft


def enrol(school: School, term: Term, plan: town.DemoSchool, cast: town.Cast) -> None:
    """Guardians apply in the week before, class teachers and school answer, both sides sign."""
    dice = Random(plan.code)
    admin = actor_for(cast.by_role[Role.SCHOOL_ADMIN], term.began_on)
    principal = actor_for(cast.by_role[Role.PRINCIPAL], term.began_on)
    teachers = {pk: actor_for(person, term.began_on) for pk, person in cast.class_teachers.items()}
    day = term.began_on - timedelta(days=2)
    families = [tie for tie in first_guardians(school) if dice.random() < plan.share]
    with clock_shows(at(day, "20:10")) as now:
        _waive(school, term, plan, admin, principal, now)
        wishes = [_apply(tie, term, dice, now) for tie in families]
    with clock_shows(at(day + timedelta(days=1), "09:30")) as now:
        for application, _ in wishes:
            enrollment.confirm(application=application, now=now, by=teachers[application.student.school_class_id])
        applications = [application for application, _ in wishes]
        agreements = enrollment.approve_all(applications=applications, began_on=term.began_on, now=now, by=admin)
        guardians = {application.pk: guardian for application, guardian in wishes}
        for agreement in agreements:
            by = guardians[agreement.application_id]
            enrollment.sign_as_guardian(agreement=agreement, sha256=agreement.sha256, now=now, by=by)
        enrollment.sign_as_school(agreements=agreements, now=now, by=admin)


def first_guardians(school: School) -> list[Guardianship]:
    """The first contact of each child, in the order of the register."""
    ties = Guardianship.objects.filter(school=school, is_primary=True)
    return list(ties.select_related("person", "student__school_class", "student__school").order_by("student_id"))


def _apply(tie: Guardianship, term: Term, dice: Random, now: datetime) -> tuple[Application, Actor]:
    student, guardian = tie.student, actor_for(tie.person, term.began_on)
    older = student.school_class.grade >= 7
    basic, *clubs = sorted(offerings_for(student, term), key=lambda offering: offering.kind)
    wishes = [basic] + [club for club in clubs if _seats_left(club) and dice.random() < 0.4]
    grandmother = {
        "name": dice.choice(town.SURNAMES) + "秀兰",
        "relation": "奶奶",
        "phone": f"136{int(student.number[-8:]) * 3 % 10**8:08}",
    }
    application = enrollment.apply(
        student=student,
        term=term,
        choices=[(offering, offering.weekdays) for offering in wishes],
        leave_mode=Application.LeaveMode.SELF if older else Application.LeaveMode.COLLECTED,
        pickup=[] if older or dice.random() < 0.5 else [grandmother],
        now=now,
        by=guardian,
    )
    return application, guardian


def _waive(school: School, term: Term, plan: town.DemoSchool, admin, principal, now) -> None:
    """建档立卡: asked for by the office from the register, decided by the principal."""
    if not any(service.fee_fen for service in plan.services):
        return
    for student in Student.objects.filter(school=school, is_registered_poor=True):
        waiver: Waiver = enrollment.ask_waiver(
            student=student, category="registered_poor", percent=100, evidence="学籍系统登记，手册已核",
            began_on=term.began_on, by=admin,
        )  # fmt: skip
        enrollment.decide_waiver(waiver=waiver, granted=True, reason="手册核对无误", now=now, by=principal)


def _fields(school: School, plan: town.DemoSchool, met_on: date) -> dict:
    classes = len(school.grades) * plan.classes
    return {
        **TEXTS,
        "meals": TEXTS["meals"] if not plan.lunch else LUNCH,
        "leader": "周校长",
        "members": "刘主任、何组长、孙会计、家委会代表",
        "hotline": plan.phone,
        "teacher_count": classes * 2,
        "leader_count": 3,
        "assistant_count": 4,
        "committee_met_on": met_on - timedelta(days=5),
        "committee_present": 21,
        "committee_agreed": 20,
        **BELLS[plan.stage],
    }


def _offering(plan: town.DemoSchool, service: town.Service) -> dict:
    pupils = len(service.grades) * plan.classes * plan.children
    return {
        "name": service.name, "kind": service.kind, "slot": service.slot, "grades": list(service.grades),
        "boarding": service.boarding, "weekdays": list(service.weekdays), "starts_at": service.starts,
        "ends_at": service.ends, "fee_fen": service.fee_fen, "seats": service.seats,
        "lessons": 2 if service.kind == "basic" else 1, "expected": service.seats or int(pupils * plan.share),
    }  # fmt: skip


def _seats_left(club) -> bool:
    return club.seats is None or Choice.objects.filter(offering=club).count() < club.seats


def _bells(afternoon_dismissal: str, work_ends: str) -> dict:
    return {
        "morning_dismissal": time(11, 40), "afternoon_start": time(13, 40),
        "afternoon_dismissal": time.fromisoformat(afternoon_dismissal), "work_ends": time.fromisoformat(work_ends),
    }  # fmt: skip


BELLS = {"primary": _bells("15:30", "17:30"), "junior": _bells("16:20", "17:30"), "senior": _bells("17:20", "17:30")}
