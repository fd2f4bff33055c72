"""Show and lock need not work the month out again while nobody has written any row that the draft was told from."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterschool.errors import RuleBroken
from attendance.models import Mark, Session
from billing.actions import book_stipends, charge_month, draft_settlement, lock_month, open_month, settlements
from billing.actions.settlements import write_drafts
from billing.models import Refund, Settlement
from billing.selectors import settling
from billing.selectors.papers import READ, papers_of
from billing.selectors.settling import figures, given_back, has_moved
from enrollment.models import Agreement, AgreementItem, Placement, Waiver
from tests import cast
from tests.billing.conftest import NOW, family, pay
from tests.billing.test_settlement import sheet, spend
from tests.billing.test_terms import NOVEMBER, under  # noqa: F401 -- a fixture


@pytest.fixture
def drafted(town):
    """Two families; one has paid too much, the other was away for a day and has paid nothing."""
    first, second = family(town, "甲"), family(town, "乙")
    charge_month(town.month, by=town.clerk)
    pay(town, first, 200)
    spend(town, "120.00")
    town.session = Session.objects.create(
        school=town.school, section=Placement.objects.get(student=second).section, day=date(2026, 10, 13),
        starts_at="15:40", ends_at="17:30", taken_at=NOW, taken_by=town.people["clerk"],
    )  # fmt: skip
    town.mark = Mark.objects.create(
        school=town.school, session=town.session, student=second, status="present", at=NOW, by=town.people["clerk"]
    )
    town.draft = draft_settlement(town.month, by=town.clerk)
    return town


def waiver(town) -> Waiver:
    return Waiver(
        school=town.school, student=town.mark.student, category="hardship", percent=50, evidence="证", state="granted",
        asked_by=town.people["clerk"], decided_by=town.people["principal"], began_on=date(2026, 9, 1),
    )  # fmt: skip


def tables_of(asked) -> set[str]:
    return set(re.findall(r'(?:FROM|JOIN) "(\w+)"', " ".join(query["sql"] for query in asked)))


def test_every_table_that_the_figures_read_is_watched(drafted):
    sheet(drafted)
    book_stipends(drafted.month, by=drafted.clerk)
    waiver(drafted).save()  # so that a charge is worked out anew

    with CaptureQueriesContext(connection) as asked:
        figures(drafted.month)

    assert {"staffing_stipendline", "enrollment_waiver", "plans_offering"} < tables_of(asked) <= READ.keys()


def test_every_table_that_the_figures_of_a_term_read_is_watched(under):  # noqa: F811
    town = under(shared_by="days_served")
    draft_settlement(town.month, by=town.clerk)
    cast.lock(town.month, now=NOW, by=town.reviewer)
    november = open_month(town.school, month=NOVEMBER, by=town.clerk)
    charge_month(november, by=town.clerk)

    with CaptureQueriesContext(connection) as asked:
        assert figures(november).groups[0]["of_term"]

    # What an earlier month came to is locked.
    assert {"attendance_mark", "billing_refund"} < tables_of(asked) <= READ.keys() | {"billing_settlement"}


def test_nothing_is_worked_out_again_while_nothing_was_written(drafted, monkeypatch):
    monkeypatch.setattr(settling, "figures", lambda month: pytest.fail("worked out again"))

    assert not has_moved(drafted.draft)


def written(town, row) -> bool:
    """Whether saving this row, as it is or with a new key, is seen."""
    before = papers_of(town.month)
    row.save()
    return papers_of(town.month) != before


def test_a_row_written_twice_by_one_transaction_is_seen_both_times(drafted):
    first = papers_of(drafted.month)
    drafted.mark.status = "absent"
    assert written(drafted, drafted.mark)
    drafted.mark.status = "present"
    assert written(drafted, drafted.mark)
    assert papers_of(drafted.month) != first
    assert not has_moved(drafted.draft)  # the figures are what they were


def test_a_row_that_comes_or_goes_is_seen(drafted):
    child, late = drafted.mark.student, waiver(drafted)
    for row in (Agreement.objects.get(student=child), AgreementItem.objects.first(), child, drafted.session, late):
        assert written(drafted, row), row
    before = papers_of(drafted.month)
    drafted.mark.delete()
    assert papers_of(drafted.month) != before
    assert has_moved(drafted.draft)  # by the waiver


def test_what_is_written_while_the_draft_is_worked_out_is_seen(drafted, monkeypatch):
    """A waiver does not wait for the till."""

    def meanwhile(*told):
        waiver(drafted).save()
        write_drafts(*told)

    monkeypatch.setattr(settlements, "write_drafts", meanwhile)

    assert has_moved(draft_settlement(drafted.month, by=drafted.clerk))


def test_a_refund_of_the_draft_that_somebody_changed_is_found_at_the_lock(drafted):
    cast.ready_to_lock(drafted.month, now=NOW)
    Refund.objects.filter(state="draft").update(amount_fen=1)

    with pytest.raises(RuleBroken, match="账有变化"):
        lock_month(drafted.month, now=NOW, by=drafted.reviewer)


def test_what_the_draft_gives_back_is_kept_whole(drafted):
    kept = Settlement.objects.get(pk=drafted.draft.pk)

    assert given_back(kept) == [one.given for one in figures(drafted.month).returns]
    assert sorted((one.refund_fen, one.remitted_fen) for one in given_back(kept)) == [(0, 140_00), (140_00, 0)]
