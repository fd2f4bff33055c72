"""Between draft and lock: the guardians look and may object, the bank is reconciled, the roll is complete."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.notices.models import Notice
from attendance.models import Session
from billing.actions import (
    answer_objection,
    charge_month,
    draft_settlement,
    lock_month,
    raise_objection,
    reconcile,
    show_settlement,
)
from billing.actions.telling import tell_families
from billing.models import BankLine, Charge, Objection, Refund, StatementImport
from billing.selectors.reconciling import Item, in_book, suggested
from enrollment.models import Application, Section
from staffing.models import Duty
from tests import cast
from tests.billing.conftest import NOW, SHANGHAI, family, pay
from tests.disclosures.month import spend

UNTIL = date(2026, 11, 4)
LATER = datetime(2026, 11, 5, 9, tzinfo=SHANGHAI)


@pytest.fixture
def drafted(town):
    """One child paid 200, the month cost 150, a draft gives back 50."""
    town.mother = cast.make_person("陈妈妈")
    town.child = family(town, guardian=town.mother)
    charge_month(town.month, by=town.clerk)
    pay(town, town.child, 200)
    spend(town, "150.00")
    town.draft = draft_settlement(town.month, by=town.clerk)
    return town


@pytest.fixture
def shown(drafted):
    show_settlement(drafted.month, until=UNTIL, now=NOW, by=drafted.clerk)
    drafted.by_mother = cast.act(drafted.mother, NOW.date())
    return drafted


def balanced(town):
    reconcile(town.month, bank=in_book(town.month), items=[], now=NOW, by=town.clerk)


def test_guardians_see_a_draft_only_when_it_is_shown(drafted, client):
    client.force_login(drafted.mother)
    page = reverse("disclosures:my-month", args=[drafted.child.pk, drafted.month.month])
    assert "还没有结算" in client.get(page).content.decode()
    show_settlement(drafted.month, until=UNTIL, now=NOW, by=drafted.clerk)
    told = client.get(page).content.decode()
    assert "预计退给您" in told and "50.00" in told and "11月4日" in told
    assert Notice.objects.filter(to=drafted.mother, kind="settlement_shown").count() == 1
    assert Refund.objects.get().state == "draft"


def test_a_guardian_kept_from_the_child_hears_nothing_of_its_month(drafted):
    """Though he applied and the refund is of his agreement: the other guardian hears of both."""
    father = cast.kept_from(drafted.child)
    Application.objects.update(guardian=father)
    show_settlement(drafted.month, until=UNTIL, now=NOW, by=drafted.clerk)
    tell_families([Refund.objects.get().pk])
    assert [(one.kind, one.to) for one in Notice.objects.order_by("pk")] == [
        ("settlement_shown", drafted.mother), ("refund_paid", drafted.mother),
    ]  # fmt: skip


def test_a_draft_shows_what_need_not_be_paid_before_it_is_locked(town, client):
    mother = cast.make_person("陈妈妈")
    child = family(town, guardian=mother)
    charge_month(town.month, by=town.clerk)
    pay(town, child, 100)
    spend(town, "50.00")
    draft_settlement(town.month, by=town.clerk)
    show_settlement(town.month, until=UNTIL, now=NOW, by=town.clerk)
    client.force_login(mother)
    told = client.get(reverse("disclosures:my-month", args=[child.pk, town.month.month])).context["month"]
    assert (told.remitted, told.refunded, told.owed, told.spent) == (
        Money(100_00), Money(50_00), Money(0), Money(50_00),
    )  # fmt: skip
    assert Charge.objects.get().remitted_fen == 0


@pytest.mark.parametrize(("until", "say"), [(NOW.date(), "最早是明天"), (NOW.date() - timedelta(days=1), "最早是明天")])
def test_guardians_have_a_whole_day_at_least(drafted, until, say):
    with pytest.raises(RuleBroken, match=say):
        show_settlement(drafted.month, until=until, now=NOW, by=drafted.clerk)


def test_the_day_is_put_off_but_never_brought_forward_and_tells_nobody_twice(shown):
    show_settlement(shown.month, until=UNTIL + timedelta(days=2), now=NOW, by=shown.clerk)
    with pytest.raises(RuleBroken, match="不能提前"):
        show_settlement(shown.month, until=UNTIL, now=NOW, by=shown.clerk)
    assert Notice.objects.filter(kind="settlement_shown").count() == 1


def test_a_new_draft_goes_to_the_guardians_anew(shown):
    spend(shown, "1.00", category="water")
    with pytest.raises(RuleBroken, match="最新的结算草案"):
        show_settlement(shown.month, until=UNTIL, now=NOW, by=shown.clerk)
    assert draft_settlement(shown.month, by=shown.clerk).state == "draft"


def test_the_month_waits_for_the_last_day_and_for_every_answer(shown):
    balanced(shown)
    with pytest.raises(RuleBroken, match="家长核对到11月4日"):
        lock_month(shown.month, now=datetime(2026, 11, 4, 23, tzinfo=SHANGHAI), by=shown.reviewer)
    objection = raise_objection(shown.month, shown.child, text="10月12日没有来", now=NOW, by=shown.by_mother)
    assert raise_objection(shown.month, shown.child, text="10月12日没有来", now=NOW, by=shown.by_mother) == objection
    with pytest.raises(RuleBroken, match="已经提过一条"):
        raise_objection(shown.month, shown.child, text="还有一件", now=NOW, by=shown.by_mother)
    with pytest.raises(RuleBroken, match="1 条家长异议待答复"):
        lock_month(shown.month, now=LATER, by=shown.reviewer)
    answer_objection(objection, upheld=False, answer="当天点名是出勤，老师已电话说明", now=LATER, by=shown.clerk)
    with pytest.raises(RuleBroken, match="已经答复过"):
        answer_objection(objection, upheld=True, answer="改了", now=LATER, by=shown.clerk)
    assert Notice.objects.get(to=shown.mother, kind="objection_answered").body.startswith("当天点名")
    assert not lock_month(shown.month, now=LATER, by=shown.reviewer).is_open
    assert Refund.objects.get().state == "payable"


def test_too_late_or_unasked_an_objection_is_refused_with_where_to_turn(drafted):
    by = cast.act(drafted.mother, NOW.date())
    for now in (NOW, LATER):
        with pytest.raises(RuleBroken, match="直接联系学校"):
            raise_objection(drafted.month, drafted.child, text="少退了", now=now, by=by)
        show_settlement(drafted.month, until=UNTIL, now=NOW, by=drafted.clerk)


def test_in_the_browser_a_guardian_objects_and_the_clerk_answers(shown, client, time_machine):
    time_machine.move_to(NOW)
    client.force_login(shown.mother)
    asked = reverse("disclosures:objection-create", args=[shown.child.pk, shown.month.month])
    assert client.post(asked, {"text": " "}).status_code == 422
    client.post(asked, {"text": "10月12日没有来"})
    objection = Objection.objects.get()
    client.force_login(shown.people["clerk"])
    page = client.get(reverse("billing:objection-list", args=[shown.month.pk])).content.decode()
    assert "10月12日没有来" in page
    answer = reverse("billing:objection-answer", args=[objection.pk])
    name = f"answer-{objection.pk}"
    assert client.post(answer, {f"{name}-upheld": "no", f"{name}-answer": ""}).status_code == 422
    client.post(answer, {f"{name}-upheld": "yes", f"{name}-answer": "已改"})
    objection.refresh_from_db()
    assert (objection.state, objection.answer) == ("upheld", "已改")


def test_every_difference_between_bank_and_book_is_named(drafted):
    book = in_book(drafted.month)
    items = [Item("bank_in", Money(300_00), "食堂"), Item("book_out", Money(5_00), "支票未兑付")]
    with pytest.raises(RuleBroken, match=r"少 305\.00 元"):
        reconcile(drafted.month, bank=book, items=items, now=NOW, by=drafted.clerk)
    made = reconcile(drafted.month, bank=book + Money(305_00), items=items, now=NOW, by=drafted.clerk)
    assert (made.bank_fen - made.book_fen, len(made.items)) == (305_00, 2)


def test_a_receipt_that_the_bank_never_saw_keeps_the_month_open(shown):
    """A made-up receipt raises the book above the bank; only a named difference could hide it."""
    bank = in_book(shown.month)
    pay(shown, shown.child, 50, on=date(2026, 10, 30))
    with pytest.raises(RuleBroken, match=r"少 50\.00 元"):
        reconcile(shown.month, bank=bank, items=[], now=NOW, by=shown.clerk)
    with pytest.raises(RuleBroken, match="余额调节表还没有编制"):
        lock_month(shown.month, now=LATER, by=shown.reviewer)


def test_lines_set_aside_are_suggested_as_differences(town):
    statement = StatementImport.objects.create(
        school=town.school, file_name="流水.xlsx", sha256="0" * 64, uploaded_by=town.people["clerk"]
    )
    for serial, way in (("1", {"in_fen": 10_00}), ("2", {"in_fen": 5_00}), ("3", {"out_fen": 2_00})):
        BankLine.objects.create(
            school=town.school,
            statement=statement,
            row=1,
            serial=serial,
            on=date(2026, 10, 9),
            state="set_aside",
            **way,
        )
    assert [(item.side, item.amount.fen) for item in suggested(town.month)] == [("bank_in", 15_00), ("bank_out", 2_00)]


def test_the_table_is_made_on_its_page_and_keeps_what_was_typed(drafted, client, time_machine):
    time_machine.move_to(NOW)
    client.force_login(drafted.people["clerk"])
    book = in_book(drafted.month)
    make = reverse("billing:reconciliation-make", args=[drafted.month.pk])
    form = {
        "bank": "350", "items-TOTAL_FORMS": "2", "items-INITIAL_FORMS": "0", "items-0-side": "bank_in",
        "items-0-amount": "300", "items-0-text": "食堂", "items-1-side": "bank_in", "items-1-amount": "",
        "items-1-text": "",
    }  # fmt: skip
    assert client.post(make, {**form, "items-0-text": ""}).status_code == 422
    wrong = client.post(make, {**form, "bank": "340"})
    assert wrong.status_code == 422 and "少 10.00 元" in wrong.content.decode() and "食堂" in wrong.content.decode()
    client.post(make, form)
    assert (drafted.month.reconciliation.bank_fen, book.fen) == (350_00, 50_00)
    assert "相符" in client.get(reverse("billing:reconciliation", args=[drafted.month.pk])).content.decode()


def test_an_untaken_roll_and_hours_not_confirmed_keep_the_month_open(shown):
    balanced(shown)
    session = Session.objects.create(
        school=shown.school, section=Section.objects.first(), day=date(2026, 10, 12), starts_at="15:40", ends_at="17:30"
    )
    with pytest.raises(RuleBroken, match="1 个场次没有点名"):
        lock_month(shown.month, now=LATER, by=shown.reviewer)
    Session.objects.filter(pk=session.pk).update(taken_at=NOW)
    start = datetime(2026, 10, 12, 15, 40, tzinfo=SHANGHAI)
    Duty.objects.create(
        school=shown.school, day=start.date(), person=cast.make_person(), starts_at=start, arrived_at=start,
        ends_at=start.replace(hour=17),
    )  # fmt: skip
    with pytest.raises(RuleBroken, match="1 个班次的课时还没有确认"):
        lock_month(shown.month, now=LATER, by=shown.reviewer)
