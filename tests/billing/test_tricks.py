"""What a clerk might try with the rights a clerk has: each trick is refused, or seen by somebody else (D1–D20)."""

from datetime import date

import pytest
from django.urls import reverse

from afterschool.audit.models import Deed
from billing.models import Receipt
from tests.billing.conftest import family, pay
from tests.billing.test_statements import bring, line

TENTH = date(2026, 10, 10)


def address(name, *args):
    return reverse(f"billing:{name}", args=args)


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-08T10:00:00+08:00")


@pytest.fixture
def clerk(client, town):
    client.force_login(town.people["clerk"])
    return client


def typed(key="k1", **more):
    return {
        "key": key, "student": "陈一诺", "on": "2026-10-12", "amount": "200", "method": "bank", "payer": "陈志强",
        "payer_account": "", **more,
    }  # fmt: skip


def test_d1_a_payment_typed_before_is_not_received_again_from_the_bank(town, clerk):
    child = family(town)
    pay(town, child, 200)
    found = bring(town, line("课后服务费"))

    answer = clerk.post(address("line-match", found.pk), {"student": child.name}, follow=True).content.decode()

    assert "已手工登记过收据 1 号，请核对后认领；确是另一笔的，请点“另外一笔”" in answer
    assert Receipt.objects.count() == 1
    clerk.post(address("line-match", found.pk), {"student": child.name, "another": "1"})
    assert Receipt.objects.count() == 2


@pytest.mark.parametrize(
    "memo, say",
    [("学籍号", "已有 陈一诺 的收据 1 号，也是 200.00 元"), ("课后服务费", "10月12日 陈志强 的 200.00 元还待核对")],
)
def test_d1_a_payment_the_bank_told_of_is_not_typed_again(town, clerk, memo, say):
    child = family(town)
    bring(town, line(child.number if memo == "学籍号" else memo, payer="陈志强"))
    before, form = Receipt.objects.count(), address("receipt-create", town.month.pk)

    answer = clerk.post(form, typed())

    assert answer.status_code == 422 and say in answer.content.decode()
    assert 'type="checkbox" name="another"' in answer.content.decode() and Receipt.objects.count() == before
    assert "another" not in clerk.get(form).content.decode(), "nobody is asked before there is a doubt"
    clerk.post(form, typed(another="on"))
    assert Receipt.objects.count() == before + 1 and say in Deed.objects.get(verb="said_another").facts["known"]
