"""What a month charges whom, and that nothing is charged twice."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterschool.errors import RuleBroken
from afterschool.schools.models import CalendarYear, Student
from billing.actions import charge_month, open_month
from billing.ledger.balances import balances
from billing.models import Charge
from enrollment.models import Agreement, Placement, Waiver
from tests import cast
from tests.billing.conftest import OCTOBER, act, enroll, family, pay, seat


def charge(town):
    charge_month(town.month, by=town.clerk)
    return {one.student.name: one for one in Charge.objects.select_related("student")}


def waive(town, student, category, percent, began_on=date(2026, 9, 1), ended_on=None):
    return Waiver.objects.create(
        school=town.school, student=student, category=category, percent=percent, evidence="证", state="granted",
        asked_by=town.people["clerk"], decided_by=town.people["principal"], began_on=began_on, ended_on=ended_on,
    )  # fmt: skip


def test_a_whole_month_costs_the_published_fee_and_names_its_days_and_clause(town):
    child = family(town)
    made = charge(town)["陈一诺"]

    assert (made.gross_fen, made.waived_fen, made.net_fen, made.grade) == (200_00, 0, 200_00, 3)
    # October 2026: school begins on the 8th; Saturday the 10th is a make-up day; no Wednesdays.
    assert made.days[:3] == [date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10)] and len(made.days) == 15
    assert made.entry_number == "2026-00001" and made.cites[0]["label"] == "实施方案 四.4"
    assert any("200" in step for step in made.steps)
    assert balances(town.school, date(2026, 10, 31))["receivable", f"student:{child.pk}"].fen == 200_00


def test_a_second_run_charges_only_who_came_since(town):
    family(town)
    charge(town)
    family(town, "周子涵")
    assert set(charge(town)) == {"陈一诺", "周子涵"}
    assert Charge.objects.count() == 2


def test_days_before_the_agreement_and_after_it_are_not_charged(town):
    late = cast.make_student(cast.make_class(town.school, 3, 2), "后来的")
    enroll(late, town.plan, began_on=date(2026, 10, 19))
    gone = family(town, "走了的")
    Agreement.objects.filter(student=gone).update(ended_on=date(2026, 10, 9))
    moved = family(town, "转学了")
    Student.objects.filter(pk=moved.pk).update(left_on=date(2026, 10, 9))
    before = family(town, "早走了")
    Agreement.objects.filter(student=before).update(ended_on=date(2026, 9, 30))
    made = charge(town)

    assert set(made) == {"后来的", "走了的", "转学了"}
    assert made["后来的"].days[0] == date(2026, 10, 19)
    assert made["走了的"].net_fen == made["转学了"].net_fen == round(200_00 * 2 / 15)


def test_without_a_seat_or_a_signature_nothing_is_charged(town):
    Placement.objects.filter(student=family(town, "没座位")).delete()
    Agreement.objects.filter(student=family(town, "没签")).update(school_signed_at=None)
    assert charge(town) == {}


def test_a_granted_waiver_is_a_line_of_its_own(town):
    child = family(town)
    waive(town, child, "registered_poor", 100)
    made = charge(town)["陈一诺"]

    assert (made.gross_fen, made.waived_fen, made.net_fen) == (200_00, 200_00, 0)
    assert "按学校的减免决定减免 100%" in made.steps[1] and "建档立卡" not in f"{made.steps}"
    books = balances(town.school, date(2026, 10, 31))
    assert books["waiver", "2026-10"].fen == 200_00 and books["receivable", f"student:{child.pk}"].fen == 0


def test_whoever_reads_a_charge_does_not_learn_the_group_of_the_waiver(town):
    for name, group in (("甲", "registered_poor"), ("乙", "hardship")):
        waive(town, family(town, name), group, 100)
    made = charge(town)

    assert (made["甲"].steps, made["甲"].cites) == (made["乙"].steps, made["乙"].cites)
    assert "其他经济困难学生视其情况给予适当减免。" in f"{made['甲'].cites}"


def test_a_waiver_counts_from_its_day(town):
    waive(town, family(town), "registered_poor", 100, began_on=date(2026, 11, 1))
    assert charge(town)["陈一诺"].net_fen == 200_00


def test_above_the_cap_nothing_at_all_is_charged(town):
    family(town)
    child = family(town, "报得多")
    club = town.plan.offerings.create(
        school=town.school, name="篮球", kind="club", grades=[3], weekdays=[4], starts_at="16:00", ends_at="17:00",
        fee_fen=10_00,
    )  # fmt: skip
    seat(child.agreements.get(), club, [4], None)
    with pytest.raises(RuleBroken, match=r"报得多.*200") as refusal:
        charge(town)
    assert refusal.value.cite.clause == "四.4"
    assert not Charge.objects.exists()


def test_an_unpublished_price_is_refused(town):
    family(town)
    town.plan.state = "filed"
    town.plan.save()
    with pytest.raises(RuleBroken, match="已生效实施方案"):
        charge(town)


def test_a_provisional_calendar_is_refused(town):
    family(town)
    CalendarYear.objects.filter(year=2026).update(official=False)
    with pytest.raises(RuleBroken, match="暂定"):
        charge(town)


def test_what_was_paid_ahead_is_used_at_once(town):
    child = family(town)
    pay(town, child, 350, on=date(2026, 9, 28))
    made = charge(town)["陈一诺"]

    assert made.paid_fen == 200_00
    books = balances(town.school, date(2026, 10, 31))
    assert books["prepaid", f"student:{child.pk}"].fen == -150_00 and books["bank", ""].fen == 350_00


def test_a_school_under_c_charges_nobody(c_bureau):
    school, term = cast.make_school(c_bureau, "吴航小学"), cast.make_term(c_bureau)
    cast.fill_years(c_bureau, 2026)
    plan = cast.make_plan(school, term, fee_fen=0)
    enroll(cast.make_student(cast.make_class(school)), plan)
    clerk = act(cast.make_person())
    month = charge_month(open_month(school, month=OCTOBER, by=clerk), by=clerk)

    assert month.charged_at and not Charge.objects.exists()


def test_a_run_takes_as_many_queries_for_three_children_as_for_one(town):
    def queries_for(*names):
        for name in names:
            family(town, name)
        with CaptureQueriesContext(connection) as seen:
            charge(town)
        return len(seen)

    queries_for("先来的")  # opens the accounts of the month
    assert queries_for("甲") == queries_for("乙", "丙", "丁")
