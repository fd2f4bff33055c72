"""What goes back at month end before the surplus is shared, under policies that nobody programmed.

October 2026 has fifteen days of service on which the children are charged 200 yuan, 13.33… each.
"""

from datetime import date, time
from itertools import count

import pytest

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import Money
from afterschool.schools.models import Adoption, CalendarChange, PolicyText
from attendance.models import Mark, Session
from billing.actions import (
    charge_month,
    confirm_round,
    draft_round,
    draft_settlement,
    open_month,
    settle_withdrawal,
)
from billing.ledger.balances import balances, is_balanced, trial_balance
from billing.models import Charge, FeeMonth, Refund
from billing.selectors.missed import served_days
from billing.selectors.readiness import unsettled_withdrawals
from billing.selectors.settling import charges_of
from enrollment.models import Placement, Waiver
from tests import cast
from tests.billing.conftest import NOW, family, pay
from tests.billing.test_settlement import lock, spend, withdraw
from tests.policy.tiny import file

LAST = date(2026, 10, 31)
_numbers = count(1)
RULES = """
[[price]]
unit = "month"
yuan = 200
[[part_month]]
basis = "service_days"
[[waiver]]
group = "hardship"
label = "经济困难学生"
[[expense]]
key = "water"
label = "水费"
funds = ["fee"]
[[unlisted_expense]]
allowed = false
"""
SETTLED = """
[[settlement]]
direction = "surplus_back_only"
per = "grade"
shared_by = "net_charge"
"""
BACK = '[[refund]]\ncause = "{}"\ngives = "{}"\n'
EACH_DAY = BACK.format("absence", "each_day")
REMAINING = BACK.format("withdrawal", "remaining_days")


@pytest.fixture
def under(town):
    """Let October be a month under a policy of these rules."""

    def under(rules, settled=SETTLED):
        code = f"tiny-returns-{next(_numbers)}"  # a text never changes under its code
        text, clerk = file(RULES + settled + rules, code=code), cast.make_person("文书")
        PolicyText.objects.create(code=code, title="办法", body=text, bureau=town.bureau, uploaded_by=clerk)
        Adoption.objects.create(bureau=town.bureau, policy=code, began_on=date(2026, 9, 1))
        FeeMonth.objects.filter(pk=town.month.pk).update(policy=code)
        town.month.refresh_from_db()

    return under


def charged(town, *names):
    """Children of one class who have paid 200 each."""
    children = [family(town, name) for name in names or ("陈一诺",)]
    charge_month(town.month, by=town.clerk)
    for child in children:
        pay(town, child, 200)
    return children


def stay_away(town, child, days, status="leave"):
    section = Placement.objects.get(student=child).section
    for day in days:
        session, _ = Session.objects.get_or_create(
            section=section, day=day,
            defaults={"school": town.school, "starts_at": time(16), "ends_at": time(17), "taken_at": NOW},
        )  # fmt: skip
        Mark.objects.create(
            school=town.school, session=session, student=child, status=status, at=NOW, by=town.people["clerk"]
        )


def waive(town, child, percent=50):
    Waiver.objects.create(
        school=town.school, student=child, category="hardship", percent=percent, evidence="证", state="granted",
        asked_by=town.people["clerk"], decided_by=town.people["principal"], decided_at=NOW, began_on=date(2026, 9, 1),
    )  # fmt: skip


def given():
    return [(row.cause, Money(row.amount_fen).plain()) for row in Refund.objects.order_by("charge", "pk")]


def books(town):
    held = balances(town.school, LAST)
    return {
        kind: fen.fen for (kind, subject), fen in held.items() if kind in {"fee_income", "waiver", "refund_payable"}
    }


def test_days_away_go_back_before_the_surplus_is_shared(town, under):
    under(EACH_DAY)
    [child] = charged(town)
    days = Charge.objects.get().days
    stay_away(town, child, days[:3])
    stay_away(town, child, days[3:4], status="present")
    spend(town, "60.00")
    group = draft_settlement(town.month, by=town.clerk).groups[0]
    assert (group["withdrawn_fen"], group["surplus_fen"]) == (40_00, 100_00)
    assert draft_settlement(town.month, by=town.clerk).groups == [group]

    lock(town)
    assert given() == [("absence", "40.00"), ("surplus", "100.00")]
    away = Refund.objects.get(cause="absence")
    assert (away.state, away.cites[0]["code"]) == ("payable", town.month.policy)
    assert away.steps == [
        "这个月应交 200.00 元",
        "这个月开 15 天，没有来的有 3 天：10月8日、10月9日、10月10日",
        "退 3 天的费用：200.00 ÷ 15 × 3 = 40.00 元",
    ]
    assert Charge.objects.get().refunded_fen == 140_00
    assert books(town)["refund_payable"] == -140_00 and is_balanced(trial_balance(town.school, LAST))


def test_what_is_not_paid_yet_need_not_be_paid_any_more(town, under):
    under(EACH_DAY)
    child = family(town)
    charge_month(town.month, by=town.clerk)
    stay_away(town, child, Charge.objects.get().days[:3])
    spend(town, "160.00")
    lock(town)
    charge = Charge.objects.get()
    assert (charge.remitted_fen, charge.refunded_fen, charge.owed_fen) == (40_00, 0, 160_00)
    assert [(one["cause"], one["fen"]) for one in charge.remissions] == [("absence", 40_00)]
    assert balances(town.school, LAST)["receivable", f"student:{child.pk}"].fen == 160_00


def test_a_mark_changed_after_the_draft_asks_for_another_draft(town, under):
    under(EACH_DAY)
    [child] = charged(town)
    draft_settlement(town.month, by=town.clerk)
    stay_away(town, child, Charge.objects.get().days[:1])
    with pytest.raises(RuleBroken, match="结算草案"):
        cast.lock(town.month, now=NOW, by=town.reviewer)


def test_where_the_policy_does_not_name_absence_nothing_changes(town):
    [child] = charged(town)
    stay_away(town, child, Charge.objects.get().days)
    spend(town, "200.00")
    lock(town)
    assert given() == []


def test_a_silence_that_matters_stops_the_draft(town, under):
    under(EACH_DAY + 'at_least = 2\ninclusive = true\npays_for = "all"\n')
    [child] = charged(town)
    days = Charge.objects.get().days
    stay_away(town, child, [days[0], days[4]])
    with pytest.raises(NoRule, match="按连续还是按累计"):
        draft_settlement(town.month, by=town.clerk)
    assert not Refund.objects.exists()


def test_a_waiver_granted_after_the_charge_gives_back_what_was_too_much(town):
    """Under D too: late proof is a voucher of its own, never an edit; it cites all groups, not to say which."""
    [child] = charged(town)
    waive(town, child)
    spend(town, "100.00")
    lock(town)
    assert given() == [("waiver", "100.00")]
    late = Refund.objects.get()
    assert late.steps == [
        "这个月应交 200.00 元",
        "后来学校同意减免 50%，应交改为：200.00 − 100.00 = 100.00 元",
        "多出来的退给您：200.00 − 100.00 = 100.00 元",
    ]
    assert len(late.cites) == 2 and "困难" not in "".join(late.steps)
    assert (Charge.objects.get().waived_fen, books(town)["waiver"]) == (0, 100_00)


def test_a_late_waiver_counts_for_what_did_not_go_back_before(town):
    """Six of fifteen days went back with 80; half of the 120 left is 60."""
    [child] = charged(town)
    settle_withdrawal(withdraw(child, Charge.objects.get().days[8]), by=town.clerk)
    waive(town, child)
    spend(town, "60.00")
    lock(town)
    assert given() == [("withdrawal", "80.00"), ("waiver", "60.00")]
    assert Refund.objects.get(cause="waiver").steps[2:] == [
        "前面已经退过 80.00 元",
        "没有退过的，也按改后的算：120.00 ÷ 200.00 × 100.00 = 60.00 元",
        "多出来的退给您：120.00 − 60.00 = 60.00 元",
    ]


def test_days_away_after_a_late_waiver_are_worth_what_is_left_of_the_price(town, under):
    """Half of 13.33… for each of three days."""
    under(EACH_DAY)
    [child] = charged(town)
    waive(town, child)
    stay_away(town, child, Charge.objects.get().days[:3])
    spend(town, "80.00")
    lock(town)
    assert given() == [("waiver", "100.00"), ("absence", "20.00")]
    assert Refund.objects.get(cause="absence").steps[::2] == [
        "减免以后，这个月应交 100.00 元",
        "退 3 天的费用：200.00 ÷ 15 × 50% × 3 = 20.00 元",
    ]


def test_who_leaves_by_the_register_gets_the_days_left_back(town):
    [child] = charged(town)
    child.left_on = Charge.objects.get().days[8]
    child.save()
    spend(town, "120.00")
    lock(town)
    assert given() == [("withdrawal", "80.00")]
    assert Refund.objects.get().steps[1:] == [
        "这个月开 15 天，参加了 9 天，还剩 6 天没有用",
        "剩下的天数退给您：200.00 ÷ 15 × 6 = 80.00 元",
    ]


def test_days_closed_after_the_charge_go_back_at_the_price_they_were_charged(town, under):
    """The day counts among the fifteen although it is closed now; who was away on it is not paid twice."""
    under(BACK.format("cancelled", "each_day") + EACH_DAY)
    [child] = charged(town)
    days = Charge.objects.get().days
    stay_away(town, child, days[:3])
    for day in days[2:4]:
        CalendarChange.objects.create(
            bureau=town.bureau, school=town.school, day=day, kind="workday", serves=False, reason="停电"
        )
    spend(town, "100.00")
    lock(town)
    assert given() == [("cancelled", "26.67"), ("absence", "26.67"), ("surplus", "46.66")]


def test_a_typhoon_gives_back_by_its_own_rule(town, under):
    """One day closed by the school gives a day's fee of 200 ÷ 15, one closed by typhoon the 5 yuan of its own rule."""
    typhoon = BACK.format("force_majeure", "each_day") + "yuan = 5\n"
    under(BACK.format("cancelled", "each_day") + typhoon)
    charged(town)
    days = Charge.objects.get().days
    for day, forced in ((days[2], False), (days[3], True)):
        CalendarChange.objects.create(
            bureau=town.bureau, school=town.school, day=day, kind="workday", serves=False, forced=forced, reason="停课"
        )
    spend(town, "100.00")
    lock(town)
    assert given() == [("cancelled", "13.33"), ("force_majeure", "5.00"), ("surplus", "81.67")]


def test_where_only_closing_by_the_school_is_named_a_typhoon_gives_nothing_of_its_own(town, under):
    under(BACK.format("cancelled", "each_day"))
    charged(town)
    CalendarChange.objects.create(
        bureau=town.bureau, school=town.school, day=Charge.objects.get().days[3], kind="workday", serves=False,
        forced=True, reason="台风",
    )  # fmt: skip
    spend(town, "100.00")
    lock(town)
    assert given() == [("surplus", "100.00")]


def test_a_withdrawal_that_gives_nothing_waits_for_nobody(town, under):
    """Nine of the month's fifteen days are gone; the term has only begun."""
    half = BACK.format("withdrawal", "percent") + "percent = 50\n"
    under(half + 'elapsed_at_most = "1/10"\ninclusive = true\n' + BACK.format("withdrawal", "nothing"))
    [child] = charged(town)
    gone = withdraw(child, Charge.objects.get().days[8])
    assert unsettled_withdrawals(town.month) == []
    assert settle_withdrawal(gone, by=town.clerk) == []
    draft_settlement(town.month, by=town.clerk)


def test_a_withdrawal_by_the_share_of_the_term_gone_by(town, under):
    half = BACK.format("withdrawal", "percent") + "percent = 50\n"
    under(half + 'elapsed_at_most = "1/2"\ninclusive = true\n' + BACK.format("withdrawal", "nothing"))
    [child] = charged(town)
    gone = withdraw(child, Charge.objects.get().days[8])
    assert unsettled_withdrawals(town.month) == [gone]
    [refund] = settle_withdrawal(gone, by=town.clerk)
    assert refund.amount_fen == 100_00
    assert "所过天数没有超过学期的一半" in refund.steps


def test_a_surplus_may_be_shared_in_the_whole_school_by_days_served(town, under):
    """Fifteen days and ten: 100 over 25 days."""
    under("", SETTLED.replace('"grade"', '"school"').replace('"net_charge"', '"days_served"'))
    first, second = family(town, "甲", grade=1), family(town, "乙", grade=2)
    charge_month(town.month, by=town.clerk)
    for child in (first, second):
        pay(town, child, 200)
    stay_away(town, second, Charge.objects.first().days[:5], status="absent")
    spend(town, "300.00")
    lock(town)
    assert [group["grade"] for group in town.month.settlement.groups] == [0]
    assert given() == [("surplus", "60.00"), ("surplus", "40.00")]


@pytest.mark.parametrize(("why", "cause"), [("school", "cancelled"), ("forced", "force_majeure")])
def test_a_session_stopped_on_the_day_goes_back_by_its_cause(town, under, why, cause):
    under(BACK.format(cause, "each_day"))
    [child] = charged(town)
    cancelled, cut_short, served = Charge.objects.get().days[:3]
    stay_away(town, child, [cut_short, served], status="present")
    section = Placement.objects.get(student=child).section
    Session.objects.create(
        school=town.school, section=section, day=cancelled, starts_at=time(16), ends_at=time(17), cancelled_at=NOW,
        unserved=why, stop_reason="台风",
    )  # fmt: skip
    Session.objects.filter(day=cut_short).update(cut_short_at=NOW, unserved=why)
    Session.objects.filter(day=served).update(cut_short_at=NOW)
    spend(town, "173.33")

    lock(town)
    assert given() == [(cause, "26.67")]
    assert served_days(town.month, charges_of(town.month)) == {Charge.objects.get().pk: 13}


def test_what_is_found_out_of_the_roll_after_the_lock_goes_back_in_a_further_round(town, under):
    under(EACH_DAY + BACK.format("cancelled", "each_day"))
    [child] = charged(town)
    away, corrected, stopped = Charge.objects.get().days[:3]
    stay_away(town, child, [away])
    stay_away(town, child, [corrected, stopped], status="present")
    spend(town, "100.00")
    lock(town)
    assert given() == [("absence", "13.33"), ("surplus", "86.67")]
    open_month(town.school, month=date(2026, 11, 1), by=town.clerk)
    Mark.objects.filter(session__day=corrected).update(status="absent")
    Session.objects.filter(day=stopped).update(cut_short_at=NOW, unserved="school")

    made = confirm_round(draft_round(town.month, by=town.clerk), now=NOW, by=town.reviewer)
    refunds = Refund.objects.filter(round=2).order_by("cause")
    # Of 26.67 for two days away, 13.33 were given.
    assert [(row.cause, row.amount_fen, row.state) for row in refunds] == [
        ("absence", 13_34, "payable"), ("cancelled", 13_33, "payable"),
    ]  # fmt: skip
    assert made.groups[0]["borne_fen"] == 26_67  # what was given back is not taken from anybody
    assert sum(fen for fen in Refund.objects.values_list("amount_fen", flat=True)) == 126_67
    assert is_balanced(trial_balance(town.school, date(2026, 11, 30)))
