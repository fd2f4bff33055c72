"""What is asked for at each door: its address, and a form filled in well."""

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from afterschool.access.models import Person
from afterschool.jobs.models import Job
from afterschool.notices.models import Notice
from afterschool.xlsx import Column, Sheet, write_xlsx
from billing.selectors.reconciling import in_book
from enrollment.papers import code_of
from staffing.models import Duty, StipendLine
from tests.billing.wechat.gateway import MCHID
from tests.pictures import picture

from . import meals
from .town import DECEMBER, LOCAL_POLICY, NOVEMBER, OCTOBER, PAPER, SEPTEMBER, THURSDAY, Corner, at

PHOTO = picture(40, 30)
Body = Callable[[Corner, Person], dict | str]
LATER = THURSDAY + timedelta(days=4)  # a Monday
STATEMENT_HEAD = ("交易日期", "借方发生额(支出)", "贷方发生额(收入)", "对方户名", "对方账号", "摘要", "流水号")


# ---------------------------------------------------------------- where the door is


def my_duty(corner: Corner, person: Person) -> Duty:
    """At the own corner a person's own place on the rota; elsewhere a colleague's."""
    mine = Duty.objects.filter(person=person, day=THURSDAY).first() if corner.is_own else None
    return mine or corner.duty


def my_line(corner: Corner, person: Person) -> StipendLine:
    """At the own corner what this person is paid; elsewhere what a colleague is."""
    lines = StipendLine.objects.filter(school=corner.school)
    mine = lines.filter(person=person).first() if corner.is_own else None
    return mine or lines.get(person=corner.duty.person)


def my_notice(corner: Corner, person: Person) -> Notice:
    return Notice.objects.get(to=person if corner.is_own else corner.duty.person, kind="test")


def my_job(corner: Corner, person: Person) -> Job:
    return Job.objects.get(asked_by=person if corner.is_own else corner.duty.person)


PERSONAL: dict[str, Callable[[Corner, Person], object]] = {
    "my_duty": my_duty,
    "my_line": my_line,
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
    "attendance:correction-create": lambda corner: [corner.session.pk, corner.child.pk],
    "attendance:correction-decide": lambda corner: [corner.session.corrections.get().pk],
    "attendance:patrol-undo": lambda corner: [corner.session.patrols.get().pk],
    "attendance:later-undo": lambda corner: [corner.child.handovers.get().pk],
    "attendance:later-decide": lambda corner: [corner.child.later_records.get().pk],
    "attendance:contact-create": lambda corner: [corner.session.pk, corner.child.pk],
    "enrollment:dispute-end": lambda corner: [corner.child.dispute_holds.get().pk],
    "attendance:held-confirm": lambda corner: [corner.child.gate_events.get().pk],
    "attendance:held-undo": lambda corner: [corner.child.gate_events.get().pk],
    "attendance:held-calls": lambda corner: [corner.child.gate_events.get().pk],
    "billing:receipt-void": lambda corner: [corner.child.receipts.latest("number").pk],
    "billing:settlement-detail": lambda corner: [corner.locked.pk, corner.klass.grade],
    "billing:month-end": lambda corner: [OCTOBER],
    "billing:month-end-draft": lambda corner: [OCTOBER],
    "billing:month-end-lock": lambda corner: [OCTOBER],
    "ledger:account-list": lambda corner: [corner.school.pk, "bank"],
    "ledger:account-detail": lambda corner: [corner.school.accounts.get(kind="bank").pk],
    "ledger:voucher-detail": lambda corner: [corner.school.entries.get(number=1, on__year=2026).pk],
    **{
        f"oversight:policy-{page}": lambda corner: [corner.text.code]
        for page in ("mend", "check", "difference", "effect", "effect-begin", "effect-xlsx", "adoption")
    },
    "disclosures:public-page": lambda corner: [corner.school.code, SEPTEMBER],
    "disclosures:public-pdf": lambda corner: [corner.school.code, SEPTEMBER],
    "disclosures:public-xlsx": lambda corner: [corner.school.code, SEPTEMBER],
    "disclosures:public-content": lambda corner: [corner.school.code, SEPTEMBER],
    "wechat:call-back": lambda corner: [MCHID],
    "wechat:pay": lambda corner: [corner.child.pk, corner.month.pk],
    "disclosures:my-month": lambda corner: [corner.child.pk, SEPTEMBER],
    "disclosures:objection-create": lambda corner: [corner.child.pk, OCTOBER],
}


# Posts that only ask; every other post of somebody who may changes rows.
ONLY_ASKS = {
    "billing:payee-change POST",  # without a code nothing is asked for
    "billing:trial POST", "billing:trial-download POST", "plans:plan-check POST", "schools:student-list POST",
}  # fmt: skip


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


def free_teacher(corner: Corner, person: Person) -> dict:
    return {
        "school": corner.school.pk, "day": LATER.isoformat(), "section": corner.section.pk, "role": "teacher",
        "person": corner.teacher.pk,
    }  # fmt: skip


def every_monday(corner: Corner, person: Person) -> dict:
    return {
        "school": corner.school.pk, "person": corner.teacher.pk, "section": corner.section.pk, "role": "teacher",
        "weekdays": [1], "first": LATER.isoformat(), "last": LATER.isoformat(),
    }  # fmt: skip


def tapped(corner: Corner, person: Person) -> str:
    """One release, as a device tells it."""
    event = {"uid": str(uuid4()), "sequence": 1, "claimed_at": at(17, 42).isoformat(), "kind": "release",
             "student": corner.child.pk, "mode": "collected", "adult": f"guardian:{corner.mother.pk}"}  # fmt: skip
    return json.dumps({"device": str(uuid4()), "school": corner.school.pk, "events": [event]})


BODY: dict[str, Body] = {
    "sign-in POST": lambda corner, person: {"phone": "", "code": ""},
    "code-create POST": lambda corner, person: {"phone": "13900000000"},
    "password-sign-in POST": lambda corner, person: {"phone": "", "password": ""},
    "password-set POST": lambda corner, person: dict.fromkeys(("new_password1", "new_password2"), "xingqisi-1742"),
    "schools:student-list POST": lambda corner, person: {"name": "孩子"},
    "schools:post-create POST": lambda corner, person: {
        "school": corner.school.pk, "role": "GUARD", "name": "新门卫", "phone": "13800000000",
        "began_on": THURSDAY.isoformat(),
    },
    "schools:post-end POST": lambda corner, person: {"ended_on": THURSDAY.isoformat()},
    "schools:bureau-post-end POST": lambda corner, person: {"ended_on": THURSDAY.isoformat()},
    "schools:roster-upload POST": lambda corner, person: {"school": corner.school.pk, "file": upload("名册.xlsx")},
    "schools:calendar-change POST": lambda corner, person: {
        "day": LATER.isoformat(), "kind": "rest", "reason": "台风停课"
    },
    "schools:school-edit GET": at_school,
    "schools:school-edit POST": lambda corner, person: {"school": corner.school.pk, "phone": "0411-1", "base": "39"},
    "schools:bureau-edit POST": lambda corner, person: {"phone": "0411-2"},
    "schools:term-create POST": lambda corner, person: {
        "name": "2027年春季学期", "school_year": 2026, "began_on": "2027-03-01", "ended_on": "2027-07-09"
    },
    "schools:school-create POST": lambda corner, person: {
        "name": "望海小学", "code": "2102810009", "stage": "primary", "ownership": "public", "area": "rural",
        "phone": "0411-3", "admin_name": "新管理员", "admin_phone": "13800000009",
    },
    "schools:bureau-post-create POST": lambda corner, person: {
        "role": "SCHOOL_ADMIN", "school": corner.school.pk, "name": "新管理员", "phone": "13800000009",
        "began_on": THURSDAY.isoformat(),
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
    "enrollment:pickup-photo POST": lambda corner, person: {"photo": upload("奶奶.jpg", PHOTO)},
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
    "enrollment:export-decide POST": lambda corner, person: {"granted": "yes"},
    "enrollment:restriction-create POST": lambda corner, person: {
        "person_name": "某人", "document": "（2026）2号", "began_on": THURSDAY.isoformat()
    },
    "enrollment:restriction-keep POST": lambda corner, person: {"reason": "裁定仍有效"},
    "enrollment:dispute-create POST": lambda corner, person: {"reason": "父母意见不一"},
    "enrollment:restriction-end POST": lambda corner, person: {"ended_on": THURSDAY.isoformat(), "reason": "撤销"},
    "staffing:rota GET": at_school,
    "staffing:rota-plan GET": at_school,
    "staffing:rota-plan POST": every_monday,
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
    "attendance:incident-create GET": at_school,
    "attendance:incident-follow POST": lambda corner, person: {"told_guardian": "on", "follow_up": "已送医务室"},
    "attendance:call-back POST": lambda corner, person: {
        "guardian": corner.mother.pk, "adult_name": "王秀兰", "adult_relation": "奶奶", "agreed": "on",
    },
    "attendance:late-begin GET": at_school,
    "attendance:late-begin POST": lambda corner, person: {
        "school": corner.school.pk, "children": [corner.child.pk], "keeper": corner.duty.person.pk, "place": "图书室",
    },
    "attendance:late-keeper POST": lambda corner, person: {"keeper": corner.teacher.pk, "place": "门卫室"},
    "attendance:patrol GET": at_school,
    "attendance:later GET": at_school,
    "attendance:later-create POST": lambda corner, person: {
        f"way-{corner.child.pk}": f"guardian:{corner.mother.pk}",
        "time": "17:40", "source": "值班教师的回忆", "reason": "漏点了",
    },
    "attendance:later-decide POST": lambda corner, person: {"agreed": "yes"},
    "attendance:batches GET": at_school,
    "attendance:batch-create POST": lambda corner, person: {
        "school": corner.school.pk, "name": "第一批", "grades": [1, 2], "leaves_at": "17:30", "began_on": LATER.isoformat(),
    },
    "attendance:batch-end POST": lambda corner, person: {"ended_on": LATER.isoformat()},
    "attendance:correction-create POST": lambda corner, person: {"status": "late", "reason": "后来到了"},
    "attendance:correction-decide POST": lambda corner, person: {"agreed": "yes"},
    "attendance:contact-create POST": lambda corner, person: {"result": "reached"},
    "attendance:transfers GET": at_school,
    "attendance:stops GET": at_school,
    "attendance:stop-create POST": lambda corner, person: {
        "school": corner.school.pk, "which": "all", "until": "15:00", "cause": "forced", "reason": "台风"
    },
    "attendance:stop-undo POST": at_school,
    "attendance:session-move POST": lambda corner, person: {"room": "多功能厅"},
    "attendance:handover GET": lambda corner, person: {"section": corner.section.pk},
    "attendance:gate-list POST": lambda corner, person: json.dumps({"device": str(uuid4()), "school": corner.school.pk}),
    "attendance:gate-events POST": tapped,
    "attendance:gate-paper-print POST": lambda corner, person: {"section": corner.section.pk},
    "attendance:gate-paper-type POST": lambda corner, person: {
        "form": str(uuid4()), f"way-{corner.child.pk}": f"guardian:{corner.mother.pk}"
    },
    "attendance:logs GET": at_school,
    "attendance:emergency GET": at_school,
    "attendance:log POST": lambda corner, person: {"activity": "reading", "content": "读《昆虫记》"},
    "attendance:log-photo-add POST": lambda corner, person: {
        "image": upload("操场.jpg", PHOTO), "place": "操场", "without_faces": "on"
    },
    "attendance:venue-create POST": lambda corner, person: {"name": "图书室", "every_days": 30},
    "attendance:venue-check POST": lambda corner, person: {f"venue-{corner.venue.pk}-is_safe": "yes"},
    "attendance:emergency-new POST": lambda corner, person: {"title": "火警", "steps": "疏散", "contacts": "消防 119"},
    "attendance:emergency-write POST": lambda corner, person: {
        "title": "孩子受伤", "steps": "先看伤，再叫校医", "contacts": "校医 120"
    },
    "attendance:archive GET": at_school,
    "attendance:archive-make POST": lambda corner, person: {
        "school": corner.school.pk, "days": f"{THURSDAY}/{THURSDAY}",
    },
    "attendance:leave-create POST": lambda corner, person: {"when": (THURSDAY + timedelta(days=1)).isoformat()},
    "attendance:change-create POST": lambda corner, person: {"comes_at": "18:00"},
    "attendance:code-make POST": lambda corner, person: {
        "name": "王秀兰", "relation": "奶奶", "day": THURSDAY.isoformat()
    },
    "attendance:guard GET": at_school,
    "attendance:guard-entry-create POST": lambda corner, person: {
        "school": corner.school.pk, "kind": "visitor", "name": "赵建国", "purpose": "找老师"
    },
    "billing:trial POST": lambda corner, person: {
        "what": "people", "policy": "dalian-2024", "grade": corner.klass.grade, "on": THURSDAY.isoformat(),
        "students": "30", "classes": "1",
    },
    "billing:trial-download POST": lambda corner, person: {"scenario": '{"on": "2026-11-12"}'},
    "billing:settlement-show POST": lambda corner, person: {"until": (THURSDAY + timedelta(days=3)).isoformat()},
    "billing:objection-answer POST": lambda corner, person: {
        f"answer-{corner.objection.pk}-upheld": "no", f"answer-{corner.objection.pk}-answer": "按实际服务日算的"
    },
    "billing:reconciliation-make POST": lambda corner, person: {
        "bank": in_book(corner.month).plain(), "items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0"
    },
    "disclosures:fee-report-create POST": lambda corner, person: {"text": "班级群里收材料费"},
    "disclosures:fee-report-answer POST": lambda corner, person: {f"{corner.fee_report.pk}-answer": "已责令退还"},
    "disclosures:objection-create POST": lambda corner, person: {"text": "少退了"},
    "billing:month-open POST": lambda corner, person: {"school": corner.school.pk, "month": NOVEMBER.isoformat()},
    "billing:receipt-create POST": lambda corner, person: {
        "key": "typed", "student": corner.child.number, "on": THURSDAY.isoformat(), "amount": "100", "method": "bank",
        "payer": "妈妈",
    },
    "billing:receipt-void POST": reason,
    "billing:statement-upload POST": statement,
    "billing:line-match POST": lambda corner, person: {"student": corner.child.number},
    "billing:line-link POST": lambda corner, person: {"receipt": corner.line.typed.pk},
    "billing:line-back POST": lambda corner, person: {"payout": corner.payout.pk},
    "billing:line-outflow POST": lambda corner, person: {"paper": f"expense-{corner.outflow.cost.pk}"},
    "billing:line-set-aside POST": reason,
    "billing:line-expense POST": voucher,
    "billing:expense-create POST": voucher,
    "billing:adjustment-create POST": lambda corner, person: {
        "key": "more", "side": "more", "cost": "fees:water", "amount": "1", "on": THURSDAY.isoformat(),
        "voucher_number": "H1", "clause": "四.5", "reason": "抄表有误",
    },
    "billing:adjustment-reject POST": reason,
    "billing:expense-reject POST": reason,
    "billing:expense-attach POST": lambda corner, person: {"voucher": upload("票据.pdf")},
    "billing:stipends-paid POST": lambda corner, person: {"paid_on": THURSDAY.isoformat()},
    "billing:subsidy-create POST": lambda corner, person: {
        "key": "typed", "on": OCTOBER.replace(day=9).isoformat(), "document": "文号", "heads": 2, "amount": "10",
        "payer": "区财政",
    },
    "billing:advance-return POST": lambda corner, person: {"pick": [corner.child.pk]},
    "billing:payee-change POST": lambda corner, person: {
        "payee": "妈妈", "payee_account": "6217000012345678", "reason": "换卡", "code": "000000"
    },
    "billing:payee-change-decide POST": lambda corner, person: {"agreed": "yes"},
    "billing:batch-paid POST": lambda corner, person: {"paid_on": THURSDAY.isoformat()},
    "billing:payout-paid POST": lambda corner, person: {"paid_on": THURSDAY.isoformat()},
    "billing:payout-failed POST": reason,
    "billing:answer-upload POST": lambda corner, person: {"file": upload("回单.csv", "序号,金额,结果\n1,1,成功\n".encode())},
    "billing:answer-take POST": lambda corner, person: {"paid_on": THURSDAY.isoformat()},
    "oversight:policy-upload POST": lambda corner, person: {"body": LOCAL_POLICY},
    "oversight:policy-mend POST": lambda corner, person: {"body": LOCAL_POLICY, "notice": "通知原文"},
    "oversight:policy-adoption POST": lambda corner, person: {"began_on": DECEMBER.isoformat(), "reason": "新细则"},
    "oversight:adoption-decline POST": lambda corner, person: {"declined_because": "再议"},
    "wechat:pay POST": lambda corner, person: {"key": "typed", "code": "code"},
    "disclosures:correct POST": lambda corner, person: {"reason": "水费更正"},
    **meals.BODY,
}  # fmt: skip
