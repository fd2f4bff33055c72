"""WeChat Pay: the page and the prepayment, and what is done when nothing is heard."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

from django.urls import reverse
from playwright.sync_api import expect

from billing.ledger.balances import is_balanced, trial_balance
from billing.models import Receipt
from billing.wechat.models import Payment
from billing.wechat.signing import verify
from billing.wechat.tasks import ask_about_the_unheard
from tests import cast
from tests.billing.conftest import OCTOBER, family, pay
from tests.billing.wechat.conftest import LATER, PAID, PHONE, TODAY, begin, door, nothing_booked, tell
from tests.billing.wechat.gateway import MCHID, key_of, letter
from tests.test_look import too_wide


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
