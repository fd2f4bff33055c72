"""A WeChat Pay of our own: a real server with its own keys, which keeps orders and refunds and signs what it tells."""

import base64
import json
import re
import secrets
import time
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.utils import timezone

MCHID, APPID, SERIAL, PLATFORM_SERIAL = (
    "1900000109",
    "wxd678efh567hg6787",
    "5157F09EFDC096DE15EBE81A47057A72",
    "PUB_KEY_ID_01",
)
V3_KEY, APP_SECRET, OPENID = "0123456789abcdef0123456789abcdef", "app-secret", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
SAID = re.compile(r'(\w+)="([^"]*)"')


@cache
def key_of(who: str) -> RSAPrivateKey:
    """The key of "merchant", "platform" or "forger"."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def signature(key: RSAPrivateKey, *lines: str) -> str:
    return base64.b64encode(key.sign("".join(f"{line}\n" for line in lines).encode(), PKCS1v15(), SHA256())).decode()


def write_merchant(folder: Path, *schools, url: str) -> str:
    """The operator's folder with one merchant, who takes money for these schools."""
    keys = folder / MCHID
    keys.mkdir(parents=True)
    private = key_of("merchant").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (keys / "private_key.pem").write_bytes(private)
    public = key_of("platform").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (keys / "platform_key.pem").write_bytes(public)
    (keys / "v3_key").write_text(f"{V3_KEY}\n")
    (keys / "app_secret").write_text(f"{APP_SECRET}\n")
    lines = {
        "appid": APPID, "schools": [school.code for school in schools], "serial": SERIAL,
        "platform_serial": PLATFORM_SERIAL, "pay_url": url, "api_url": url,
    }  # fmt: skip
    (folder / f"{MCHID}.toml").write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items()))
    return str(folder)


class Gateway:
    """Knock at `url`; `is_down` makes it fall silent, `answers_with` lets somebody else sign its answers."""

    def __init__(self):
        self.orders: dict[str, dict] = {}
        self.refunds: dict[str, dict] = {}
        self.asked: list[str] = []
        self.is_down, self.answers_with, self.refunds_are = False, "platform", "PROCESSING"
        gateway = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self):
                gateway.answer(self, "")

            def do_POST(self):
                gateway.answer(self, self.rfile.read(int(self.headers["Content-Length"] or 0)).decode())

            def log_message(self, *said):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    # ------------------------------------------------------------ what it is asked

    def answer(self, door, body: str) -> None:
        self.asked.append(f"{door.command} {urlsplit(door.path).path}")
        if self.is_down:
            return self._say(door, 503, {"code": "SYSTEM_ERROR", "message": "系统繁忙"})
        path, query = urlsplit(door.path).path, parse_qs(urlsplit(door.path).query)
        if path == "/sns/oauth2/access_token":
            known = query["secret"] == [APP_SECRET] and query["code"] == ["good"]
            return self._say(door, 200, {"openid": OPENID} if known else {"errcode": 40029, "errmsg": "invalid code"})
        if not self._signed(door, body):
            return self._say(door, 401, {"code": "SIGN_ERROR", "message": "签名错误"})
        return self._say(door, *self._pay(door.command, path, json.loads(body) if body else {}))

    def _signed(self, door, body: str) -> bool:
        scheme, said = door.headers["Authorization"].split(" ", 1)
        said = dict(SAID.findall(said))
        lines = (door.command, door.path, said["timestamp"], said["nonce_str"], body)
        text = "".join(f"{line}\n" for line in lines).encode()
        key_of("merchant").public_key().verify(base64.b64decode(said["signature"]), text, PKCS1v15(), SHA256())
        return scheme == "WECHATPAY2-SHA256-RSA2048" and (said["mchid"], said["serial_no"]) == (MCHID, SERIAL)

    def _pay(self, method: str, path: str, said: dict) -> tuple[int, dict]:
        if path == "/v3/pay/transactions/jsapi":
            self.orders[said["out_trade_no"]] = {**said, "trade_state": "NOTPAY"}
            return 200, {"prepay_id": f"wx{said['out_trade_no']}"}
        if path == "/v3/refund/domestic/refunds":
            return self._give_back(said)
        number = path.split("/")[5]
        if number not in self.orders:
            return 404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"}
        if path.endswith("/close"):
            if self.orders[number]["trade_state"] == "SUCCESS":
                return 400, {"code": "ORDERPAID", "message": "订单已支付"}
            self.orders[number]["trade_state"] = "CLOSED"
            return 204, {}
        return 200, self.told(number)

    def _give_back(self, said: dict) -> tuple[int, dict]:
        order = self.orders.get(said["out_trade_no"], {})
        if order.get("trade_state") != "SUCCESS":
            return 404, {"code": "RESOURCE_NOT_EXISTS", "message": "订单不存在"}
        self.refunds.setdefault(said["out_refund_no"], {**said, "status": self.refunds_are})
        kept = self.refunds[said["out_refund_no"]]
        if sum(one["amount"]["refund"] for one in self.refunds.values()) > order["amount"]["total"]:
            del self.refunds[said["out_refund_no"]]
            return 403, {"code": "NOT_ENOUGH", "message": "超过可退金额"}
        return 200, {**kept, "refund_id": "50000000382019052709732678859"}

    def _say(self, door, status: int, told: dict) -> None:
        body = json.dumps(told) if status != 204 else ""
        at, once = str(int(time.time())), secrets.token_hex(16)
        door.send_response(status)
        headers = {"Timestamp": at, "Nonce": once, "Serial": PLATFORM_SERIAL}
        headers["Signature"] = signature(key_of(self.answers_with), at, once, body)
        for name, value in headers.items():
            door.send_header(f"Wechatpay-{name}", value)
        door.send_header("Content-Length", str(len(body.encode())))
        door.end_headers()
        door.wfile.write(body.encode())

    # ------------------------------------------------------------ what it tells

    def pay(self, number: str) -> None:
        """The guardian has typed the password."""
        self.orders[number] |= {"trade_state": "SUCCESS", "transaction_id": f"42000{number[-20:]}"}

    def told(self, number: str, **other) -> dict:
        order = self.orders[number]
        told = {"mchid": MCHID, "appid": APPID, "out_trade_no": number, "trade_state": order["trade_state"]}
        if order["trade_state"] == "SUCCESS":
            told |= {
                "transaction_id": order["transaction_id"], "success_time": "2026-10-20T12:00:00+08:00",
                "payer": {"openid": OPENID},
                "amount": {"total": order["amount"]["total"], "payer_total": order["amount"]["total"], "currency": "CNY"},
            }  # fmt: skip
        return told | other

    def told_back(self, number: str, status: str, **other) -> dict:
        kept = self.refunds[number]
        return {
            "mchid": MCHID, "out_trade_no": kept["out_trade_no"], "out_refund_no": number, "refund_status": status,
            "success_time": "2026-11-04T09:00:00+08:00", "amount": kept["amount"], **other,
        }  # fmt: skip


def letter(kind: str, told: dict, *, at: datetime | None = None, key="platform", v3_key=V3_KEY, **headers) -> dict:
    """A call-back as it comes over the wire: what django's client posts."""
    nonce = secrets.token_hex(6)
    sealed = AESGCM(v3_key.encode()).encrypt(nonce.encode(), json.dumps(told).encode(), b"transaction")
    resource = {
        "algorithm": "AEAD_AES_256_GCM", "ciphertext": base64.b64encode(sealed).decode(), "nonce": nonce,
        "associated_data": "transaction", "original_type": "transaction",
    }  # fmt: skip
    body = json.dumps(
        {"id": secrets.token_hex(18), "event_type": kind, "resource_type": "encrypt-resource", "resource": resource}
    )
    stamp, once = str(int((at or timezone.now()).timestamp())), secrets.token_hex(16)
    said = {"timestamp": stamp, "nonce": once, "signature": signature(key_of(key), stamp, once, body)}
    said |= {"serial": PLATFORM_SERIAL} | headers
    return {
        "data": body, "content_type": "application/json",
        "headers": {f"Wechatpay-{name}": value for name, value in said.items()},
    }  # fmt: skip
