"""A refusal is told where it can be mended: at the form's field, with the clause it rests on."""

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html

from afterschool.errors import NoRule, RuleBroken
from afterschool.templatetags.words import clause


def tell(form: BaseForm, refusal: RuleBroken) -> None:
    """Put the refusal beside the field it names, or above the form; the view then answers 422."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, format_html("{} {}", str(refusal), clause(refusal.cite)))


class SilenceMiddleware:
    """Where the policy is silent and no view has said so, a page says it: nobody guesses, and nothing is broken."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NoRule):
            return render(request, "no_rule.html", {"silence": exception}, status=409)
        return None
