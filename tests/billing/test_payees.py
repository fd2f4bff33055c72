"""更换收款人 (D4): a guardian asks with a code, a second person decides; the clerk can do neither."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from afterschool.access import codes
from afterschool.access.capabilities import Role
from afterschool.access.models import SignInCode
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from afterschool.schools.models import Guardianship
from billing.actions import ask_payee_change, decide_payee_change, instruct_refunds
from billing.desk import tasks
from billing.models import PayeeChange, Payout
from tests import cast
from tests.billing.conftest import NOW, act
from tests.billing.test_payouts import leaving, send

CARD = "6228480402564890018"


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-08T10:00:00+08:00")


@pytest.fixture
def refund(town):
    """80 yuan to be given back to 奶奶, who paid; the mother and the father are guardians."""
    refund = leaving(town, ("奶奶", "6217000000000001", 200))
    town.child = refund.student
    town.mother, town.father = (cast.make_person(name) for name in ("陈静", "陈志强"))
    for person in (town.mother, town.father):
        Guardianship.objects.create(
            school=town.school, student=town.child, person=person, relation="家长", began_on=date(2026, 9, 1)
        )
    return refund


def page(town):
    return reverse("billing:payee-change", args=[town.child.pk])


def wish(**more):
    return {"payee": "陈静", "payee_account": "6228 4804 0256 4890 018", "reason": "奶奶的卡注销了", "code": "", **more}


def asked(town, by=None):
    return ask_payee_change(
        town.child, payee="陈静", payee_account=CARD, reason="卡注销了", now=NOW, by=act(by or town.mother)
    )


def test_a_guardian_asks_with_a_code_and_the_refund_goes_where_two_people_said(town, client, refund):
    client.force_login(town.mother)
    sent = client.post(reverse("billing:payee-code", args=[town.child.pk]), wish())
    assert sent.status_code == 200 and "6228 4804 0256 4890 018" in sent.content.decode(), "what was typed stays"
    code = codes.digits(SignInCode.objects.get(phone=town.mother.phone))
    wrong = "000000" if code != "000000" else "000001"
    assert client.post(page(town), wish(code=wrong)).status_code == 422 and not PayeeChange.objects.exists()
    assert client.post(page(town), wish(code=code)).status_code == 302
    change = PayeeChange.objects.get()
    assert (change.payee_account, change.asked_by, change.state) == (CARD, town.mother, "asked")
    assert client.post(page(town), wish(code=code)).status_code == 422, "a code is good once"
    told = Notice.objects.get(kind="payee_change_asked")
    assert told.to == town.father and CARD not in told.title + told.body

    client.force_login(town.people["reviewer"])
    assert [task.count for task in tasks(town.reviewer, NOW.date()) if "更换收款人" in task.title] == [1]
    shown = client.get(reverse("billing:payee-change-list")).content.decode()
    assert "6217000000000001" in shown and CARD in shown, "both accounts side by side"
    client.post(reverse("billing:payee-change-decide", args=[change.pk]), {"agreed": "yes"})
    assert Notice.objects.filter(kind="payee_change_approved").count() == 2

    row = send(town).payouts.get()
    assert (row.payee, row.payee_account, row.change, row.receipt.payer) == ("陈静", CARD, change, "奶奶")
    told = client.get(reverse("billing:batch-detail", args=[row.batch_id])).content.decode()
    assert "更换过收款人：本来退给 奶奶；陈静 申请，赵复核 同意" in told


@pytest.mark.parametrize("role", ["clerk", "principal"])
def test_nobody_else_asks_or_decides(town, client, refund, role):
    change = asked(town)
    client.force_login(town.people[role])
    for door in (
        page(town),
        reverse("billing:payee-code", args=[town.child.pk]),
        reverse("billing:payee-change-decide", args=[change.pk]),
    ):
        assert client.post(door, wish(agreed="yes")).status_code == 403
    assert client.get(reverse("billing:payee-change-list")).status_code == 403
    with pytest.raises(RuleBroken, match="监护人"):
        asked(town, town.people[role])
    change.refresh_from_db()
    assert change.state == "asked" and PayeeChange.objects.count() == 1


def test_until_it_is_agreed_money_goes_to_who_paid(town, refund):
    change = asked(town)
    instruct_refunds(town.month, now=NOW, by=town.reviewer)
    assert Payout.objects.get().payee == "奶奶"
    with pytest.raises(RuleBroken, match="写明原因"):
        decide_payee_change(change, agreed=False, now=NOW, by=town.reviewer)
    decide_payee_change(change, agreed=False, answer="请奶奶本人来", now=NOW, by=town.reviewer)
    with pytest.raises(RuleBroken, match="不用再审批"):
        decide_payee_change(change, agreed=True, now=NOW, by=town.reviewer)
    assert PayeeChange.objects.get().state == "declined"


def test_nobody_decides_for_a_child_of_ones_own(town, refund):
    change = asked(town)
    reviewer = cast.make_person("吴复核", Role.FINANCE_REVIEWER, town.school)
    Guardianship.objects.create(
        school=town.school, student=town.child, person=reviewer, relation="姑姑", began_on=date(2026, 9, 1)
    )
    with pytest.raises(RuleBroken, match="由别人审批"):
        decide_payee_change(change, agreed=True, now=NOW, by=act(reviewer))
    with pytest.raises(IntegrityError, match="payee_change_two_people"), transaction.atomic():
        PayeeChange.objects.update(decided_by=town.mother)


def test_who_may_not_collect_the_child_does_not_turn_its_money(town, refund):
    cast.kept_from(town.child, town.father)
    with pytest.raises(RuleBroken, match="学校办公室"):
        asked(town, town.father)
    decide_payee_change(asked(town), agreed=True, now=NOW, by=town.reviewer)
    assert {one.to for one in Notice.objects.all()} == {town.mother}, "nor does he hear to whom it goes"


@pytest.mark.parametrize("account", ["", "62", "622848040256489001X", "6" * 40])
def test_what_is_no_account_is_said_at_its_field(town, refund, account):
    with pytest.raises(RuleBroken) as refusal:
        ask_payee_change(town.child, payee="陈静", payee_account=account, reason="换", now=NOW, by=act(town.mother))
    assert refusal.value.field == "payee_account" and not PayeeChange.objects.exists()
    asked(town)
    with pytest.raises(RuleBroken, match="在等学校审批"):
        asked(town, town.father)
