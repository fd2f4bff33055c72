"""WeChat Pay against a gateway of our own: forged, repeated, late, out of order, silent; and money back, once."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import permutations
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from afterschool.access.reach import Actor
from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.jobs.book import run_waiting
from afterschool.xlsx import read_xlsx
from billing.actions import charge_month, draft_settlement, instruct_refunds, return_advances, settle_withdrawal
from billing.ledger.balances import balances, is_balanced, trial_balance
from billing.models import Charge, Payout, Receipt, Refund
from billing.selectors.readiness import to_pay_by_wechat, to_pay_out
from billing.selectors.sheets import refunds_xlsx
from billing.wechat.actions import refund_through_wechat, take
from billing.wechat.models import Payment, PaymentRefund
from billing.wechat.signing import Forged, sign, unseal, verify
from billing.wechat.states import PAYMENTS, REFUNDS
from billing.wechat.tasks import ask_about_the_unheard
from tests import cast
from tests.billing.conftest import NOW, OCTOBER, family, pay
from tests.billing.test_posting import at_once
from tests.billing.test_settlement import spend, withdraw
from tests.billing.wechat_gateway import MCHID, Gateway, key_of, letter, write_merchant
from tests.test_look import too_wide

PHONE = "Mozilla/5.0 (iPhone) MicroMessenger/8.0.50"
TODAY = datetime(2026, 10, 20, 4, 0, tzinfo=UTC)
LATER = date(2026, 12, 31)
SYSTEM = Actor.system("test")
PAID = "TRANSACTION.SUCCESS"


@pytest.fixture(scope="module")
def server():
    gateway = Gateway()
    yield gateway
    gateway.stop()


@pytest.fixture
def gateway(server, town, settings, tmp_path, time_machine):
    """The gateway with empty books; the school takes WeChat money; it is the 20th of October."""
    server.orders.clear()
    server.refunds.clear()
    server.is_down, server.answers_with, server.refunds_are = False, "platform", "PROCESSING"
    settings.WECHAT_PAY_FOLDER = write_merchant(tmp_path, town.school, url=server.url)
    time_machine.move_to(TODAY, tick=False)
    return server


@pytest.fixture
def mother(town):
    return cast.make_person("陈静")


@pytest.fixture
def child(town, mother):
    """Owes 200 yuan for October."""
    child = family(town, "陈一诺", guardian=mother)
    charge_month(town.month, by=town.clerk)
    return child


@pytest.fixture
def phone(client, mother):
    client.force_login(mother)
    return client


def door(town, child) -> str:
    return reverse("wechat:pay", args=[child.pk, town.month.pk])


def begin(town, phone, child, key="form-1", code="good") -> Payment:
    """The guardian confirms on the page."""
    phone.post(door(town, child), {"key": key, "code": code})
    return Payment.objects.get(school=town.school, key=key)


def tell(client, posted) -> int:
    return client.post(reverse("wechat:call-back", args=[MCHID]), **posted).status_code


def nothing_booked(town) -> bool:
    return not Receipt.objects.exists() and not Payment.objects.exclude(state="made").exists()


def turned_away() -> list[str]:
    return [deed.facts["why"] for deed in Deed.objects.filter(verb="turned_away")]


# ---------------------------------------------------------------- the page and the prepayment


def test_without_the_setting_nothing_is_offered(town, phone, child, settings):
    month = reverse("disclosures:my-month", args=[child.pk, OCTOBER])
    assert "微信支付" not in phone.get(month).content.decode()
    assert phone.get(door(town, child)).status_code == 404
    assert tell(phone, letter(PAID, {})) == 404


def test_a_guardian_pays_what_is_owed(town, gateway, phone, child):
    month = reverse("disclosures:my-month", args=[child.pk, OCTOBER])
    assert "微信支付 200.00 元" in phone.get(month).content.decode()
    assert "请在微信里打开" in phone.get(door(town, child)).content.decode()

    sent = phone.get(door(town, child), headers={"User-Agent": PHONE})
    asked = parse_qs(urlsplit(sent.url).query)
    assert (sent.status_code, asked["scope"]) == (302, ["snsapi_base"])
    assert (
        "确认付款 200.00 元"
        in phone.get(f"{door(town, child)}?code=good", headers={"User-Agent": PHONE}).content.decode()
    )

    payment = begin(town, phone, child)
    order = gateway.orders[payment.out_trade_no]
    assert (order["amount"], order["payer"]["openid"][:4]) == ({"total": 200_00, "currency": "CNY"}, "oUpF")
    assert order["notify_url"].endswith(reverse("wechat:call-back", args=[MCHID]))
    page = phone.get(reverse("wechat:payment-detail", args=[payment.pk]))
    assert f"prepay_id=wx{payment.out_trade_no}" in page.content.decode()
    assert "待付款" in page.content.decode()

    gateway.pay(payment.out_trade_no)
    assert tell(phone, letter(PAID, gateway.told(payment.out_trade_no))) == 204

    payment.refresh_from_db()
    receipt = payment.receipt
    assert (payment.state, receipt.number, receipt.amount_fen, receipt.method) == ("paid", 1, 200_00, "wechat")
    assert (receipt.payer, receipt.on, receipt.student) == ("陈静", date(2026, 10, 20), child)
    assert child.charges.get().owed_fen == 0
    assert "收据 1 号" in phone.get(reverse("wechat:payment-detail", args=[payment.pk])).content.decode()
    assert is_balanced(trial_balance(town.school, LATER))


def test_a_form_sent_twice_is_one_payment(town, gateway, phone, child):
    first, second = begin(town, phone, child), begin(town, phone, child)
    assert first == second
    assert len(gateway.orders) == 1


def test_what_is_paid_needs_no_payment(town, gateway, phone, child):
    pay(town, child, 200)
    answer = phone.post(door(town, child), {"key": "form-1", "code": "good"})
    assert answer.status_code == 422
    assert not Payment.objects.exists()


def test_another_familys_child_is_not_there(town, gateway, client, child, phone):
    payment = begin(town, phone, child)
    client.force_login(family(town, "别人", guardian=cast.make_person("别人妈妈")).guardianships.get().person)
    assert client.get(door(town, child)).status_code == 404
    assert client.get(reverse("wechat:payment-detail", args=[payment.pk])).status_code == 404


def test_a_wrong_code_takes_no_money(town, gateway, phone, child):
    payment = begin(town, phone, child, code="bad")
    assert (payment.prepay_id, gateway.orders) == ("", {})
    assert "还没有接通" in phone.get(reverse("wechat:payment-detail", args=[payment.pk])).content.decode()
    assert begin(town, phone, child).prepay_id  # the same form again, with a good one


def test_an_answer_signed_by_somebody_else_is_no_answer(town, gateway, phone, child):
    gateway.answers_with = "forger"
    assert begin(town, phone, child).prepay_id == ""


BRIDGE = """
window.WeixinJSBridge = {
  invoke(name, box, done) { window.asked = [name, box]; done({ err_msg: "get_brand_wcpay_request:ok" }); },
};
"""


def test_on_the_phone_the_box_opens_by_itself_and_the_page_waits_for_the_word(
    live_server, town, gateway, phone, child, browser
):
    context = browser.new_context(viewport={"width": 390, "height": 844}, user_agent=PHONE, locale="zh-CN")
    cookie = phone.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.add_init_script(BRIDGE)
    page.goto(f"{live_server.url}{door(town, child)}?code=good")
    assert too_wide(page) <= 0
    page.get_by_role("button", name="确认付款 200.00 元").click()
    page.get_by_role("heading", name="待付款").wait_for()
    expect(page.get_by_role("button", name="付款 200.00 元")).to_be_hidden()  # the box is open
    payment = Payment.objects.get()
    name, box = page.evaluate("window.asked")
    assert (name, box["package"]) == ("getBrandWCPayRequest", f"prepay_id={payment.prepay_id}")
    signed = (box[part] for part in ("appId", "timeStamp", "nonceStr", "package"))
    verify(key_of("merchant").public_key(), box["paySign"], *signed)

    gateway.pay(payment.out_trade_no)
    assert tell(phone, letter(PAID, gateway.told(payment.out_trade_no))) == 204
    page.get_by_role("heading", name="已收到").wait_for()
    assert too_wide(page) <= 0
    context.close()


# ---------------------------------------------------------------- call-backs


def test_fifty_times_the_same_news_is_one_receipt(town, gateway, phone, child):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    told = gateway.told(payment.out_trade_no)
    same = letter(PAID, told)
    assert {tell(phone, same) for _ in range(25)} | {tell(phone, letter(PAID, told)) for _ in range(25)} == {204}
    assert Receipt.objects.count() == 1
    assert balances(town.school, LATER)["in_transit", ""].fen == 200_00


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_twenty_at_once_are_one_receipt_and_one_refund(transactional_db, town, gateway, phone, child):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    told = gateway.told(payment.out_trade_no)
    assert at_once(20, lambda n: take(PAID, told)) == []
    assert (Receipt.objects.count(), Charge.objects.get().paid_fen) == (1, 200_00)

    gateway.refunds_are = "SUCCESS"
    gone = withdraw(child, Charge.objects.get().days[8])
    [refund] = settle_withdrawal(gone, by=town.clerk)
    assert at_once(20, lambda n: refund_through_wechat(refund, now=NOW, by=town.reviewer)) == []
    assert (len(gateway.refunds), PaymentRefund.objects.get().state, payable(town, child)) == (1, "paid", 0)


def test_forged_news_is_refused_and_written_down(town, gateway, phone, child):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    told = gateway.told(payment.out_trade_no)
    good = letter(PAID, told)
    other_words = {**good, "data": good["data"].replace("TRANSACTION", "transaction")}
    forgeries = [
        letter(PAID, told, key="forger"),
        letter(PAID, told, v3_key="f" * 32),
        letter(PAID, told, serial="ANOTHER"),
        letter(PAID, told, signature=""),
        letter(PAID, told, nonce="another"),
        other_words,
        {**good, "headers": {}},
    ]
    assert [tell(phone, forgery) for forgery in forgeries] == [401] * len(forgeries)
    assert nothing_booked(town)
    assert set(turned_away()) == {"the signature does not fit", "the seal does not open", "signed with another key"}


def test_a_flood_of_forgeries_is_one_line_of_ink(town, gateway, phone, child):
    assert {tell(phone, letter(PAID, {}, key="forger")) for _ in range(50)} == {401}
    assert len(turned_away()) == 1


@pytest.mark.parametrize(("minutes", "answer"), [(-6, 401), (-4, 204), (4, 204), (6, 401)])
def test_news_is_good_for_five_minutes(town, gateway, phone, child, minutes, answer):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    at = TODAY + timedelta(minutes=minutes)
    assert tell(phone, letter(PAID, gateway.told(payment.out_trade_no), at=at)) == answer
    assert Receipt.objects.count() == (1 if answer == 204 else 0)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"amount": {"total": 1, "currency": "CNY"}}, "another amount"),
        ({"amount": {"total": 200_00, "currency": "USD"}}, "another amount"),
        ({"amount": None}, "cannot be read"),
        ({"mchid": "1900000999"}, "another merchant"),
        ({"appid": "wx0"}, "another merchant"),
        ({"out_trade_no": "nobody"}, "of no payment or refund of ours"),
        ({"transaction_id": ""}, "a payment without amount or number"),
    ],
)
def test_news_of_something_else_is_refused(town, gateway, phone, child, other, why):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    assert tell(phone, letter(PAID, gateway.told(payment.out_trade_no, **other))) == 400
    assert nothing_booked(town)
    assert turned_away() == [why]


def test_a_second_story_about_a_paid_payment_is_refused(town, gateway, phone, child):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    tell(phone, letter(PAID, gateway.told(payment.out_trade_no)))
    for other in ({"transaction_id": "4200099"}, {"amount": {"total": 400_00, "currency": "CNY"}}):
        assert tell(phone, letter(PAID, gateway.told(payment.out_trade_no, **other))) == 400
    assert Receipt.objects.get().amount_fen == 200_00
    assert len(turned_away()) == 2


def test_what_is_paid_twice_is_prepaid(town, gateway, phone, child):
    for key in ("father", "mother"):
        begin(town, phone, child, key=key)
    for payment in Payment.objects.all():
        gateway.pay(payment.out_trade_no)
        tell(phone, letter(PAID, gateway.told(payment.out_trade_no)))
    assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 2]
    assert balances(town.school, LATER)["prepaid", f"student:{child.pk}"].fen == -200_00


@pytest.mark.parametrize("order", sorted(set(permutations(["SUCCESS", "CLOSED", "SUCCESS", "PAYERROR"]))))
def test_in_whatever_order_the_news_comes_the_money_is_booked_once(town, gateway, phone, child, order):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    told = gateway.told(payment.out_trade_no)
    for state in order:
        said = told if state == "SUCCESS" else {name: told[name] for name in ("mchid", "appid", "out_trade_no")}
        assert tell(phone, letter(PAID, {**said, "trade_state": state})) == 204
    payment.refresh_from_db()
    assert (payment.state, Receipt.objects.count()) == ("paid", 1)


def test_nothing_leaves_the_last_states():
    assert not [step for step in PAYMENTS if step[0] == Payment.State.PAID]
    assert not [step for step in REFUNDS if step[0] in {PaymentRefund.State.PAID, PaymentRefund.State.CLOSED}]


# ---------------------------------------------------------------- when nothing is heard


def test_a_payment_nobody_told_of_is_found(town, gateway, phone, child, time_machine):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    gateway.is_down = True
    time_machine.move_to(TODAY + timedelta(minutes=11), tick=False)
    ask_about_the_unheard()
    assert nothing_booked(town)

    gateway.is_down = False
    ask_about_the_unheard()
    ask_about_the_unheard()
    payment.refresh_from_db()
    assert (payment.state, Receipt.objects.count()) == ("paid", 1)
    assert tell(phone, letter(PAID, gateway.told(payment.out_trade_no))) == 204
    assert Receipt.objects.count() == 1


def test_what_nobody_paid_is_closed_after_two_hours(town, gateway, phone, child, time_machine):
    payment, silent = begin(town, phone, child), begin(town, phone, child, key="form-2", code="bad")
    time_machine.move_to(TODAY + timedelta(minutes=119), tick=False)
    ask_about_the_unheard()
    assert Payment.objects.filter(state="made").count() == 2
    time_machine.move_to(TODAY + timedelta(minutes=121), tick=False)
    ask_about_the_unheard()
    assert {one.state for one in Payment.objects.filter(pk__in=[payment.pk, silent.pk])} == {"closed"}
    assert gateway.orders[payment.out_trade_no]["trade_state"] == "CLOSED"
    assert "没有付成" in phone.get(reverse("wechat:payment-detail", args=[payment.pk])).content.decode()

    gateway.pay(payment.out_trade_no)  # paid all the same: money that came is booked
    assert tell(phone, letter(PAID, gateway.told(payment.out_trade_no))) == 204
    assert Receipt.objects.count() == 1


# ---------------------------------------------------------------- money back


@pytest.fixture
def refund(town, gateway, phone, child, time_machine) -> Refund:
    """October was paid by WeChat and cost half: 100 yuan go back."""
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    tell(phone, letter(PAID, gateway.told(payment.out_trade_no)))
    spend(town, "100.00")
    draft_settlement(town.month, by=town.clerk)
    cast.lock(town.month, now=NOW, by=town.reviewer)
    time_machine.move_to(NOW, tick=False)
    return Refund.objects.get()


def payable(town, child) -> int:
    return -balances(town.school, LATER)["refund_payable", f"student:{child.pk}"].fen


def test_a_refund_goes_back_once_however_often_it_is_asked_for(town, gateway, phone, child, refund):
    backs = {refund_through_wechat(refund, now=NOW, by=town.reviewer).pk for _ in range(20)}
    assert (len(backs), len(gateway.refunds)) == (1, 1)
    back = PaymentRefund.objects.get()
    assert (back.state, back.number) == ("asked", f"{back.payment.out_trade_no}-{refund.pk}")
    refund.refresh_from_db()
    assert (refund.state, refund.payouts.count()) == ("instructed", 0)

    told, bank = gateway.told_back(back.number, "SUCCESS"), balances(town.school, LATER)["in_transit", ""].fen
    assert {tell(phone, letter("REFUND.SUCCESS", told)) for _ in range(50)} == {204}
    refund.refresh_from_db()
    assert (refund.state, refund.paid_on, payable(town, child)) == ("paid", date(2026, 11, 4), 0)
    assert balances(town.school, LATER)["in_transit", ""].fen == bank - 100_00
    assert refund_through_wechat(refund, now=NOW, by=town.reviewer).state == "paid"
    assert len(gateway.refunds) == 1


def test_a_refund_already_answered_is_paid_at_once(town, gateway, phone, child, refund):
    gateway.refunds_are = "SUCCESS"
    assert refund_through_wechat(refund, now=NOW, by=town.reviewer).state == "paid"
    assert payable(town, child) == 0


def test_a_silent_gateway_is_asked_again_under_the_same_number(town, gateway, phone, child, refund):
    gateway.is_down = True
    with pytest.raises(Exception, match="HTTP 503"):
        refund_through_wechat(refund, now=NOW, by=town.reviewer)
    ask_about_the_unheard()
    assert PaymentRefund.objects.get().state == "asked"
    gateway.is_down, gateway.refunds_are = False, "SUCCESS"
    ask_about_the_unheard()
    assert (PaymentRefund.objects.get().state, len(gateway.refunds), payable(town, child)) == ("paid", 1, 0)


def test_a_no_is_kept_with_its_reason(town, gateway, phone, child, refund):
    gateway.orders.clear()
    back = refund_through_wechat(refund, now=NOW, by=town.reviewer)
    assert (back.state, back.declined) == ("asked", "RESOURCE_NOT_EXISTS 订单不存在")


@pytest.mark.parametrize("order", sorted(set(permutations(["SUCCESS", "CLOSED", "SUCCESS", "ABNORMAL"]))))
def test_in_whatever_order_refund_news_comes_the_books_move_once(town, gateway, phone, child, refund, order):
    back = refund_through_wechat(refund, now=NOW, by=town.reviewer)
    for status in order:
        assert tell(phone, letter(f"REFUND.{status}", gateway.told_back(back.number, status))) == 204
    back.refresh_from_db()
    refund.refresh_from_db()
    first = next(status for status in order if status != "ABNORMAL")
    assert (back.state, refund.state) == (("paid", "paid") if first == "SUCCESS" else ("closed", "failed"))
    assert payable(town, child) == (0 if first == "SUCCESS" else 100_00)
    assert Deed.objects.filter(verb="contradicted").exists()
    assert is_balanced(trial_balance(town.school, LATER))


def test_what_wechat_has_closed_goes_out_another_way(town, gateway, phone, child, refund):
    back = refund_through_wechat(refund, now=NOW, by=town.reviewer)
    tell(phone, letter("REFUND.CLOSED", gateway.told_back(back.number, "CLOSED")))
    assert refund_through_wechat(refund, now=NOW, by=town.reviewer) is None
    assert (list(to_pay_by_wechat(town.month)), list(to_pay_out(town.month))) == ([], [refund])


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"amount": {"refund": 1, "total": 200_00}}, "another amount"),
        ({"mchid": "1900000999"}, "another merchant"),
        ({"out_trade_no": "another"}, "another payment"),
        ({"out_refund_no": "another"}, "of no payment or refund of ours"),
        ({"amount": {}}, "cannot be read"),
    ],
)
def test_refund_news_of_something_else_is_refused(town, gateway, phone, child, refund, other, why):
    back = refund_through_wechat(refund, now=NOW, by=town.reviewer)
    assert tell(phone, letter("REFUND.SUCCESS", gateway.told_back(back.number, "SUCCESS", **other))) == 400
    back.refresh_from_db()
    assert (back.state, turned_away()) == ("asked", [why])


def test_news_of_a_refund_before_the_payment_books_nothing(town, gateway, phone, child):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    number = f"{payment.out_trade_no}-1"
    gateway.refunds[number] = {"out_trade_no": payment.out_trade_no, "amount": {"refund": 100_00, "total": 200_00}}
    early = letter("REFUND.SUCCESS", gateway.told_back(number, "SUCCESS"))
    assert tell(phone, early) == 400
    assert nothing_booked(town)
    assert tell(phone, letter(PAID, gateway.told(payment.out_trade_no))) == 204
    assert tell(phone, letter("REFUND.SUCCESS", gateway.told_back(number, "SUCCESS"))) == 400
    assert (Receipt.objects.count(), Refund.objects.count()) == (1, 0)


def test_the_reviewer_sends_it_back_and_the_bank_hears_nothing_of_it(town, gateway, client, child, refund):
    client.force_login(town.people["reviewer"])
    page, month = reverse("billing:refund-list", args=[town.month.pk]), town.month
    assert "1 笔从微信退回" in client.get(page).content.decode()
    assert (list(to_pay_out(month)), list(to_pay_by_wechat(month))) == ([], [refund])
    with pytest.raises(RuleBroken, match="没有待退"):
        instruct_refunds(month, now=NOW, by=town.reviewer)

    client.post(reverse("wechat:refunds-send", args=[month.pk]))
    assert run_waiting() == 1
    assert "1 笔已交微信，等到账" in client.get(page).content.decode()
    assert "学校已从微信原路退回" in read_by_the_mother(client, child)
    client.force_login(town.people["reviewer"])
    assert not Payout.objects.exists() and Refund.objects.get().state == "instructed"  # only WeChat's word counts

    [number] = gateway.refunds
    tell(client, letter("REFUND.SUCCESS", gateway.told_back(number, "SUCCESS")))
    assert Refund.objects.get().state == "paid"
    assert "已原路退回微信" in read_by_the_mother(client, child)
    assert refund.student.name not in str(read_xlsx(BytesIO(refunds_xlsx(month))))


def read_by_the_mother(client, child) -> str:
    client.force_login(child.guardianships.get().person)
    return client.get(reverse("disclosures:my-month", args=[child.pk, OCTOBER])).content.decode()


def test_more_than_a_payment_holds_goes_by_the_bank(town, gateway, phone, child, time_machine):
    """100 by WeChat, 100 by the bank: of two refunds over 100 in all only one fits the WeChat payment."""
    pay(town, child, 100)
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    tell(phone, letter(PAID, gateway.told(payment.out_trade_no)))
    [gone] = settle_withdrawal(withdraw(child, child.charges.get().days[8]), by=town.clerk)
    assert (gone.amount_fen, list(to_pay_by_wechat(town.month))) == (80_00, [gone])
    second = Refund.objects.create(
        school=town.school, fee_month=town.month, student=child, charge=gone.charge, cause="cancelled",
        amount_fen=30_00, state="payable",
    )  # fmt: skip
    refund_through_wechat(gone, now=NOW, by=town.reviewer)
    assert (list(to_pay_by_wechat(town.month)), list(to_pay_out(town.month))) == ([], [second])
    assert refund_through_wechat(second, now=NOW, by=town.reviewer) is None


def test_an_advance_that_came_by_wechat_goes_back_that_way(town, gateway, phone, child):
    """200 are paid in the browser while 150 come by the bank: the rest of the WeChat payment is an advance."""
    payment = begin(town, phone, child)
    pay(town, child, 150)
    gateway.pay(payment.out_trade_no)
    tell(phone, letter(PAID, gateway.told(payment.out_trade_no)))
    [back] = return_advances(town.school, {child.pk}, on=NOW.date(), by=town.clerk)
    assert (back.amount_fen, list(to_pay_by_wechat(town.month)), list(to_pay_out(town.month))) == (150_00, [back], [])
    gateway.refunds_are = "SUCCESS"
    assert refund_through_wechat(back, now=NOW, by=town.reviewer).state == "paid"
    assert payable(town, child) == 0 and Refund.objects.get().state == "paid"


def test_money_that_came_by_the_bank_goes_back_by_the_bank(town, gateway, child):
    pay(town, child, 200)
    spend(town, "100.00")
    draft_settlement(town.month, by=town.clerk)
    cast.lock(town.month, now=NOW, by=town.reviewer)
    refund = Refund.objects.get()
    assert refund_through_wechat(refund, now=NOW, by=town.reviewer) is None
    assert (Refund.objects.get().state, gateway.refunds) == ("payable", {})


def test_a_refund_the_bank_has_does_not_also_go_by_wechat(town, gateway, phone, child, refund):
    Refund.objects.update(state="instructed")
    with pytest.raises(RuleBroken, match="已送银行"):
        refund_through_wechat(refund, now=NOW, by=town.reviewer)
    assert not PaymentRefund.objects.exists()


# ---------------------------------------------------------------- signatures


def test_signatures_hold_for_just_these_lines():
    key = key_of("merchant")
    signed = sign(key, "POST", "/v3/pay", "body")
    verify(key.public_key(), signed, "POST", "/v3/pay", "body")
    for other in (("POST", "/v3/pay", "Body"), ("POST", "/v3/pay"), ("GET", "/v3/pay", "body")):
        with pytest.raises(Forged):
            verify(key.public_key(), signed, *other)


@pytest.mark.parametrize(
    "resource", [{}, {"algorithm": "none"}, {"algorithm": "AEAD_AES_256_GCM", "ciphertext": "", "nonce": "1"}]
)
def test_a_broken_seal_is_a_forgery(resource):
    with pytest.raises(Forged):
        unseal(b"0" * 32, resource)
