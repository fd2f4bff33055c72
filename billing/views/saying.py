"""What a press of a button comes to, said on the next page."""

from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpResponse
from django.utils.html import format_html

from afterschool.access.capabilities import Capability
from afterschool.errors import NoRule, RuleBroken
from afterschool.templatetags.words import clause

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@contextmanager
def said(request, done: str = ""):
    """Run the deed; say that it is done, or why it was refused, with the clause."""
    try:
        yield
    except RuleBroken as refusal:
        messages.error(request, format_html("{} {}", str(refusal), clause(refusal.cite)))
    except NoRule as silence:
        messages.error(request, str(silence))
    else:
        if done:
            messages.success(request, done)


def rights(request) -> dict[str, bool]:
    """Which buttons a page shows; the gate behind each button asks again."""
    actor = request.actor
    return {"keeps": actor.may(Capability.KEEP_BOOKS), "reviews": actor.may(Capability.REVIEW_BOOKS)}


def spreadsheet(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def paper(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
