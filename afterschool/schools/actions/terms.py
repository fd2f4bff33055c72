from datetime import date

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken

from ..models import Bureau, Term


@transaction.atomic
def open_term(bureau: Bureau, name: str, *, school_year: int, began_on: date, ended_on: date, by: Actor) -> Term:
    bureau = Bureau.objects.select_for_update().get(pk=bureau.pk)
    if ended_on <= began_on:
        raise RuleBroken("学期的结束日期要晚于开始日期", field="ended_on")
    if bureau.terms.filter(name=name).exists():
        raise RuleBroken(f"已经有“{name}”了", field="name")
    other = bureau.terms.filter(began_on__lte=ended_on, ended_on__gte=began_on).first()
    if other:
        dates = f"{other.began_on:%Y-%m-%d} 至 {other.ended_on:%Y-%m-%d}"
        raise RuleBroken(f"与{other.name}（{dates}）的日期重叠", field="began_on")
    term = Term.objects.create(bureau=bureau, name=name, school_year=school_year, began_on=began_on, ended_on=ended_on)
    record(by, "opened", term, name=name)
    return term
