"""The finance people of one school, and the papers they enter."""

from datetime import date
from functools import cache

from afterschool.access.capabilities import Role
from afterschool.pdf import draw
from afterschool.schools.models import School
from afterschool.schools.people import actor_for

from . import town


class Office:
    """Who they are on one day."""

    def __init__(self, school: School, cast: town.Cast, day: date) -> None:
        self.school, self.day = school, day
        self.clerk, self.reviewer, self.principal = (
            actor_for(cast.by_role[role], day) for role in (Role.FINANCE_CLERK, Role.FINANCE_REVIEWER, Role.PRINCIPAL)
        )


@cache
def scan(payee: str) -> bytes:
    return draw(f"<h1>示范票据</h1><p>收款单位：{payee}</p><p>仅供演示，不作报销凭证。</p>")
