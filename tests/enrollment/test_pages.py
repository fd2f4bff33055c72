"""The school's pages of enrolment: what waits, what is decided, and in how many questions."""

import io
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterschool.xlsx import read_xlsx
from enrollment.actions import approve, confirm, hold_in_dispute, return_for_correction, withdraw
from enrollment.desk import tasks
from enrollment.models import Agreement, Application, PickupRestriction, Placement, Waiver
from tests import cast

from .conftest import NOW, act, another_family, applied, approved, enrolled, signed_by_guardian, url
from .test_pickup import bar, name
from .test_waivers import ask, decide

pytestmark = pytest.mark.usefixtures("that_evening")


def test_teacher_confirms_clerk_approves_parent_and_school_sign_in_bulk(as_, town):
    child, parent = another_family(town)
    first, second = applied(town), applied(town, child=child, parent=parent)
    both = {"pick": [first.pk, second.pk]}
    teacher_page = as_(town.teacher).get(url("application-list")).content.decode()
    assert "陈一诺" in teacher_page and "初审通过" in teacher_page

    as_(town.teacher).post(url("application-confirm"), {**both, "tab": "submitted"})
    as_(town.clerk).post(url("application-approve"), {**both, "tab": "confirmed", "began_on": "2026-09-08"})
    for agreement in Agreement.objects.all():
        signed_by_guardian(town, agreement)
    response = as_(town.clerk).post(url("agreement-sign"), {**both, "tab": "to-sign"}, follow=True)

    assert "已签 2 份" in response.content.decode()
    assert Placement.objects.filter(began_on=date(2026, 9, 8)).count() == 2


def test_under_d_the_page_offers_no_refusal_and_the_door_says_why(as_, town):
    application = applied(town)
    client = as_(town.clerk)
    page = client.get(url("application-review", application.pk)).content.decode()
    assert "不予核准并告知家长" not in page and "四.1" in page

    client.post(url("application-refuse", application.pk), {"ground": "管理及安全隐患", "reason": "满了"})
    application.refresh_from_db()
    assert application.state == Application.State.SUBMITTED


def test_a_withdrawal_is_asked_by_phone_and_acknowledged_at_the_desk(as_, town):
    agreement = enrolled(town)
    client = as_(town.mother)
    assert client.get(url("withdraw", agreement.pk)).status_code == 200
    assert client.post(url("withdraw", agreement.pk), {"last_on": "2026-09-01", "reason": "x"}).status_code == 422
    client.post(url("withdraw", agreement.pk), {"last_on": "2026-09-30", "reason": "搬家"})
    agreement.refresh_from_db()
    assert agreement.ended_on == date(2026, 9, 30)

    client = as_(town.clerk)
    assert "搬家" in client.get(url("application-list")).content.decode()
    client.post(url("withdrawal-acknowledge", agreement.withdrawal.pk))
    agreement.withdrawal.refresh_from_db()
    assert agreement.withdrawal.acknowledged_by == town.clerk


def test_waivers_are_asked_by_the_teacher_and_decided_by_the_principal(as_, town):
    poor = cast.make_student(town.klass, "马小军", is_registered_poor=True)
    client = as_(town.teacher)
    assert "马小军" in client.get(url("waiver-list")).content.decode()
    form = {"category": "registered_poor", "evidence": "名册", "began_on": "2026-09-01"}
    assert client.post(url("waiver-create", poor.pk), {**form, "category": "no"}).status_code == 422
    client.post(url("waiver-create", poor.pk), form)
    waiver = Waiver.objects.get()
    assert client.post(url("waiver-decide", waiver.pk), {"granted": "yes"}).status_code == 403

    as_(town.principal).post(url("waiver-decide", waiver.pk), {"granted": "yes"})
    waiver.refresh_from_db()
    assert waiver.state == "granted" and waiver.decided_by == town.principal


def test_the_waiver_that_waits_stands_first_on_the_principals_desk(as_, town):
    decide(town, ask(town))
    ask(town, cast.make_student(town.klass, "马小军", guardian=town.mother))

    page = as_(town.principal).get(url("waiver-desk")).content.decode()
    assert page.index("马小军") < page.index(town.child.name)


def test_a_restriction_goes_through_two_people(as_, town):
    form = {"person_name": "陈志强", "document": "裁定书 1 号", "began_on": "2026-09-07"}
    assert as_(town.clerk).post(url("restriction-create", town.child.pk), {**form, "document": ""}).status_code == 422
    as_(town.clerk).post(url("restriction-create", town.child.pk), form)
    restriction = PickupRestriction.objects.get()
    assert [task.urgent for task in tasks(act(town.principal), town.today)] == [True]
    as_(town.clerk).post(url("restriction-confirm", restriction.pk))
    restriction.refresh_from_db()
    assert restriction.confirmed_by is None

    as_(town.principal).post(url("restriction-confirm", restriction.pk))
    as_(town.principal).post(url("restriction-end", restriction.pk), {"ended_on": "2026-09-07", "reason": "撤销"})
    restriction.refresh_from_db()
    assert restriction.confirmed_by == town.principal and restriction.ended_on == town.today


def test_a_restriction_on_a_name_nobody_knows_is_told_at_once(as_, town):
    form = {"person_name": "陈志钢", "document": "裁定书 1 号", "began_on": "2026-09-07"}
    page = as_(town.clerk).get(url("restriction-create", town.child.pk)).content.decode()
    assert '<option value="陈志强">' in page

    told = as_(town.clerk).post(url("restriction-create", town.child.pk), form, follow=True).content.decode()
    assert "没有叫“陈志钢”的，请核对姓名" in told
    known = {**form, "person_name": "陈志强"}
    told = as_(town.clerk).post(url("restriction-create", town.child.pk), known, follow=True).content.decode()
    assert "已登记" in told and "请核对姓名" not in told


def test_the_roster_goes_out_as_a_sheet(as_, town):
    name(town)
    agreement = enrolled(town)

    rows = read_xlsx(io.BytesIO(as_(town.clerk).get(url("roster-xlsx")).content))

    assert rows[1].cells[:6] == ("序号", "服务班", "学籍号", "姓名", "性别", "班级")
    row = rows[2].cells
    assert row[:2] == (1, "三(2)班 课后托管") and row[3] == "陈一诺" and row[10] == agreement.number
    assert "奶奶王秀兰 尾号3307" in row[8]


def test_each_desk_says_what_waits(town):
    application = applied(town)
    late = NOW.replace(month=10)
    assert [task.title for task in tasks(act(town.teacher), town.today)] == ["1 份报名待初审"]
    assert tasks(act(town.clerk), town.today) == tasks(act(town.mother), town.today) == []
    with time_machine.travel(late, tick=False):
        assert all(task.urgent for task in tasks(cast.act(town.teacher), late.date()))
        assert [task.title for task in tasks(cast.act(town.clerk), late.date())] == ["1 份报名班级逾期未审"]

    confirm(application=application, now=town.now, by=act(town.teacher))
    assert [task.title for task in tasks(act(town.clerk), town.today)] == ["1 份报名待核准"]
    approve(application=application, began_on=town.today, now=town.now, by=act(town.clerk))
    assert [task.title for task in tasks(act(town.mother), town.today)] == ["签陈一诺的课后服务协议"]
    signed_by_guardian(town, application.agreement)
    assert [task.title for task in tasks(act(town.clerk), town.today)] == ["1 份协议待学校签章"]


@pytest.mark.parametrize("who", ["mother", "teacher", "clerk", "principal"])
def test_a_desk_asks_the_same_number_of_questions_for_one_child_and_for_three(town, who, django_assert_num_queries):
    waiting = return_for_correction(application=applied(town), reason="改", now=town.now, by=act(town.teacher))
    assert waiting.state == Application.State.RETURNED
    actor = act(getattr(town, who))
    with CaptureQueriesContext(connection) as one:
        tasks(actor, town.today)
    for number in range(2):
        child = cast.make_student(town.klass, f"学生{number}", guardian=town.mother)
        approved(town, applied(town, child=child))

    actor = act(getattr(town, who))
    with django_assert_num_queries(len(one)):
        tasks(actor, town.today)


def test_office_reads_whom_to_call_about_a_dispute_and_nobody_who_is_barred(as_, town):
    hold_in_dispute(town.child, reason="电话里吵", today=town.today, by=act(town.clerk))
    mother, father = (f"<b>{tie.relation} {tie.person.name}</b>" for tie in town.child.guardianships.order_by("pk"))
    assert f"告知 {mother}、{father}。" in as_(town.clerk).get(url("restriction-list")).content.decode()
    bar(town, person_name=town.father.name)
    assert f"告知 {mother}。" in as_(town.clerk).get(url("restriction-list")).content.decode()


LISTS = {
    "application-list": "clerk",
    "roster": "clerk",
    "waiver-list": "clerk",
    "waiver-desk": "principal",
    "restriction-list": "principal",
    "apply-start": "mother",
    "pickup-list": "mother",
}


@pytest.mark.parametrize("listing", LISTS)
def test_lists_ask_the_same_number_of_questions_for_one_row_and_for_three(
    as_, town, listing, django_assert_num_queries
):
    def fill(child, parent, number):
        family = type(town)(**{**vars(town), "child": child})
        name(family, name=f"亲友{number}", parent=parent)
        ask(family)
        bar(family, person_name=f"外人{number}")
        agreement = enrolled(family, approved(family, applied(family, child=child, parent=parent)))
        withdraw(agreement=agreement, last_on=town.today, reason="搬家", now=town.now, by=act(parent))

    address = url(listing) + "?tab=signed"
    fill(town.child, town.mother, 0)
    client = as_(getattr(town, LISTS[listing]))
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in (1, 2):
        child = cast.make_student(town.klass, f"学生{number}", guardian=town.mother)
        fill(child, town.mother, number)

    with django_assert_num_queries(len(one)):
        response = client.get(address)
    assert response.status_code == 200
