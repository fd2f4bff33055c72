from datetime import date

from django.db import transaction

from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.policy import rates

from ..models import Bureau, School
from ..rules import case_of, policy_of
from .posts import give_post


@transaction.atomic
def add_school(
    bureau: Bureau, *, name: str, code: str, admin_name: str, admin_phone: str, began_on: date, by: Actor, **facts
) -> School:
    """A school with its first 学校管理员, who goes on from there. `facts` are the other columns of a school."""
    # Two keepers may add the same school at once: the second one waits here.
    Bureau.objects.select_for_update().get(pk=bureau.pk)
    if School.objects.filter(name=name).exists():
        raise RuleBroken(f"已经有“{name}”了", field="name")
    if other := School.objects.filter(code=code).first():
        raise RuleBroken(f"这个标识码是{other.name}的，请核对", field="code")
    school = School.objects.create(bureau=bureau, name=name, code=code, **facts)
    record(by, "added", school, name=name, code=code, **facts)
    _appoint(school, admin_name, admin_phone, began_on, by)
    return school


@transaction.atomic
def change_school(
    school: School, *, phone: str, bank_name: str, bank_account: str, base: Money | None = None, today: date, by: Actor
) -> School:
    """What a school says of itself. Raises RuleBroken when `base`, its own stipend rate, is not one the policy allows."""
    school = School.objects.select_for_update(of=["self"]).select_related("bureau").get(pk=school.pk)
    if base is not None and base.fen != school.stipend_base_fen:
        _refuse_base(school, base, today)
    school.phone, school.bank_name, school.bank_account = phone, bank_name, bank_account
    school.stipend_base_fen = None if base is None else base.fen
    school.save()
    record(
        by, "changed", school, phone=phone, bank_name=bank_name, bank_account=bank_account,
        stipend_base_fen=school.stipend_base_fen,
    )  # fmt: skip
    return school


def _appoint(school: School, name: str, phone: str, began_on: date, by: Actor) -> None:
    try:
        give_post(phone=phone, name=name, role=Role.SCHOOL_ADMIN, place=school, began_on=began_on, by=by)
    except RuleBroken as refusal:
        # The form asks for two names; this refusal is about the person's.
        raise RuleBroken(str(refusal), cite=refusal.cite, field=f"admin_{refusal.field}") from refusal


def _refuse_base(school: School, base: Money, today: date) -> None:
    policy, case, average = policy_of(school, today), case_of(school), school.bureau.hourly_wage_fen
    own = rates.own_rate(policy, today, case)
    if own and own.nature == "base" and average is None:
        raise RuleBroken(
            f"教育局还没有填全市教师每小时平均工资，暂时不能定基数。请联系{school.bureau}（{school.bureau.phone}）",
            cite=own.cite,
            field="base",
        )
    city_average = None if average is None else Money(average)
    lawful = rates.rate_allowed(policy, today, rate=base, city_average=city_average, case=case)
    if not lawful.answer:
        raise RuleBroken(lawful.because, cite=lawful.cite, field="base")
