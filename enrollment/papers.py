"""Papers of enrolment, drawn from what was stored and from nothing else."""

import segno
from django.conf import settings
from django.urls import reverse

from afterschool.pdf import render_pdf

from .agreement_text import sha256_of
from .models import Agreement

CODE_LENGTH = 12  # hex digits of the hash, printed and in the QR code: enough to tell papers apart, short to type


def agreement_pdf(agreement: Agreement) -> bytes:
    """The signed text with both signatures, and what has changed since as an annex; the same rows give the same bytes."""
    address = settings.SITE_URL + reverse("enrollment:agreement-verify", args=[agreement.number, code_of(agreement)])
    context = {
        "agreement": agreement,
        "content": agreement.content,
        "code": code_of(agreement),
        "qr": segno.make(address, error="m").svg_data_uri(scale=3, border=2),
        "withdrawal": getattr(agreement, "withdrawal", None),
    }
    return render_pdf("print/agreement.html", context)


def code_of(agreement: Agreement) -> str:
    """Taken from the stored text itself: a changed text no longer matches the printed code."""
    return sha256_of(agreement.content)[:CODE_LENGTH]
