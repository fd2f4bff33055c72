"""碧海县 in November 2026: 海棠路小学 with two families and a teacher who served in October, and the bureau's people."""

from datetime import date, datetime, time
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from afterschool.access.capabilities import Role
from afterschool.schools.actions import upload_policy
from billing.actions import charge_month, open_month
from staffing.models import Duty
from tests import cast
from tests.billing.conftest import enroll

TODAY = date(2026, 11, 3)
OCTOBER = date(2026, 10, 1)
BODY = (Path(__file__).parent / "bihai-2026.toml").read_text(encoding="utf-8")
NOTICE = "第六条　小学每月每生收费不高于180元。\n第九条　平时按不低于百分之一百六十发放。\n"


def act(person):
    return cast.act(person, TODAY)


def serve(school, teacher, leader, day=date(2026, 10, 15), hours=2):
    """A confirmed duty from 15:30 on."""
    starts, ends = (datetime.combine(day, time(hour, 30), ZoneInfo("Asia/Shanghai")) for hour in (15, 15 + hours))
    return Duty.objects.create(
        school=school, person=teacher, day=day, starts_at=starts, ends_at=ends, arrived_at=starts, left_at=ends,
        lessons=2, confirmed_by=leader, confirmed_at=ends,
    )  # fmt: skip


@pytest.fixture
def county(haitang, lanting, term, time_machine):
    time_machine.move_to(f"{TODAY}T10:00:00+08:00", tick=True)
    bureau = haitang.bureau
    cast.fill_years(bureau, 2026, 2027)
    plan = cast.make_plan(haitang, term)
    for name in ("陈一诺", "李二"):
        enroll(cast.make_student(cast.make_class(haitang, 3), name), plan)
    clerk = act(cast.make_person("孙会计", Role.FINANCE_CLERK, haitang))
    charge_month(open_month(haitang, month=OCTOBER, by=clerk), by=clerk)
    principal = cast.make_person("孙立", Role.PRINCIPAL, haitang)
    serve(haitang, cast.make_person("王芳", Role.TEACHER, haitang), principal)
    return SimpleNamespace(
        bureau=bureau, school=haitang, other=lanting, plan=plan, clerk=clerk,
        keeper=cast.make_person("吴刚", Role.BUREAU_KEEPER, bureau),
        reviewer=cast.make_person("韩梅", Role.BUREAU_REVIEWER, bureau),
        principal=principal,
    )  # fmt: skip


@pytest.fixture
def text(county):
    return upload_policy(county.bureau, body=BODY, notice=NOTICE, by=act(county.keeper))
