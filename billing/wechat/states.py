"""What news changes which state. Whatever is not written here changes nothing: said again, late, or in another order."""

from .models import Payment, PaymentRefund

_MADE, _PAID, _CLOSED = Payment.State.MADE, Payment.State.PAID, Payment.State.CLOSED
PAYMENTS: dict[tuple[str, str], Payment.State] = {
    (_MADE, "SUCCESS"): _PAID,
    (_MADE, "REFUND"): _PAID,  # it was paid, and the merchant gave it back by hand
    (_MADE, "CLOSED"): _CLOSED,
    (_MADE, "REVOKED"): _CLOSED,
    (_MADE, "PAYERROR"): _CLOSED,
    # Money that came is booked, whatever we thought before.
    (_CLOSED, "SUCCESS"): _PAID,
    (_CLOSED, "REFUND"): _PAID,
}

_ASKED, _STUCK = PaymentRefund.State.ASKED, PaymentRefund.State.STUCK
_BACK, _OFF = PaymentRefund.State.PAID, PaymentRefund.State.CLOSED
REFUNDS: dict[tuple[str, str], PaymentRefund.State] = {
    (_ASKED, "SUCCESS"): _BACK,
    (_STUCK, "SUCCESS"): _BACK,
    (_ASKED, "ABNORMAL"): _STUCK,
    (_ASKED, "CLOSED"): _OFF,
    (_STUCK, "CLOSED"): _OFF,
}
# What cannot be true after what was said before: nothing is booked, and somebody must look.
CONTRADICTIONS = {(_OFF, "SUCCESS"), (_BACK, "CLOSED"), (_BACK, "ABNORMAL")}
