"""How things stand before anybody knocks, so that whoever may pass succeeds."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from afterschool.access.capabilities import Role
from afterschool.money import Money
from afterschool.oversight.actions import propose
from afterschool.plans.models import Minutes, Plan
from afterschool.schools.actions import upload_policy
from afterschool.schools.models import Adoption, CalendarYear
from attendance.actions import (
    begin_batch,
    begin_late,
    change_pickup,
    correct_mark,
    enter_gate,
    make_code,
    patrol,
    stop_sessions,
    take_events,
    take_roll,
)
from attendance.actions.later import record_later
from attendance.actions.lists import issue_list
from attendance.actions.months import lock_attendance
from attendance.actions.photos import add_photo
from attendance.actions.plans import write_plan
from attendance.actions.venues import add_venue, check_venue
from attendance.models import Archive, DayClose, Handover
from attendance.models import Session as Meeting
from attendance.paper import device_of
from attendance.told import Told
from billing.actions import (
    approve_adjustment,
    approve_expense,
    book_stipends,
    bring_answer,
    draft_round,
    draft_settlement,
    enter_adjustment,
    enter_expense,
    instruct_refunds,
    open_month,
    raise_objection,
    receive,
    set_aside_line,
    show_settlement,
)
from billing.disclosures.actions import publish
from billing.disclosures.reports import tell_bureau
from billing.models import BankLine, Expense, FeeMonth, PayeeChange, Payout, Refund
from billing.wechat.actions import make_payment
from billing.wechat.selectors import due_of
from enrollment.actions import ask_export, hold_in_dispute, withdraw
from enrollment.models import Agreement, Application, Placement
from staffing.models import Duty, StipendLine, StipendSheet
from tests import cast
from tests.attendance.gate import hand_over, report_wrong_adult

from . import meals
from .town import DECEMBER, LOCAL_POLICY, OCTOBER, PAPER, THURSDAY, Corner, act, at

Given = Callable[[Corner], object]


def signed_by_guardian(corner: Corner) -> None:
    """The agreement waits for the school."""
    Placement.objects.filter(student=corner.child).delete()
    Agreement.objects.filter(pk=corner.agreement.pk).update(school_signed_at=None, school_signed_by=None)
    Application.objects.filter(pk=corner.application.pk).update(state="approved")


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
    signed_by_guardian(corner)
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


def bureau_staffed(corner: Corner) -> None:
    corner.bureau_post = cast.make_person("审核员", Role.BUREAU_REVIEWER, corner.school.bureau).posts.get()


def not_opened(corner: Corner) -> None:
    Meeting.objects.filter(school=corner.school).delete()


def archived(corner: Corner) -> None:
    corner.archive = Archive.objects.create(
        school=corner.school, first_on=THURSDAY, last_on=THURSDAY, pdf=PAPER, pdf_sha256="0" * 64, xlsx=PAPER,
        xlsx_sha256="0" * 64, made_at=at(17), made_by=corner.office,
    )  # fmt: skip


def rolled(corner: Corner) -> None:
    take_roll(corner.session, exceptions={}, now=at(15, 46), by=act(corner.duty.person))


def faced(corner: Corner) -> None:
    type(corner.pickup).objects.filter(pk=corner.pickup.pk).update(photo=b"jpeg")


def copy_asked(corner: Corner) -> None:
    """The child has a restriction: its mother waits for a copy of the data."""
    corner.copy = ask_export(corner.child, now=at(9), by=act(corner.mother))


def missed(corner: Corner) -> None:
    """The roll did not find the child."""
    teacher = act(corner.duty.person)
    take_roll(corner.session, exceptions={corner.child.pk: "absent"}, now=at(15, 46), by=teacher)


def correction_asked(corner: Corner) -> None:
    """Of a month that is locked, by the teacher on duty."""
    missed(corner)
    lock_attendance(corner.school, THURSDAY.replace(day=1), now=at(17))
    correct_mark(
        corner.session, student=corner.child, status="late", reason="点错了", now=at(17, 30), by=act(corner.duty.person)
    )


def found(corner: Corner) -> None:
    """The child was written down as present only after the day was signed."""
    teacher = act(corner.duty.person)
    take_roll(corner.session, exceptions={corner.child.pk: "leave"}, now=at(15, 46), by=teacher)
    DayClose.objects.create(school=corner.school, day=THURSDAY, closed_at=at(17, 30), closed_by=corner.duty.person)
    correct_mark(corner.session, student=corner.child, status="present", reason="点错了", now=at(17, 35), by=teacher)


def write_later(corner: Corner) -> None:
    said = {corner.child.pk: (f"guardian:{corner.mother.pk}", at(17, 36))}
    leader = act(cast.make_person("值班领导", Role.LEADER, corner.school))
    words = {"source": "家长电话里说的", "reason": "漏点了"}
    record_later(corner.school, said, day=THURSDAY, **words, now=at(17, 37), by=leader)


def written_later(corner: Corner) -> None:
    """How a child left of which nobody knew; the day is open again."""
    found(corner)
    write_later(corner)
    DayClose.objects.filter(school=corner.school, day=THURSDAY).delete()


def later_asked(corner: Corner) -> None:
    """Of a month that is locked."""
    found(corner)
    lock_attendance(corner.school, THURSDAY.replace(day=1), now=at(17, 36))
    write_later(corner)


def patrolled(corner: Corner) -> None:
    patrol(corner.session, now=at(16), by=act(corner.duty.person))


def stopped(corner: Corner) -> None:
    stop_sessions(
        corner.school, until=at(15).time(), cause="forced", reason="台风", now=at(14), by=act(corner.duty.person)
    )


def change_said(corner: Corner) -> None:
    corner.change = change_pickup(corner.child, comes_at=at(18).time(), now=at(12), by=act(corner.mother))


def code_made(corner: Corner) -> None:
    said = {"day": THURSDAY, "name": "王秀兰", "relation": "奶奶"}
    corner.slip, _ = make_code(corner.child, **said, now=at(12), by=act(corner.mother))


def visited(corner: Corner) -> None:
    corner.entry = enter_gate(
        corner.school, kind="visitor", name="赵建国", purpose="找老师", now=at(16), by=act(corner.duty.person)
    )


def disputed(corner: Corner) -> None:
    hold_in_dispute(corner.child, reason="父母意见不一", today=THURSDAY, by=act(corner.duty.person))


def held(corner: Corner) -> None:
    """A release in a rush, which waits for the leader."""
    rolled(corner)
    told = Told(
        uuid4(), "release", corner.child.pk, at(17, 42), mode="collected", adult=f"guardian:{corner.mother.pk}", pace=9
    )
    take_events(corner.school, [told], device=str(uuid4()), now=at(17, 42), by=act(corner.duty.person))


def held_in_quarrel(corner: Corner) -> None:
    """A release of a child whose guardians quarrel; the calls come first."""
    disputed(corner)
    held(corner)


def kept(corner: Corner) -> None:
    """Nobody has come, a colleague stays with the child."""
    rolled(corner)
    by = act(corner.duty.person)
    kept = begin_late([corner.child], day=THURSDAY, keeper=corner.duty.person, place="图书室", now=at(17, 41), by=by)
    corner.stay = kept[0]


def strange(corner: Corner) -> None:
    """An adult nobody knows asked for the child."""
    rolled(corner)
    by = act(corner.duty.person)
    corner.incident = report_wrong_adult(corner.child, now=at(17, 41), by=by)


def batched(corner: Corner) -> None:
    corner.batch = begin_batch(
        corner.school, name="第一批", grades=[4], leaves_at=at(17, 30).time(), began_on=THURSDAY, by=act(corner.office)
    )


def printed(corner: Corner) -> None:
    """The roll is taken and the A4 list of the section was printed."""
    rolled(corner)
    by = act(corner.duty.person)
    corner.paper = issue_list(
        corner.school,
        day=THURSDAY,
        device=device_of(corner.section),
        section_id=corner.section.pk,
        now=at(15, 50),
        by=by,
    ).gate_list


def handed_over(corner: Corner) -> None:
    """Every child of the school is with an adult."""
    for session in corner.school.sessions.filter(day=THURSDAY):
        teacher = act(Duty.objects.filter(section=session.section, day=THURSDAY).first().person)
        take_roll(session, exceptions={}, now=at(15, 46), by=teacher)
        child = session.section.placements.get().student
        hand_over(child, now=at(17, 30), by=teacher)
    corner.handover = Handover.objects.get(student=corner.child)


def photographed(corner: Corner) -> None:
    corner.photo = add_photo(
        corner.session, image=b"jpeg", place="操场", without_faces=True, now=at(16), by=act(corner.duty.person)
    )


def venue_added(corner: Corner) -> None:
    corner.venue = add_venue(corner.school, name="操场", every_days=30, today=THURSDAY, by=act(corner.office))


def in_danger(corner: Corner) -> None:
    venue_added(corner)
    found = {"is_safe": False, "found": "篮球架松动", "mend_by": THURSDAY}
    corner.danger = check_venue(corner.venue, **found, today=THURSDAY, by=act(corner.office))


def emergency_planned(corner: Corner) -> None:
    corner.emergency = write_plan(
        corner.school, title="孩子受伤", steps="叫校医", contacts="校医 120", today=THURSDAY, by=act(corner.office)
    )


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


def everybody_paid(corner: Corner) -> None:
    """October's sheet has a line for whoever is on the rota."""
    stipends_approved(corner)
    sheet = StipendSheet.objects.get(school=corner.school, month=OCTOBER)
    others = Duty.objects.filter(school=corner.school).exclude(person=corner.duty.person)
    for person in set(others.values_list("person", flat=True)):
        StipendLine.objects.create(school=corner.school, sheet=sheet, person_id=person, amount_fen=40_00)


def stipends_booked(corner: Corner) -> None:
    stipends_approved(corner)
    book_stipends(corner.month, by=act(corner.clerk))


def lines_worked(corner: Corner) -> None:
    for line in BankLine.objects.filter(school=corner.school):
        set_aside_line(line, reason="与课后服务无关", by=act(corner.clerk))


def typed(corner: Corner) -> None:
    """The line suggests the child, for whom the same payment was typed by hand."""
    line = corner.line
    BankLine.objects.filter(pk=line.pk).update(suggested=corner.child)
    line.typed = receive(
        corner.school, corner.child, on=line.on, amount=Money(line.in_fen), payer=line.payer, key="typed",
        by=act(corner.clerk),
    )  # fmt: skip


def received(corner: Corner) -> None:
    """A payment in the month that is open."""
    receive(
        corner.school, corner.child, on=corner.line.on, amount=Money(80_00), payer="妈妈", key=f"late-{corner.child.pk}",
        by=act(corner.clerk),
    )  # fmt: skip


def by_wechat(corner: Corner) -> None:
    """WeChat holds as much as the line says."""
    receive(
        corner.school, corner.child, on=corner.line.on, amount=Money(corner.line.in_fen), payer="妈妈", method="wechat",
        key=f"wechat-{corner.child.pk}", by=act(corner.clerk),
    )  # fmt: skip


def costed(corner: Corner) -> None:
    """A cost of the outflow's amount was typed by hand."""
    corner.outflow.cost = enter_expense(
        corner.month, category="electricity", fund="fees", amount=Money(corner.outflow.out_fen), on=corner.outflow.on,
        payee="供电公司", voucher_number="0092", key="costed", by=act(corner.clerk),
    )  # fmt: skip


def expense_approved(corner: Corner) -> None:
    approve_expense(corner.expense, now=at(9), by=act(corner.reviewer))


def drafted(corner: Corner) -> None:
    expense_approved(corner)
    lines_worked(corner)
    draft_settlement(corner.month, by=act(corner.clerk))


def settled(corner: Corner) -> None:
    drafted(corner)
    cast.ready_to_lock(corner.month, now=at(9))


def shown(corner: Corner) -> None:
    drafted(corner)
    show_settlement(corner.month, until=THURSDAY + timedelta(days=3), now=at(9), by=act(corner.clerk))


def objected(corner: Corner) -> None:
    shown(corner)
    corner.objection = raise_objection(
        corner.month, corner.child, text="少退了", now=at(9), by=cast.act(corner.mother, THURSDAY)
    )


def reported(corner: Corner) -> None:
    mother = cast.act(corner.mother, THURSDAY)
    corner.fee_report = tell_bureau(corner.child, text="班级群里收材料费", now=at(9), by=mother)


def instructed(corner: Corner) -> None:
    corner.batch = instruct_refunds(corner.locked, now=at(9), by=act(corner.reviewer))
    Payout.objects.filter(batch=corner.batch).update(payee_account="6217")
    corner.payout = corner.batch.payouts.get(refund__student=corner.child)


def come_back(corner: Corner) -> None:
    """The bank paid it out, and a line says that it is back."""
    instructed(corner)
    corner.batch.payouts.update(state="paid", paid_on=corner.line.on, fen=corner.line.in_fen)
    type(corner.line).objects.filter(pk=corner.line.pk).update(memo="退汇")


def paid_ahead(corner: Corner) -> None:
    receive(
        corner.school, corner.child, on=OCTOBER.replace(day=20), amount=Money(300_00), payer="妈妈", key="ahead",
        by=act(corner.clerk),
    )  # fmt: skip


def payee_asked(corner: Corner) -> None:
    corner.payee_change = PayeeChange.objects.create(
        school=corner.school, student=corner.child, payee="妈妈", payee_account="6217000012345678", reason="换卡",
        asked_by=corner.mother, asked_at=at(9),
    )  # fmt: skip


def sets_off(corner: Corner) -> None:
    """The month is under a policy that sets refunds off against the next charge."""
    policy = cast.adopt(corner.school.bureau, '[[refund_route]]\nhow = "set_off"', began_on=DECEMBER).policy
    FeeMonth.objects.filter(pk=corner.month.pk).update(policy=policy)
    Refund.objects.create(
        school=corner.school, fee_month=corner.month, student=corner.child, cause="cancelled", amount_fen=1_00,
        charge=corner.child.charges.get(fee_month=corner.locked), state="payable",
    )  # fmt: skip


def answered(corner: Corner) -> None:
    instructed(corner)
    corner.bank_answer = bring_answer(
        corner.batch, file_name="回单.csv", data="序号,金额,处理结果\n1,80.00,成功\n".encode(), by=act(corner.reviewer)
    )


def adjusted(corner: Corner) -> None:
    """September's cost was really less, and November's book is open to take it."""
    open_month(corner.school, month=THURSDAY, by=act(corner.clerk))
    corner.adjustment = enter_adjustment(
        corner.locked, side="less", expense=corner.locked.expenses.first(), amount=Money(2_00), on=THURSDAY,
        reason="抄表有误", clause="四.5", voucher_number="H1", key="less", by=act(corner.clerk),
    )  # fmt: skip


def adjustment_approved(corner: Corner) -> None:
    adjusted(corner)
    approve_adjustment(corner.adjustment, now=at(9), by=act(corner.reviewer))


def round_drafted(corner: Corner) -> None:
    adjustment_approved(corner)
    corner.round = draft_round(corner.locked, by=act(corner.clerk))


def scanned(corner: Corner) -> None:
    Expense.objects.filter(pk=corner.expense.pk).update(voucher=PAPER, voucher_type="application/pdf")


def subsidised(corner: Corner) -> None:
    """The month is under a policy that knows a subsidy."""
    FeeMonth.objects.filter(pk=corner.month.pk).update(policy="changle-2021")


def published(corner: Corner) -> None:
    publish(corner.disclosure, now=at(9), by=act(corner.reviewer))


def paying(corner: Corner) -> None:
    """The mother is about to pay."""
    corner.payment = make_payment(
        due_of(corner.child, corner.month), key="given", now=at(9), by=cast.act(corner.mother, THURSDAY)
    )


def tried(corner: Corner) -> None:
    """The bureau has a policy of its own on trial."""
    keeper = cast.make_person("上传的人", Role.BUREAU_KEEPER, corner.school.bureau)
    corner.text = upload_policy(corner.school.bureau, body=LOCAL_POLICY, by=act(keeper))


def proposed(corner: Corner) -> None:
    tried(corner)
    corner.adoption = propose(corner.text, began_on=DECEMBER, reason="新细则", by=act(corner.text.uploaded_by))


GIVEN: dict[str, Given] = {
    **{
        f"oversight:policy-{name}": tried
        for name in (
            "mend GET",
            "mend POST",
            "check GET",
            "difference GET",
            "effect GET",
            "effect-begin POST",
            "effect-xlsx GET",
            "adoption GET",
            "adoption POST",
        )
    },
    "oversight:adoption-confirm POST": proposed,
    "oversight:adoption-decline POST": proposed,
    "plans:plan-create POST": no_plan,
    "plans:plan-revise POST": no_draft,
    "plans:plan-review POST": filed,
    "schools:calendar-confirm POST": provisional,
    "schools:bureau-post-end GET": bureau_staffed,
    "schools:bureau-post-end POST": bureau_staffed,
    "enrollment:sign POST": unsigned_by_guardian,
    "enrollment:application-detail GET": sibling("submitted"),
    "enrollment:application-mend GET": sibling("returned"),
    "enrollment:application-mend POST": sibling("returned"),
    "enrollment:application-take-back POST": sibling("submitted"),
    "enrollment:application-review GET": sibling("submitted"),
    "enrollment:application-confirm POST": sibling("submitted"),
    "enrollment:application-approve POST": sibling("confirmed"),
    "enrollment:agreement-sign POST": signed_by_guardian,
    "enrollment:application-return POST": sibling("submitted"),
    "enrollment:application-send-back POST": sibling("confirmed"),
    "enrollment:application-refuse POST": refusable,
    "enrollment:withdrawal-acknowledge POST": withdrawn,
    "staffing:duty-confirm-list POST": served,
    "staffing:duty-leave POST": arrived,
    "staffing:my-stipend-detail GET": everybody_paid,
    "staffing:stipend-sheet-draft POST": confirmed,
    "staffing:stipend-sheet-approve POST": reviewed,
    "staffing:stipend-sheet-return POST": reviewed,
    "attendance:archive-pdf POST": archived,
    "attendance:archive-xlsx POST": archived,
    "attendance:day-open POST": not_opened,
    "attendance:section-roll POST": not_opened,
    "attendance:section-roll GET": not_opened,
    "attendance:day-close POST": handed_over,
    "attendance:roll-undo POST": rolled,
    "attendance:correction-create POST": rolled,
    "attendance:correction-decide POST": correction_asked,
    "attendance:contact-create GET": missed,
    "attendance:contact-create POST": missed,
    "attendance:stop-undo POST": stopped,
    "attendance:change-cancel POST": change_said,
    "attendance:code-cancel POST": code_made,
    "attendance:guard-entry-leave POST": visited,
    "enrollment:dispute-end POST": disputed,
    "attendance:gate-events POST": rolled,
    "enrollment:pickup-photo GET": faced,
    "enrollment:export-decide POST": copy_asked,
    "attendance:photo GET": photographed,
    "attendance:photo-remove POST": photographed,
    "attendance:venue-check POST": venue_added,
    "attendance:venue-end POST": venue_added,
    "attendance:venue-mend POST": in_danger,
    "attendance:emergency-write GET": emergency_planned,
    "attendance:emergency-write POST": emergency_planned,
    "attendance:held-confirm POST": held,
    "attendance:held-undo POST": held,
    "attendance:held-calls POST": held_in_quarrel,
    "attendance:late-begin POST": rolled,
    "attendance:later-create POST": found,
    "attendance:later-undo POST": written_later,
    "attendance:later-decide POST": later_asked,
    "attendance:patrol-undo POST": patrolled,
    "attendance:late-keeper GET": kept,
    "attendance:late-keeper POST": kept,
    "attendance:late-end POST": kept,
    "attendance:incident GET": strange,
    "attendance:incident-follow POST": strange,
    "attendance:call-back GET": strange,
    "attendance:call-back POST": strange,
    "attendance:batch-end POST": batched,
    "attendance:gate-paper-type GET": printed,
    "attendance:gate-paper-type POST": printed,
    "billing:settlement-draft POST": expense_approved,
    "billing:month-lock POST": settled,
    "billing:settlement-show POST": drafted,
    "billing:objection-answer POST": objected,
    "disclosures:objection-create POST": shown,
    "disclosures:fee-report-answer POST": reported,
    "billing:receipt-void POST": received,
    "billing:line-link POST": typed,
    "billing:line-outflow POST": costed,
    "billing:line-back POST": come_back,
    "billing:line-transit POST": by_wechat,
    "billing:line-reopen POST": lines_worked,
    "billing:expense-voucher GET": scanned,
    "billing:adjustment-approve POST": adjusted,
    "billing:adjustment-reject POST": adjusted,
    "billing:round-draft POST": adjustment_approved,
    "billing:round-detail GET": round_drafted,
    "billing:round-confirm POST": round_drafted,
    "billing:stipends-book POST": stipends_approved,
    "billing:stipends-paid POST": stipends_booked,
    "billing:subsidy-create POST": subsidised,
    "billing:refunds-set-off POST": sets_off,
    "billing:advance-return POST": paid_ahead,
    "billing:advance-ask POST": paid_ahead,
    "billing:payee-change-decide POST": payee_asked,
    "billing:batch-detail GET": instructed,
    "billing:batch-file GET": instructed,
    "billing:batch-paid POST": instructed,
    "billing:payout-paid POST": instructed,
    "billing:payout-failed POST": instructed,
    "billing:answer-upload GET": instructed,
    "billing:answer-upload POST": instructed,
    "billing:answer-detail GET": answered,
    "billing:answer-take POST": answered,
    "billing:withdrawal-settle POST": withdrawn,
    "wechat:payment-detail GET": paying,
    "disclosures:correct POST": published,
    "disclosures:public-page GET": published,
    "disclosures:public-pdf GET": published,
    "disclosures:public-xlsx GET": published,
    "disclosures:public-content GET": published,
    **meals.GIVEN,
}
