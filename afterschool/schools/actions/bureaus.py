from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money

from ..models import Bureau
from .calendar import fill_calendar
from .policies import adopt_policy
from .posts import give_post

FOUNDED_WITH = {"name": "名称", "short_name": "简称", "phone": "监督电话"}


@transaction.atomic
def found_bureau(
    name: str,
    *,
    short_name: str,
    phone: str,
    policy: str,
    began_on: date,
    keeper_phone: str,
    keeper_name: str,
    today: date,
    by: Actor,
) -> tuple[Bureau, bool]:
    """A bureau with its policy, the calendars of this year and the next, and the person who goes on from there.

    The bureau, and whether it is new: one that is there stays as it is.
    """
    if there := Bureau.objects.filter(name=name).first():
        return there, False
    bureau = Bureau(name=name, short_name=short_name, phone=phone)
    _refuse_odd(bureau)
    bureau.save()
    record(by, "founded", bureau, name=name)
    adopt_policy(bureau, policy, began_on=began_on, by=by)
    for year in (today.year, today.year + 1):
        fill_calendar(bureau, year, by=by)
    give_post(phone=keeper_phone, name=keeper_name, role=Role.BUREAU_KEEPER, place=bureau, began_on=today, by=by)
    return bureau, True


def _refuse_odd(bureau: Bureau) -> None:
    try:
        bureau.full_clean()
    except ValidationError as odd:
        field, (why, *_) = next(iter(odd.message_dict.items()))
        raise RuleBroken(f"{FOUNDED_WITH[field]}：{why}", field=field) from odd


@transaction.atomic
def change_bureau(
    bureau: Bureau, *, phone: str, hourly_wage: Money | None, hourly_wage_source: str, by: Actor
) -> Bureau:
    """What the bureau says of itself; a wage is worth as much as its source."""
    bureau = Bureau.objects.select_for_update().get(pk=bureau.pk)
    if hourly_wage is not None and not hourly_wage:
        raise RuleBroken("平均工资要大于 0；还不知道就空着", field="hourly_wage")
    if hourly_wage and not hourly_wage_source:
        raise RuleBroken("请写明平均工资出自哪份公报或文件", field="hourly_wage_source")
    bureau.phone, bureau.hourly_wage_source = phone, hourly_wage_source
    bureau.hourly_wage_fen = hourly_wage.fen if hourly_wage else None
    bureau.save()
    record(
        by, "changed", bureau, phone=phone, hourly_wage_fen=bureau.hourly_wage_fen,
        hourly_wage_source=hourly_wage_source,
    )  # fmt: skip
    return bureau
