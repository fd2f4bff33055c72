"""What finance prints."""

from afterschool.money import Money
from afterschool.pdf import render_pdf
from billing.models import Receipt


def receipt_pdf(receipt: Receipt) -> bytes:
    """收据 on A5, with its amount in capitals and room for the school's seal."""
    parts = receipt.allocations.select_related("charge__fee_month", "charge__item__offering").order_by("pk")
    used = [(part.charge, part.fen) for part in parts]
    context = {
        "receipt": receipt,
        "school": receipt.school,
        "amount": Money(receipt.amount_fen),
        "used": used,
        "rest_fen": receipt.amount_fen - sum(fen for _, fen in used),
    }
    return render_pdf("print/receipt.html", context)
