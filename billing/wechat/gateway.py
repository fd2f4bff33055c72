"""What we ask of WeChat Pay: prepay, query, close, refund. Each question is signed, and so is each answer."""

import json
import time
from datetime import datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from .merchants import Merchant
from .models import Payment, PaymentRefund
from .signing import Forged, nonce, sign, verify

SECONDS_TO_ANSWER = 8
ORDERS = "/v3/pay/transactions"
REFUNDS = "/v3/refund/domestic/refunds"


class Unanswered(Exception):
    """No answer, or none to build on: nobody knows what happened, so it is asked again later."""


class Declined(Exception):
    """A no, with its reason."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def openid_of(merchant: Merchant, code: str) -> str:
    """Who holds the phone, from the code that WeChat gave the page."""
    asked = {"appid": merchant.appid, "secret": merchant.app_secret, "code": code, "grant_type": "authorization_code"}
    request = Request(f"{merchant.api_url}/sns/oauth2/access_token?{urlencode(asked)}")  # noqa: S310 named by the operator
    told = json.loads(_open(request)[0] or "{}")
    if "openid" not in told:
        raise Declined(str(told.get("errcode", "")), str(told.get("errmsg", "")))
    return told["openid"]


def prepay(merchant: Merchant, payment: Payment, *, openid: str, notify_url: str, until: datetime) -> str:
    """Announce a payment; the number that comes back opens the password box on the payer's phone for two hours."""
    body = {
        "appid": merchant.appid,
        "mchid": merchant.mchid,
        "description": f"{payment.school.name}课后服务费"[:40],
        "out_trade_no": payment.out_trade_no,
        "time_expire": until.isoformat(timespec="seconds"),
        "notify_url": notify_url,
        "amount": {"total": payment.fen, "currency": "CNY"},
        "payer": {"openid": openid},
    }
    return _ask(merchant, "POST", f"{ORDERS}/jsapi", body)["prepay_id"]


def order(merchant: Merchant, payment: Payment) -> dict:
    return _ask(merchant, "GET", f"{ORDERS}/out-trade-no/{payment.out_trade_no}?mchid={merchant.mchid}")


def close(merchant: Merchant, payment: Payment) -> None:
    """Nobody can pay it any more."""
    _ask(merchant, "POST", f"{ORDERS}/out-trade-no/{payment.out_trade_no}/close", {"mchid": merchant.mchid})


def refund(merchant: Merchant, back: PaymentRefund, *, notify_url: str) -> dict:
    """Give back. The same number again is the same refund, however often it is asked for."""
    body = {
        "out_trade_no": back.payment.out_trade_no,
        "out_refund_no": back.number,
        "reason": back.refund.get_cause_display(),
        "notify_url": notify_url,
        "amount": {"refund": back.refund.amount_fen, "total": back.payment.fen, "currency": "CNY"},
    }
    return _ask(merchant, "POST", REFUNDS, body)


def box(merchant: Merchant, prepay_id: str) -> dict[str, str]:
    """What WeixinJSBridge wants in order to show the password box."""
    said = {"appId": merchant.appid, "timeStamp": str(int(time.time())), "nonceStr": nonce()}
    said["package"] = f"prepay_id={prepay_id}"
    return said | {"signType": "RSA", "paySign": sign(merchant.private_key, *said.values())}


def _ask(merchant: Merchant, method: str, path: str, said: dict | None = None) -> dict[str, Any]:
    body = json.dumps(said, ensure_ascii=False) if said else ""
    request = Request(merchant.pay_url + path, body.encode() or None, method=method)  # noqa: S310 named by the operator
    request.add_header("Authorization", _authorization(merchant, method, path, body))
    request.add_header("Accept", "application/json")
    request.add_header("Content-Type", "application/json")
    request.add_header("User-Agent", "afterschool")
    answer, headers = _open(request)
    try:
        signed = [headers.get(f"Wechatpay-{name}", "") for name in ("Timestamp", "Nonce")]
        verify(merchant.platform_key, headers.get("Wechatpay-Signature", ""), *signed, answer)
        return json.loads(answer) if answer else {}
    except (Forged, ValueError) as reason:
        raise Unanswered("the answer is not WeChat Pay's") from reason


def _authorization(merchant: Merchant, method: str, path: str, body: str) -> str:
    at, once = str(int(time.time())), nonce()
    said = {
        "mchid": merchant.mchid,
        "nonce_str": once,
        "signature": sign(merchant.private_key, method, path, at, once, body),
        "timestamp": at,
        "serial_no": merchant.serial,
    }
    return "WECHATPAY2-SHA256-RSA2048 " + ",".join(f'{name}="{value}"' for name, value in said.items())


def _open(request: Request):
    try:
        with urlopen(request, timeout=SECONDS_TO_ANSWER) as answer:  # noqa: S310 named by the operator
            return answer.read().decode(), answer.headers
    except HTTPError as no:
        if no.code >= 500 or no.code == 429:
            raise Unanswered(f"HTTP {no.code}") from no
        raise _declined(no.read()) from no
    except (OSError, ValueError) as reason:
        raise Unanswered(str(reason)) from reason


def _declined(body: bytes) -> Declined:
    try:
        said = json.loads(body)
        return Declined(said["code"], said.get("message", ""))
    except (ValueError, KeyError, TypeError):
        return Declined("", body.decode(errors="replace")[:200])
