"""What is asked for at each door, so that whoever may pass succeeds: the way things stand, the address, the form."""

from collections.abc import Callable
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.jobs.models import Job
from afterschool.notices.models import Notice
from afterschool.plans.models import Minutes, Plan
from afterschool.schools.models import Adoption, CalendarYear
from afterschool.xlsx import Column, Sheet, write_xlsx
from attendance.actions import hand_over, take_roll
from attendance.models import Handover
from attendance.models import Session as Meeting
from billing.actions import approve_expense, book_stipends, draft_settlement, instruct_refunds, set_aside_line
from billing.disclosures.actions import publish
from billing.models import BankLine, Expense, FeeMonth
from enrollment.actions import withdraw
from enrollment.models import Agreement, Application, Placement
from enrollment.papers import code_of
from enrollment.selectors import collectors_of
from staffing.models import Duty, StipendLine, StipendSheet

from .town import NOVEMBER, OCTOBER, PAPER, SEPTEMBER, THURSDAY, Corner, act, at, on_duty

Given = Callable[[Corner], object]
Body = Callable[[Corner, Person], dict]
LATER = THURSDAY + timedelta(days=4)  # a Monday
STATEMENT_HEAD = ("交易日期", "借方发生额(支出)", "贷方发生额(收入)", "对方户名", "对方账号", "摘要", "流水号")


# ---------------------------------------------------------------- how things stand before anybody asks


def applied(state: str) -> Given:
    """The child's application is still under way."""

    def given(corner: Corner) -> None:
        Placement.objects.filter(student=corner.child).delete()
        Agreement.objects.filter(pk=corner.agreement.pk).update(school_signed_at=None, school_signed_by=None)
        Application.objects.filter(pk=corner.application.pk).update(state=state, reason="请补正")

    return given


def sibling_applies(corner: Corner, state: str = "submitted") -> None:
    corner.request = Application.objects.create(
        school=corner.school, term=corner.term, student=corner.sibling, guardian=corner.mother, state=state,
        number=f"SL-{corner.sibling.pk}", submitted_at=at(9), answer_by=at(18), reason="请补正",
    )  # fmt: skip
    corner.request.choices.create(school=corner.school, offering=corner.plan.offerings.get(), weekdays=[1, 2, 4, 5])


def sibling(state: str) -> Given:
    return lambda corner: sibling_applies(corner, state)


def refusable(corner: Corner) -> None:
    """The bureau is under a policy that knows a ground to refuse."""
    sibling_applies(corner)
    Adoption.objects.filter(bureau=corner.school.bureau).update(policy="changle-2021")


def unsigned_by_guardian(corner: Corner) -> None:
    applied("approved")(corner)
    Agreement.objects.filter(pk=corner.agreement.pk).update(guardian_signed_at=None, guardian_signed_by=None)


def withdrawn(corner: Corner) -> None:
    corner.withdrawal = withdraw(
        agreement=corner.agreement, last_on=THURSDAY, reason="搬家", now=at(9), by=act(corner.mother)
    )


def filed(corner: Corner) -> None:
    Plan.objects.filter(pk=corner.draft.pk).update(state=Plan.State.FILED)


def no_draft(corner: Corner) -> None:
    Minutes.objects.filter(plan=corner.draft).delete()
    Plan.objects.filter(pk=corner.draft.pk).delete()


def no_plan(corner: Corner) -> None:
    """The next term has begun to be planned, and nobody has written anything."""
    corner.next_term = type(corner.term).objects.create(
        bureau=corner.school.bureau, name="2027年春季学期", school_year=2026,
        began_on=THURSDAY + timedelta(days=100), ended_on=THURSDAY + timedelta(days=200),
    )  # fmt: skip


def provisional(corner: Corner) -> None:
    CalendarYear.objects.filter(bureau=corner.school.bureau).update(official=False)


def not_opened(corner: Corner) -> None:
    Meeting.objects.filter(school=corner.school).delete()


def rolled(corner: Corner) -> None:
    take_roll(corner.session, exceptions={}, now=at(15, 46), by=act(corner.duty.person))


def handed_over(corner: Corner) -> None:
    """Every child of the school is with an adult."""
    for session in corner.school.sessions.filter(day=THURSDAY):
        take_roll(session, exceptions={}, now=at(15, 46), by=act(corner.duty.person))
        child = session.section.placements.get().student
        adult = collectors_of([child], THURSDAY)[child.pk][0]
        hand_over(child, day=THURSDAY, collector=adult, now=at(17, 30), by=act(corner.duty.person))
    corner.handover = Handover.objects.get(student=corner.child)


def served(corner: Corner) -> None:
    """The colleague has come and gone; the hours wait for a leader's word."""
    Duty.objects.filter(pk=corner.duty.pk).update(arrived_at=at(15, 35), left_at=at(17, 35))


def confirmed(corner: Corner) -> None:
    served(corner)
    Duty.objects.filter(pk=corner.duty.pk).update(confirmed_by=corner.office, confirmed_at=at(17, 40))


def arrived(corner: Corner) -> None:
    Duty.objects.filter(school=corner.school).update(arrived_at=at(15, 35))


def reviewed(corner: Corner) -> None:
    StipendSheet.objects.filter(pk=corner.sheet.pk).update(state="reviewed", reviewed_by=corner.reviewer)


def stipends_approved(corner: Corner) -> None:
    """October's sheet, with something to pay."""
    sheet = StipendSheet.objects.create(
        school=corner.school, month=OCTOBER, state="approved", drafted_by=corner.clerk, drafted_at=at(9),
        total_fen=40_00,
    )  # fmt: skip
    StipendLine.objects.create(
        school=corner.school, sheet=sheet, person=corner.duty.person, amount_fen=40_00, by_grade={"4": 40_00}
    )


def stipends_booked(corner: Corner) -> None:
    stipends_approved(corner)
    book_stipends(corner.month, by=act(corner.clerk))


def lines_worked(corner: Corner) -> None:
    for line in BankLine.objects.filter(school=corner.school):
        set_aside_line(line, reason="与课后服务无关", by=act(corner.clerk))


def expense_approved(corner: Corner) -> None:
    approve_expense(corner.expense, now=at(9), by=act(corner.reviewer))


def settled(corner: Corner) -> None:
    expense_approved(corner)
    lines_worked(corner)
    draft_settlement(corner.month, by=act(corner.clerk))


def instructed(corner: Corner) -> None:
    instruct_refunds(corner.locked, now=at(9), by=act(corner.reviewer))


def scanned(corner: Corner) -> None:
    Expense.objects.filter(pk=corner.expense.pk).update(voucher=PAPER, voucher_type="application/pdf")


def subsidised(corner: Corner) -> None:
    """The month is under a policy that knows a subsidy."""
    FeeMonth.objects.filter(pk=corner.month.pk).update(policy="changle-2021")


def published(corner: Corner) -> None:
    publish(corner.disclosure, now=at(9), by=act(corner.reviewer))


GIVEN: dict[str, Given] = {
    "plans:plan-create POST": no_plan,
    "plans:plan-revise POST": no_draft,
    "plans:plan-review POST": filed,
    "schools:calendar-confirm POST": provisional,
    "enrollment:sign POST": unsigned_by_guardian,
    "enrollment:application-detail GET": sibling("submitted"),
    "enrollment:application-mend GET": sibling("returned"),
    "enrollment:application-mend POST": sibling("returned"),
    "enrollment:application-take-back POST": sibling("submitted"),
    "enrollment:application-review GET": sibling("submitted"),
    "enrollment:application-confirm POST": sibling("submitted"),
    "enrollment:application-approve POST": sibling("confirmed"),
    "enrollment:agreement-sign POST": applied("approved"),
    "enrollment:application-return POST": sibling("submitted"),
    "enrollment:application-send-back POST": sibling("confirmed"),
    "enrollment:application-refuse POST": refusable,
    "enrollment:withdrawal-acknowledge POST": withdrawn,
    "staffing:duty-confirm-list POST": served,
    "staffing:duty-leave POST": arrived,
    "staffing:stipend-sheet-draft POST": confirmed,
    "staffing:stipend-sheet-approve POST": reviewed,
    "staffing:stipend-sheet-return POST": reviewed,
    "attendance:day-open POST": not_opened,
    "attendance:section-roll POST": not_opened,
    "attendance:section-roll GET": not_opened,
    "attendance:day-close POST": handed_over,
    "attendance:roll-undo POST": rolled,
    "attendance:mark-update POST": rolled,
    "attendance:handover-create POST": rolled,
    "attendance:handover-undo POST": handed_over,
    "billing:settlement-draft POST": expense_approved,
    "billing:month-lock POST": settled,
    "billing:line-reopen POST": lines_worked,
    "billing:expense-voucher GET": scanned,
    "billing:stipends-book POST": stipends_approved,
    "billing:stipends-paid POST": stipends_booked,
    "billing:subsidy-create POST": subsidised,
    "billing:refunds-paid POST": instructed,
    "billing:refund-failed POST": instructed,
    "billing:withdrawal-settle POST": withdrawn,
    "disclosures:correct POST": published,
    "disclosures:public-page GET": published,
    "disclosures:public-pdf GET": published,
    "disclosures:public-xlsx GET": published,
    "disclosures:public-content GET": published,
}


# ---------------------------------------------------------------- where the door is


def my_duty(corner: Corner, person: Person) -> Duty:
    """At the own corner a person's own place on the rota; elsewhere a colleague's."""
    mine = Duty.objects.filter(person=person, day=THURSDAY).first() if corner.is_own else None
    return mine or corner.duty


def my_notice(corner: Corner, person: Person) -> Notice:
    return Notice.objects.get(to=person if corner.is_own else corner.duty.person, kind="test")


def my_job(corner: Corner, person: Person) -> Job:
    return Job.objects.get(asked_by=person if corner.is_own else corner.duty.person)


PERSONAL: dict[str, Callable[[Corner, Person], object]] = {
    "my_duty": my_duty,
    "my_notice": my_notice,
    "my_job": my_job,
}

# Routes whose address holds more than the number of the thing.
ADDRESS: dict[str, Callable[[Corner], list]] = {
    "policy-show": lambda corner: ["dalian-2024"],
    "policy-clause": lambda corner: ["dalian-2024", "四.4"],
    "schools:calendar-fill": lambda corner: [2027],
    "schools:calendar-confirm": lambda corner: [2026],
    "plans:plan-part": lambda corner: [corner.draft.pk, "content"],
    "plans:plan-check": lambda corner: [corner.draft.pk, "content"],
    "enrollment:apply": lambda corner: [corner.sibling.pk, corner.term.pk],
    "enrollment:decline": lambda corner: [corner.sibling.pk, corner.term.pk],
    "enrollment:agreement-verify": lambda corner: [corner.agreement.number, code_of(corner.agreement)],
    "attendance:mark-update": lambda corner: [corner.session.pk, corner.child.pk],
    "billing:settlement-detail": lambda corner: [corner.locked.pk, corner.klass.grade],
    "disclosures:public-page": lambda corner: [corner.school.code, SEPTEMBER],
    "disclosures:public-pdf": lambda corner: [corner.school.code, SEPTEMBER],
    "disclosures:public-xlsx": lambda corner: [corner.school.code, SEPTEMBER],
    "disclosures:public-content": lambda corner: [corner.school.code, SEPTEMBER],
    "disclosures:my-month": lambda corner: [corner.child.pk, SEPTEMBER],
}


# Posts that only ask; every other post of somebody who may changes rows.
ONLY_ASKS = {"plans:plan-check POST", "schools:student-list POST"}


# ---------------------------------------------------------------- what is filled in


def upload(name: str, data: bytes = PAPER) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def at_school(corner: Corner, person: Person) -> dict:
    return {"school": corner.school.pk}


def picked(corner: Corner, person: Person) -> dict:
    return {"pick": [corner.request.pk], "began_on": THURSDAY.isoformat()}


def reason(corner: Corner, person: Person) -> dict:
    return {"reason": "写错了"}


def wish(corner: Corner, person: Person) -> dict:
    offering = corner.plan.offerings.get()
    return {
        "choices": [offering.pk], f"days_{offering.pk}": [1, 2], "leave_mode": "collected",
        "pickup-TOTAL_FORMS": 0, "pickup-INITIAL_FORMS": 0,
    }  # fmt: skip


def voucher(corner: Corner, person: Person) -> dict:
    return {
        "key": "typed", "category": "fees:electricity", "amount": "50.00", "on": OCTOBER.replace(day=9).isoformat(),
        "payee": "供电公司", "voucher_number": "0092",
    }  # fmt: skip


def statement(corner: Corner, person: Person) -> dict:
    row = ("2026-10-12", "", "100.00", "某人", "6217", "课后服务费", f"new-{corner.school.pk}")
    data = write_xlsx([Sheet("流水", [Column(head) for head in STATEMENT_HEAD], [row])])
    return {"file": upload("流水.xlsx", data)}


def adult(corner: Corner, person: Person) -> dict:
    return {"student": corner.child.pk, "adult": f"guardian:{corner.mother.pk}"}


def free_teacher(corner: Corner, person: Person) -> dict:
    return {
        "school": corner.school.pk, "day": LATER.isoformat(), "section": corner.section.pk, "role": "teacher",
        "person": corner.teacher.pk,
    }  # fmt: skip


def bells(corner: Corner, person: Person) -> dict:
    return {
        "school": corner.school.pk, "person": corner.teacher.pk, "section": corner.section.pk, "role": "teacher",
        "weekdays": [1], "first": LATER.isoformat(), "last": LATER.isoformat(),
    }  # fmt: skip


BODY: dict[str, Body] = {
    "sign-in POST": lambda corner, person: {"phone": "", "code": ""},
    "code-create POST": lambda corner, person: {"phone": "13900000000"},
    "password-sign-in POST": lambda corner, person: {"phone": "", "password": ""},
    "schools:student-list POST": lambda corner, person: {"name": "孩子"},
    "schools:post-create POST": lambda corner, person: {
        "school": corner.school.pk, "role": "GUARD", "name": "新门卫", "phone": "13800000000",
        "began_on": THURSDAY.isoformat(),
    },
    "schools:post-end POST": lambda corner, person: {"ended_on": THURSDAY.isoformat()},
    "schools:roster-upload POST": lambda corner, person: {"school": corner.school.pk, "file": upload("名册.xlsx")},
    "schools:calendar-change POST": lambda corner, person: {
        "day": LATER.isoformat(), "kind": "rest", "reason": "台风停课"
    },
    "plans:plan-create POST": lambda corner, person: {"school": corner.school.pk, "term": corner.next_term.pk},
    "plans:plan-edit POST": lambda corner, person: {"leader": "新校长", "members": "各组长", "hotline": "0411"},
    "plans:plan-part POST": lambda corner, person: {"content": "作业辅导、阅读"},
    "plans:plan-check POST": lambda corner, person: {"content": "作业辅导、阅读"},
    "plans:minutes-upload POST": lambda corner, person: {"minutes": upload("记录.pdf")},
    "plans:plan-review POST": lambda corner, person: {"answer": "noted"},
    "enrollment:apply POST": wish,
    "enrollment:application-mend POST": wish,
    "enrollment:sign POST": lambda corner, person: {"sha256": corner.agreement.sha256, "read_marked": "on"},
    "enrollment:withdraw POST": lambda corner, person: {"last_on": THURSDAY.isoformat(), "reason": "搬家"},
    "enrollment:pickup-create POST": lambda corner, person: {
        f"child-{corner.child.pk}-{name}": value
        for name, value in (("name", "爷爷"), ("relation", "爷爷"), ("phone", "13900000001"))
    },
    "enrollment:application-confirm POST": picked,
    "enrollment:application-approve POST": picked,
    "enrollment:agreement-sign POST": lambda corner, person: {"pick": [corner.application.pk]},
    "enrollment:application-return POST": reason,
    "enrollment:application-send-back POST": reason,
    "enrollment:application-refuse POST": lambda corner, person: {"ground": "管理及安全隐患", "reason": "正在传染期"},
    "enrollment:waiver-create POST": lambda corner, person: {
        "category": "registered_poor", "percent": 100, "evidence": "建档立卡", "began_on": OCTOBER.isoformat()
    },
    "enrollment:waiver-decide POST": lambda corner, person: {"granted": "yes"},
    "enrollment:restriction-create POST": lambda corner, person: {
        "person_name": "某人", "document": "（2026）2号", "began_on": THURSDAY.isoformat()
    },
    "enrollment:restriction-end POST": lambda corner, person: {"ended_on": THURSDAY.isoformat(), "reason": "撤销"},
    "staffing:rota GET": at_school,
    "staffing:rota-plan GET": at_school,
    "staffing:rota-plan POST": bells,
    "staffing:duty-create GET": free_teacher,
    "staffing:duty-create POST": free_teacher,
    "staffing:duty-substitute POST": lambda corner, person: {"person": corner.teacher.pk},
    "staffing:duty-confirm-list POST": lambda corner, person: {"duty": [corner.duty.pk]},
    "staffing:duty-amend POST": lambda corner, person: {"arrived": "15:40", "left": "17:30", "reason": "忘了点"},
    "staffing:stipend-sheet-draft POST": lambda corner, person: {
        "school": corner.school.pk, "month": NOVEMBER.isoformat()
    },
    "staffing:stipend-sheet-return POST": reason,
    "attendance:day GET": at_school,
    "attendance:day-xlsx GET": at_school,
    "attendance:day-open POST": at_school,
    "attendance:day-close POST": at_school,
    "attendance:incident-create POST": lambda corner, person: {
        "school": corner.school.pk, "kind": "illness", "student": corner.child.pk, "note": "发烧，已通知家长"
    },
    "attendance:mark-update POST": lambda corner, person: {"status": "late"},
    "attendance:handover GET": lambda corner, person: {"section": corner.section.pk},
    "attendance:handover-create POST": adult,
    "attendance:wrong-adult POST": lambda corner, person: {"student": corner.child.pk},
    "attendance:leave-create POST": lambda corner, person: {"when": "tomorrow"},
    "billing:month-open POST": lambda corner, person: {"school": corner.school.pk, "month": NOVEMBER.isoformat()},
    "billing:receipt-create POST": lambda corner, person: {
        "key": "typed", "student": corner.child.number, "on": THURSDAY.isoformat(), "amount": "100", "method": "bank",
        "payer": "妈妈",
    },
    "billing:statement-upload POST": statement,
    "billing:line-match POST": lambda corner, person: {"student": corner.child.number},
    "billing:line-set-aside POST": reason,
    "billing:line-expense POST": voucher,
    "billing:expense-create POST": voucher,
    "billing:expense-reject POST": reason,
    "billing:expense-attach POST": lambda corner, person: {"voucher": upload("票据.pdf")},
    "billing:stipends-paid POST": lambda corner, person: {"paid_on": THURSDAY.isoformat()},
    "billing:subsidy-create POST": lambda corner, person: {
        "key": "typed", "on": OCTOBER.replace(day=9).isoformat(), "document": "文号", "heads": 2, "amount": "10"
    },
    "billing:refunds-paid POST": lambda corner, person: {"paid_on": THURSDAY.isoformat()},
    "billing:refund-failed POST": reason,
    "disclosures:correct POST": lambda corner, person: {"reason": "水费更正"},
}  # fmt: skip
