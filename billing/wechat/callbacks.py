"""What WeChat Pay tells us unasked: believed only with its signature, within five minutes, and opened with our key."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from .merchants import Merchant
from .signing import Forged, unseal, verify

MOST_APART = timedelta(minutes=5)


class Refused(Exception):
    """News that is not believed: 401 for whose it is, 400 for what it says."""

    def __init__(self, status: int, why: str):
        super().__init__(why)
        self.status = status


def heard(merchant: Merchant, headers: Mapping[str, str], body: bytes, *, now: datetime) -> tuple[str, dict]:
    """The kind of news and what it says."""
    try:
        at, once, signature, serial = (
            headers.get(f"Wechatpay-{name}", "") for name in ("Timestamp", "Nonce", "Signature", "Serial")
        )
        if serial != merchant.platform_serial:
            raise Refused(401, "signed with another key")
        verify(merchant.platform_key, signature, at, once, body.decode())
        if abs(now - datetime.fromtimestamp(int(at), UTC)) > MOST_APART:
            raise Refused(401, "not of these five minutes")
        told = json.loads(body)
        said = unseal(merchant.v3_key, told["resource"])
        if said["mchid"] != merchant.mchid:
            raise Refused(400, "another merchant")
        return told["event_type"], said
    except Forged as reason:
        raise Refused(401, str(reason)) from reason
    except (KeyError, TypeError, ValueError, OverflowError) as reason:
        raise Refused(400, "cannot be read") from reason
