"""A refusal is told where it can be mended: at the form's field, with the clause it rests on."""

from django.forms import BaseForm
from django.utils.html import format_html

from afterschool.errors import RuleBroken
from afterschool.templatetags.words import clause


def tell(form: BaseForm, refusal: RuleBroken) -> None:
    """Put the refusal beside the field it names, or above the form; the view then answers 422."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, format_html("{} {}", str(refusal), clause(refusal.cite)))
