"""Call-backs at the desk: whose news it is, and who hears of news that was not believed."""

from django.core.cache import cache
from django.utils.text import slugify

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.schools.models import School

from ..callbacks import Refused
from ..merchants import Merchant
from ..models import Payment, PaymentRefund
from .payments import payment_told
from .refunds import refund_told

BY = Actor.system("billing.wechat")
MINUTE = 60


def take(kind: str, told: dict) -> None:
    """Believe it. Said again it changes nothing; of unknown payments and refunds nothing is believed."""
    try:
        if kind.startswith("TRANSACTION."):
            payment_told(Payment.objects.select_related("school").get(out_trade_no=told["out_trade_no"]), told, by=BY)
        elif kind.startswith("REFUND."):
            refund_told(PaymentRefund.objects.select_related("school").get(number=told["out_refund_no"]), told, by=BY)
        else:
            raise Refused(400, f"news of an unknown kind: {kind}")
    except (Payment.DoesNotExist, PaymentRefund.DoesNotExist) as unknown:
        raise Refused(400, "of no payment or refund of ours") from unknown
    except (KeyError, TypeError, AttributeError) as lacking:
        raise Refused(400, "cannot be read") from lacking


def turn_away(merchant: Merchant, refused: Refused, *, address: str, said: dict | None) -> None:
    """Write down news that was not believed: the same from the same address once a minute, the ink never dries."""
    why = str(refused)
    if not cache.add(f"wechat:{merchant.mchid}:{address}:{slugify(why)}", 1, timeout=MINUTE):
        return
    number = str((said or {}).get("out_trade_no", ""))[:64]
    payment = Payment.objects.filter(out_trade_no=number).first()
    school = School.objects.filter(code__in=merchant.schools).order_by("pk").first()
    if thing := payment or school:
        record(BY, "turned_away", thing, why=why, address=address, mchid=merchant.mchid, out_trade_no=number)
