"""A bureau's own policy: uploaded, proposed from a month nobody has begun, confirmed by another person, then ink."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from afterschool.oversight.actions import confirm, propose
from afterschool.oversight.desk import tasks
from afterschool.plans.models import Plan
from afterschool.policy import codes
from afterschool.policy.loader import PolicyFileError
from afterschool.schools.actions import decline_adoption, upload_policy
from afterschool.schools.models import Adoption, PolicyText, Term
from afterschool.schools.rules import policy_of
from billing.actions import open_month
from staffing.models import StipendSheet
from tests import cast
from tests.policy.tiny import file

from .conftest import BODY, NOTICE, TODAY, act

DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)


def renamed(code):
    """The same file under a code of its own: the library keeps what it once read of an adopted file."""
    return BODY.replace('code = "bihai-2026"', f'code = "{code}"')


def asked(county, text, began_on=DECEMBER):
    return propose(text, began_on=began_on, reason="县里的新细则", by=act(county.keeper))


def agreed(county, text, began_on=DECEMBER):
    return confirm(asked(county, text, began_on), now=timezone.now(), by=act(county.reviewer))


def titles(person):
    return [task.title for task in tasks(act(person), TODAY) if "政策" in task.title]


# Uploading


def test_file_is_kept_with_its_title_and_the_same_again_is_one_row(county, text):
    again = upload_policy(county.bureau, body=BODY, notice=NOTICE, by=act(county.reviewer))
    assert (again, again.uploaded_by) == (text, county.keeper)
    assert (text.code, text.title) == ("bihai-2026", "碧海县中小学课后服务实施细则")
    assert Deed.objects.filter(thing="schools.PolicyText", verb="uploaded").count() == 1


def test_mended_file_takes_the_place_of_the_one_on_trial(county, text):
    upload_policy(county.bureau, body=BODY.replace("180", "185"), by=act(county.reviewer))
    text.refresh_from_db()
    assert "yuan = 185" in text.body
    assert (text.notice, text.uploaded_by) == ("", county.reviewer)


def test_file_that_cannot_be_read_is_refused_with_its_line_and_nothing_is_kept(county):
    with pytest.raises(PolicyFileError) as refusal:
        upload_policy(
            county.bureau, body=BODY.replace("yuan = 180", 'yuan = "一百八"'), name="细则.toml", by=act(county.keeper)
        )
    assert BODY.splitlines()[refusal.value.line - 1] == "yuan = 180"
    assert "细则.toml 第 " in str(refusal.value)
    assert not PolicyText.objects.exists()


@pytest.mark.parametrize("code", ["changle-2021", "changning-2026"])
def test_code_of_another_file_is_refused(county, c_bureau, code):
    theirs = upload_policy(
        c_bureau, body=renamed("changning-2026"), by=act(cast.make_person("外局", Role.BUREAU_KEEPER, c_bureau))
    )
    with pytest.raises(RuleBroken, match="已经有别的文件用了"):
        upload_policy(county.bureau, body=renamed(code), by=act(county.keeper))
    assert list(PolicyText.objects.all()) == [theirs]


# Proposing


def test_a_trial_counts_for_nothing_until_it_is_confirmed(county, text):
    asked(county, text)
    assert policy_of(county.school, JANUARY).code == "dalian-2024"
    assert text.code not in codes()


def test_a_proposal_once_more_is_the_same_proposal_and_another_must_wait(county, text):
    first = asked(county, text)
    assert asked(county, text) == first
    with pytest.raises(RuleBroken, match="一次只能提一件"):
        asked(county, text, JANUARY)
    assert Adoption.objects.waiting().get() == first


@pytest.mark.parametrize(
    ("began_on", "why"),
    [
        (date(2026, 12, 15), "某个月的1日"),
        (date(2026, 11, 1), "自2026年12月1日起施行"),
        (date(2026, 10, 1), "海棠路小学已经为2026年10月开了账，最早从2026年11月1日起采用"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_its_reason(county, text, began_on, why):
    with pytest.raises(RuleBroken, match=why) as refusal:
        asked(county, text, began_on)
    assert refusal.value.field == "began_on"
    assert not Adoption.objects.waiting().exists()


def test_month_whose_stipends_are_drafted_keeps_its_policy(county, text):
    StipendSheet.objects.create(
        school=county.school, month=DECEMBER, drafted_by=county.principal, drafted_at=timezone.now()
    )
    with pytest.raises(RuleBroken, match="制了补助表，最早从2027年1月1日起采用"):
        asked(county, text)


def test_file_whose_own_example_fails_is_not_proposed(county):
    text = upload_policy(county.bureau, body=BODY.replace("yuan = 180", "yuan = 181"), by=act(county.keeper))
    with pytest.raises(RuleBroken, match="检查还没有通过"):
        asked(county, text)


def test_year_that_can_only_be_a_slip_of_the_pen_is_refused(county, text):
    with pytest.raises(RuleBroken, match="请核对年份") as refusal:
        asked(county, text, date(2062, 12, 1))
    assert refusal.value.field == "began_on"
    assert asked(county, text, date(2028, 11, 1)).began_on.year == 2028


# A unit is not changed in the middle of a term

BY_THE_LESSON = file('[[price]]\nunit = "lesson"\nyuan = 4\n', code="by-the-lesson", since="2026-12-01")


@pytest.fixture
def by_the_lesson(county):
    return upload_policy(county.bureau, body=BY_THE_LESSON, by=act(county.keeper))


def test_another_unit_in_mid_term_is_refused_with_the_service_and_how_many_schools(county, term, by_the_lesson):
    plan = cast.make_plan(county.other, term)
    why = (
        "学期中途不能换收费单位：海棠路小学“课后托管”现按每月收费，新文件按每课时，"
        "共有 {} 所学校这样。请从下学期开始的月份采用"
    )
    with pytest.raises(RuleBroken) as refusal:
        asked(county, by_the_lesson)
    assert (str(refusal.value), refusal.value.field) == (why.format(2), "began_on")
    plan.offerings.update(fee_fen=0)
    with pytest.raises(RuleBroken, match=why.format(1)):
        asked(county, by_the_lesson)
    assert not Adoption.objects.waiting().exists()


@pytest.mark.parametrize("began_on", [date(2027, 2, 1), date(2027, 3, 1)], ids=["month before", "first day"])
def test_another_unit_from_the_month_of_the_next_term_is_adopted(county, by_the_lesson, began_on):
    Term.objects.create(
        bureau=county.bureau, name="2027年春季学期", school_year=2026, began_on="2027-03-01", ended_on="2027-07-09"
    )
    assert agreed(county, by_the_lesson, began_on).confirmed_at


def test_another_unit_hinders_nobody_where_nothing_is_paid(county, by_the_lesson):
    county.plan.offerings.update(fee_fen=0)
    assert asked(county, by_the_lesson)


def test_plan_that_came_in_force_meanwhile_stands_in_the_way_of_another_unit(county, by_the_lesson):
    Plan.objects.filter(pk=county.plan.pk).update(state=Plan.State.FILED)
    adoption = asked(county, by_the_lesson)
    Plan.objects.filter(pk=county.plan.pk).update(state=Plan.State.IN_FORCE)
    with pytest.raises(RuleBroken, match="学期中途不能换收费单位"):
        confirm(adoption, now=timezone.now(), by=act(county.reviewer))
    assert Adoption.objects.waiting().get() == adoption


def test_a_reason_is_asked_for(county, text):
    with pytest.raises(RuleBroken, match="为什么采用"):
        propose(text, began_on=DECEMBER, reason="  ", by=act(county.keeper))


def test_file_that_waits_cannot_be_changed(county, text):
    asked(county, text)
    with pytest.raises(RuleBroken, match="正在等确认"):
        upload_policy(county.bureau, body=BODY.replace("180", "170"), by=act(county.reviewer))


# Confirming and declining


def test_confirmed_policy_is_in_force_from_its_day_and_principals_hear_of_it(county):
    text = upload_policy(county.bureau, body=renamed("bihai-from-december"), by=act(county.keeper))
    adoption = agreed(county, text)
    again = confirm(adoption, now=timezone.now() + timedelta(days=90), by=act(county.reviewer))

    assert policy_of(county.school, DECEMBER - timedelta(days=1)).code == "dalian-2024"
    assert policy_of(county.school, DECEMBER).code == "bihai-from-december"
    assert again.confirmed_at == adoption.confirmed_at
    notice = Notice.objects.get(kind="policy_adopted")
    assert (notice.to, notice.title) == (county.principal, "自2026年12月1日起按《碧海县中小学课后服务实施细则》执行")


def test_adopted_file_is_read_by_its_code_and_takes_no_older_address_over(client, county):
    body = renamed("bihai-namesake").replace('short = "实施细则"', 'short = "实施方案"')
    agreed(county, upload_policy(county.bureau, body=body, by=act(county.keeper)))
    theirs, older = (client.get(f"/law/{name}/").context["policy"] for name in ("bihai-namesake", "实施方案"))
    assert (theirs.code, older.code) == ("bihai-namesake", "dalian-2024")
    assert client.get("/law/bihai-namesake/第六条/").status_code == 200


def test_file_on_trial_is_not_published(client, text):
    assert client.get(f"/law/{text.code}/").status_code == 404


def test_proposer_cannot_confirm_neither_here_nor_in_the_database(county, text):
    adoption = asked(county, text)
    with pytest.raises(RuleBroken, match="提请的人不能自己确认"):
        confirm(adoption, now=timezone.now(), by=act(county.keeper))
    with pytest.raises(IntegrityError, match="adoption_two_people"), transaction.atomic():
        Adoption.objects.filter(pk=adoption.pk).update(confirmed_by=county.keeper, confirmed_at=timezone.now())
    assert not Notice.objects.exists()


def test_month_that_began_meanwhile_stands_in_the_way_of_the_confirmation(county, text):
    adoption = asked(county, text)
    open_month(county.school, month=DECEMBER, by=county.clerk)
    with pytest.raises(RuleBroken, match="最早从2027年1月1日起采用"):
        confirm(adoption, now=timezone.now(), by=act(county.reviewer))
    assert Adoption.objects.waiting().get() == adoption


def test_declined_proposal_says_why_and_frees_the_file(county, text):
    adoption = asked(county, text)
    with pytest.raises(RuleBroken, match="写明理由"):
        decline_adoption(adoption, reason="", now=timezone.now(), by=act(county.reviewer))
    for _ in range(2):
        decline_adoption(adoption, reason="上限再议", now=timezone.now(), by=act(county.reviewer))
    with pytest.raises(RuleBroken, match="没有同意：上限再议"):
        confirm(adoption, now=timezone.now(), by=act(county.reviewer))
    told = Notice.objects.get()
    assert (told.to, told.body) == (county.keeper, "上限再议")
    upload_policy(county.bureau, body=BODY.replace("碧教〔2026〕18号", "碧教〔2026〕19号"), by=act(county.keeper))
    assert asked(county, text).pk != adoption.pk


def test_confirmed_file_and_adoption_are_ink(county):
    text = upload_policy(county.bureau, body=renamed("bihai-ink"), by=act(county.keeper))
    adoption = agreed(county, text)
    with pytest.raises(RuleBroken, match="已经采用，内容不能再改"):
        upload_policy(county.bureau, body=renamed("bihai-ink").replace("180", "170"), by=act(county.keeper))
    with pytest.raises(RuleBroken, match="已经确认"):
        decline_adoption(adoption, reason="反悔", now=timezone.now(), by=act(county.keeper))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE would stumble over what is still to be checked
    for statement in (
        "UPDATE schools_policytext SET body = '' WHERE code = 'bihai-ink'",
        "DELETE FROM schools_policytext WHERE code = 'bihai-ink'",
        "TRUNCATE schools_policytext",
        f"UPDATE schools_adoption SET began_on = '2026-09-01' WHERE id = {adoption.pk}",
        f"DELETE FROM schools_adoption WHERE id = {adoption.pk}",
    ):
        with pytest.raises(IntegrityError, match="refused"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_file_on_trial_may_be_thrown_away(text):
    text.delete()
    assert not PolicyText.objects.exists()


def test_desk_asks_the_other_person_and_nobody_else(county, text):
    asked(county, text)
    assert titles(county.reviewer) == ["自12月1日起采用新政策，等您确认"]
    assert titles(county.keeper) == []
    assert titles(cast.make_person("郑会计", Role.BUREAU_FINANCE, county.bureau)) == []
