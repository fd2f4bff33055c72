"""What must be done by a day, and what came to light after a lock, stand on the desk of whoever does it."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterschool.access.capabilities import Capability
from afterschool.money import Money
from afterschool.schools.models import CalendarChange
from attendance.models import Mark, MarkCorrection, Session
from billing import accounts
from billing.actions import (
    charge_month,
    confirm_round,
    draft_round,
    return_advances,
    set_off_refunds,
    settle_withdrawal,
)
from billing.desk import tasks
from billing.ledger.posting import post
from billing.models import FeeMonth, Refund
from billing.selectors.late_facts import due_from_late_facts
from enrollment.models import Waiver
from tests import cast
from tests.billing.conftest import NOW, SHANGHAI, family, pay
from tests.billing.test_returns import BACK, EACH_DAY, charged, stay_away
from tests.billing.test_returns import under as under_rules
from tests.billing.test_rounds import closed
from tests.billing.test_settlement import lock, spend, withdraw

__all__ = ["closed", "under_rules"]
AFTER = datetime(2026, 11, 7, 10, tzinfo=SHANGHAI)  # the months here are locked on the third
ROUTE = '[[refund_route]]\nhow = "{}"\nwithin_days = 15'


def waits(actor, day):
    return [(task.title, task.detail, task.urgent) for task in tasks(actor, day) if "退" in task.title]


def under(town, how):
    """The month is under a policy of this route; the calendar stays."""
    code = cast.adopt(town.bureau, ROUTE.format(how), date(2027, 3, 1)).policy
    FeeMonth.objects.update(policy=code)
    return FeeMonth.objects.get()


@pytest.fixture
def refund(town):
    """50 yuan of a day without service, of a child who stays."""
    child = family(town)
    charge_month(town.month, by=town.clerk)
    pay(town, child, 200)
    moves = [(accounts.fee_income(town.month.month), accounts.refund_payable(child.pk), Money(50_00))]
    post(town.school, moves, on=date(2026, 10, 31), memo="停课", key="cancelled", by=town.clerk)
    return Refund.objects.create(
        school=town.school, fee_month=town.month, student=child, charge=child.charges.get(), cause="cancelled",
        amount_fen=50_00, state="payable",
    )  # fmt: skip


def test_what_is_paid_back_stands_with_the_policys_last_day(town, client, refund):
    month = under(town, "paid_back")
    FeeMonth.objects.update(state="locked", locked_at=datetime(2026, 11, 6, 10, tzinfo=SHANGHAI))
    title, usual = "1 笔退费待办理", "列入退费发放表，交银行"
    told = {day: waits(town.reviewer, date(2026, 11, day)) for day in (17, 18, 21, 22)}
    assert told[17] == [(title, f"{usual}；按规定 11月21日 以前办完", False)]
    assert told[18] == told[21] == [(title, f"{usual}；按规定 11月21日 以前办完", True)]
    assert told[22] == [(title, f"{usual}；规定 11月21日 以前办完，已经过了", True)]
    assert waits(town.clerk, date(2026, 11, 22)) == [], "whoever works out a refund does not send it"
    client.force_login(town.people["reviewer"])
    assert "按规定11月21日以前办完" in client.get(reverse("billing:refund-list", args=[month.pk])).content.decode()


def test_who_left_has_it_back_so_many_days_after_the_last_one(town):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    pay(town, child, 200)
    gone = withdraw(child, child.charges.get().days[8])
    settle_withdrawal(gone, by=town.clerk)
    under(town, "paid_back")
    [(_, say, _)] = waits(town.reviewer, gone.last_on)
    by = gone.last_on + timedelta(days=15)
    assert f"{by.month}月{by.day}日 以前办完" in say


def test_what_pays_the_next_charge_waits_for_the_reviewer_and_what_is_left_of_it_for_the_clerk(town, refund):
    month = under(town, "set_off")
    day = date(2026, 11, 20)
    assert waits(town.reviewer, day) == [("1 笔退费按规定抵下期", "在生成下个月的收费以前点“抵下期”", False)]
    set_off_refunds(month, now=NOW, by=town.reviewer)
    assert waits(town.reviewer, day) == waits(town.clerk, day) == [], "the term goes on: it pays what comes"

    over = town.term.ended_on  # 22 January 2027
    title, say = "1 个孩子没有抵完的退费待退", "学期结束了，退给当初付款的人"
    assert waits(town.clerk, over) == []
    assert waits(town.clerk, date(2027, 1, 25)) == [(title, f"{say}；按规定 2月6日 以前办完", False)]
    assert waits(town.clerk, date(2027, 2, 7)) == [(title, f"{say}；规定 2月6日 以前办完，已经过了", True)]
    return_advances(town.school, {refund.student_id}, on=date(2027, 1, 25), by=town.clerk)
    assert waits(town.clerk, date(2027, 2, 7)) == []


# ---------------------------------------------------------------- after the lock


def grant(closed, child, decided_at):
    return Waiver.objects.create(
        school=closed.school, student=child, category="registered_poor", percent=100, evidence="证", state="granted",
        asked_by=closed.people["clerk"], decided_by=closed.people["principal"], decided_at=decided_at,
        began_on=date(2026, 9, 1),
    )  # fmt: skip


def late(closed):
    return [title for title, _, _ in waits(closed.clerk, date(2026, 11, 8)) if "查明" in title]


def test_a_waiver_granted_after_the_lock_waits_until_a_round_has_looked_at_it(closed):
    locked_at = FeeMonth.objects.get(pk=closed.month.pk).locked_at
    before = Refund.objects.get(student=closed.children[0]).amount_fen
    assert late(closed) == []
    grant(closed, closed.children[0], locked_at + timedelta(hours=1))
    assert late(closed) == [f"2026年10月锁定以后查明，还应退 1 家 {Money(200_00 - before)} 元"]
    draft = draft_round(closed.month, by=closed.clerk)
    assert late(closed) == [], "it waits for the reviewer now"
    confirm_round(draft, now=NOW, by=closed.reviewer)
    assert late(closed) == []


def test_what_was_known_at_the_lock_or_comes_to_nothing_is_no_news(closed):
    locked_at = FeeMonth.objects.get(pk=closed.month.pk).locked_at
    grant(closed, closed.children[1], locked_at - timedelta(hours=1))
    later = grant(closed, closed.children[2], locked_at + timedelta(hours=1))
    Waiver.objects.filter(pk=later.pk).update(began_on=date(2026, 11, 1))
    assert late(closed) == []


def test_three_new_facts_ask_as_much_as_one(closed):
    reach, locked_at = closed.clerk.reach(Capability.KEEP_BOOKS), FeeMonth.objects.get(pk=closed.month.pk).locked_at
    asked = []
    for number, child in enumerate(closed.children, 1):
        grant(closed, child, locked_at + timedelta(hours=1))
        with CaptureQueriesContext(connection) as queries:
            [due] = due_from_late_facts(reach, date(2026, 11, 8))
        assert due.families == number
        asked.append(len(queries))
    assert asked[0] == asked[-1]


def corrected(town, child, day):
    Mark.objects.filter(session__day=day).update(status="absent")
    MarkCorrection.objects.create(
        school=town.school, session=Session.objects.get(day=day), student=child, was="present", now="absent",
        reason="记错了", asked_at=AFTER, asked_by=town.people["clerk"], decided_at=AFTER,
        decided_by=town.people["principal"],
    )  # fmt: skip


def shut(town, child, day):
    change = CalendarChange.objects.create(
        bureau=town.bureau, school=town.school, day=day, kind="workday", serves=False, reason="停电"
    )
    CalendarChange.objects.filter(pk=change.pk).update(made_at=AFTER)


def stopped(town, child, day):
    Session.objects.filter(day=day).update(cut_short_at=AFTER, unserved="school")


@pytest.mark.parametrize("happens", [corrected, shut, stopped])
def test_whatever_takes_a_day_away_after_the_lock_is_news(town, under_rules, happens):
    under_rules(EACH_DAY + BACK.format("cancelled", "each_day"))
    [child] = charged(town)
    day = child.charges.get().days[0]
    stay_away(town, child, [day], status="present")
    spend(town, "100.00")
    lock(town)
    assert late(town) == []
    happens(town, child, day)
    assert late(town) == ["2026年10月锁定以后查明，还应退 1 家 13.33 元"]
