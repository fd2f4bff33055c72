"""The pages of enrolment: who reaches what, what they say, and that nothing happens outside one's reach."""

import io
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.notices.models import Notice
from afterschool.xlsx import read_xlsx
from enrollment.actions import approve, confirm, decline, hold_in_dispute, return_for_correction, withdraw
from enrollment.desk import tasks
from enrollment.models import Agreement, Application, Decline, PickupPerson, PickupRestriction, Placement, Waiver
from enrollment.papers import code_of
from tests import cast

from .conftest import NOW, act, add_club, another_family, applied, approved, basic, enrolled, signed_by_guardian
from .test_pickup import bar, name
from .test_waivers import ask, decide


@pytest.fixture(autouse=True)
def that_evening(town):
    with time_machine.travel(NOW, tick=False):
        yield


def url(name, *args):
    return reverse(f"enrollment:{name}", args=args)


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def wish(town, **more):
    offering = basic(town.plan)
    return {
        "choices": [offering.pk], f"days_{offering.pk}": offering.weekdays, "leave_mode": "collected",
        "health_note": "", "pickup-TOTAL_FORMS": 2, "pickup-INITIAL_FORMS": 0, **more,
    }  # fmt: skip


def test_nothing_that_costs_money_is_ticked_and_not_now_stands_beside(as_, town):
    add_club(town.plan)

    page = as_(town.mother).get(url("apply", town.child.pk, town.term.pk)).content.decode()

    for offering in town.plan.offerings.all():
        ticks = [part for part in page.split("<input") if f'name="choices" value="{offering.pk}"' in part]
        assert len(ticks) == 1 and "checked" not in ticks[0].split(">")[0]
    assert "200.00\u00a0元" in page and "四.4" in page and "暂不参加" in page


def test_a_fee_by_the_lesson_stands_with_the_lessons_of_each_time(as_, town):
    town.plan.offerings.update(lessons=2)
    form = url("apply", town.child.pk, town.term.pk)
    assert "课时" not in as_(town.mother).get(form).text

    town.plan.offerings.update(unit="lesson")
    assert "每次 2 课时" in as_(town.mother).get(form).text


def test_a_guardian_applies_and_sees_number_and_deadline(as_, town):
    client = as_(town.mother)
    adult = {"pickup-0-name": "王秀兰", "pickup-0-relation": "奶奶", "pickup-0-phone": "13900003307"}

    page = client.post(url("apply", town.child.pk, town.term.pk), wish(town, **adult), follow=True).content.decode()

    application = Application.objects.get()
    assert application.number in page and "9月10日 18:00" in page and "班主任王芳" in page
    assert PickupPerson.objects.get().name == "王秀兰"


def test_sending_the_form_twice_leads_to_the_same_application(as_, town):
    client = as_(town.mother)
    for _ in range(2):
        response = client.post(url("apply", town.child.pk, town.term.pk), wish(town))

    application = Application.objects.get()
    assert response.url == url("application-detail", application.pk)


def test_a_refused_form_keeps_what_was_typed(as_, town):
    response = as_(town.mother).post(
        url("apply", town.child.pk, town.term.pk), wish(town, choices=[], health_note="花生过敏")
    )

    assert response.status_code == 422
    assert "花生过敏" in response.content.decode() and "至少选一项" in response.content.decode()
    assert not Application.objects.exists()


def test_a_wrong_phone_is_said_beside_the_field(as_, town):
    adult = {"pickup-0-name": "王秀兰", "pickup-0-relation": "奶奶", "pickup-0-phone": "12"}

    response = as_(town.mother).post(url("apply", town.child.pk, town.term.pk), wish(town, **adult))

    assert response.status_code == 422 and "手机号应为 11 位数字" in response.content.decode()
    assert not PickupPerson.objects.exists()


def test_not_now_takes_one_tap_and_the_desk_stops_asking(as_, town):
    assert [task.title for task in tasks(act(town.mother), town.today)] == ["给陈一诺报名课后服务"]

    page = as_(town.mother).post(url("decline", town.child.pk, town.term.pk), follow=True).content.decode()

    assert "暂不参加" in page and Decline.objects.count() == 1
    assert tasks(act(town.mother), town.today) == []


def test_mending_shows_what_was_typed(as_, town):
    application = return_for_correction(
        application=applied(town, health_note="花生过敏"), reason="写清楚谁接", now=town.now, by=act(town.teacher)
    )

    page = as_(town.mother).get(url("application-mend", application.pk)).content.decode()
    assert "花生过敏" in page and "写清楚谁接" in page
    response = as_(town.mother).post(url("application-mend", application.pk), wish(town, leave_mode="bus"))

    assert response.status_code == 302
    application.refresh_from_db()
    assert (application.state, application.leave_mode) == (Application.State.SUBMITTED, "bus")


@pytest.mark.parametrize("who", ["mother", "other", "teacher"])
def test_the_guardian_of_another_child_finds_nothing(as_, town, who):
    child, parent = another_family(town)
    agreement = signed_by_guardian(town, approved(town, applied(town, child=child, parent=parent)))
    person = name(type(town)(**{**vars(town), "child": child}), parent=parent)
    client = as_({"mother": town.mother, "other": cast.make_person("路人"), "teacher": town.teacher}[who])
    expected = 404 if who == "mother" else 403
    before = Notice.objects.count()

    reads = [
        url("apply", child.pk, town.term.pk), url("application-detail", agreement.application_id),
        url("application-mend", agreement.application_id), url("agreement-detail", agreement.pk),
        url("agreement-pdf", agreement.pk), url("withdraw", agreement.pk),
    ]  # fmt: skip
    posts = [
        url("decline", child.pk, town.term.pk), url("application-take-back", agreement.application_id),
        url("sign", agreement.pk), url("withdraw", agreement.pk), url("pickup-create", child.pk),
        url("pickup-end", person.pk),
    ]  # fmt: skip
    assert {address: client.get(address).status_code for address in reads} == dict.fromkeys(reads, expected)
    assert {address: client.post(address).status_code for address in posts} == dict.fromkeys(posts, expected)

    agreement.application.refresh_from_db()
    assert agreement.application.state == Application.State.APPROVED
    assert PickupPerson.objects.get().ended_on is None and Notice.objects.count() == before


def test_signing_needs_the_tick_and_the_same_text(as_, town):
    agreement = approved(town)
    client = as_(town.mother)
    page = client.get(url("agreement-detail", agreement.pk)).content.decode()
    assert agreement.sha256 in page and "★" in page

    assert client.post(url("sign", agreement.pk), {"sha256": agreement.sha256}).status_code == 422
    assert client.post(url("sign", agreement.pk), {"sha256": "0" * 64, "read_marked": "on"}).status_code == 422
    agreement.refresh_from_db()
    assert agreement.guardian_signed_at is None

    client.post(url("sign", agreement.pk), {"sha256": agreement.sha256, "read_marked": "on"})
    agreement.refresh_from_db()
    assert agreement.guardian_signed_by == town.mother


def test_the_paper_is_handed_to_both_sides_and_checked_by_anyone(client, as_, town):
    agreement = Agreement.objects.get(pk=enrolled(town).pk)
    assert as_(town.mother).get(url("agreement-pdf", agreement.pk)).content.startswith(b"%PDF")
    assert as_(town.clerk).get(url("agreement-copy", agreement.pk)).content.startswith(b"%PDF")
    client.logout()

    page = client.get(url("agreement-verify", agreement.number, code_of(agreement))).content.decode()
    assert "与存档一致" in page and "陈一诺" not in page and "李敏" not in page
    assert "对不上" in client.get(url("agreement-verify", agreement.number, "0" * 12)).content.decode()


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


def test_a_teacher_touches_only_her_own_class_and_only_her_own_step(as_, town):
    other_class = cast.make_class(town.school, grade=3, number=1)
    child, parent = another_family(town, klass=other_class)
    theirs = applied(town, child=child, parent=parent)
    client = as_(town.teacher)

    client.post(url("application-confirm"), {"pick": [theirs.pk]})
    assert client.get(url("application-review", theirs.pk)).status_code == 404
    assert client.post(url("application-return", theirs.pk), {"reason": "x"}).status_code == 404
    assert client.post(url("application-approve"), {"pick": [theirs.pk]}).status_code == 403
    assert client.post(url("application-refuse", theirs.pk)).status_code == 403

    theirs.refresh_from_db()
    assert theirs.state == Application.State.SUBMITTED


def test_clerk_of_another_school_finds_nothing(as_, town, lanting):
    agreement = enrolled(town)
    withdrawal = withdraw(agreement=agreement, last_on=town.today, reason="搬家", now=town.now, by=act(town.mother))
    waiver, restriction = ask(town), bar(town)
    clerk, principal = (cast.make_person("外校", role, lanting) for role in (Role.SCHOOL_ADMIN, Role.PRINCIPAL))
    pages = [
        (clerk, "get", url("application-review", agreement.application_id)),
        (clerk, "get", url("agreement-copy", agreement.pk)),
        (clerk, "post", url("application-send-back", agreement.application_id)),
        (clerk, "post", url("application-refuse", agreement.application_id)),
        (clerk, "post", url("withdrawal-acknowledge", withdrawal.pk)),
        (clerk, "get", url("waiver-create", town.child.pk)),
        (principal, "post", url("waiver-decide", waiver.pk)),
        (clerk, "get", url("restriction-create", town.child.pk)),
        (principal, "post", url("restriction-confirm", restriction.pk)),
        (principal, "get", url("restriction-end", restriction.pk)),
    ]

    assert [getattr(as_(person), verb)(address).status_code for person, verb, address in pages] == [404] * len(pages)
    assert "陈一诺" not in as_(clerk).get(url("roster")).content.decode()
    for row in (withdrawal, waiver, restriction):
        row.refresh_from_db()
    assert withdrawal.acknowledged_at is None and waiver.state == "asked" and restriction.confirmed_by is None


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


def test_waivers_and_restrictions_stay_with_those_who_need_them(as_, town):
    enrolled(town)
    bar(town)
    ask(town)
    for person in (town.mother, cast.make_person("张门卫", Role.GUARD, town.school)):
        for page in ("waiver-list", "waiver-desk", "restriction-list"):
            assert as_(person).get(url(page)).status_code == 403
    assert as_(town.teacher).get(url("restriction-list")).status_code == 403

    roster = as_(town.teacher).get(url("roster")).content.decode()
    assert "陈一诺" in roster and "李敏" in roster and "陈志强" not in roster and "裁定" not in roster


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


def test_a_barred_parent_sees_no_reason_on_his_own_page(as_, town):
    bar(town)

    page = as_(town.father).get(url("pickup-list")).content.decode()

    assert "请联系学校" in page and "裁定" not in page and "加一位接送人" not in page
    assert "加一位接送人" in as_(town.mother).get(url("pickup-list")).content.decode()


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


def test_a_child_is_found_by_part_of_its_name_within_reach(as_, town, lanting):
    elsewhere = cast.make_student(cast.make_class(lanting), "陈一诺")

    page = as_(town.clerk).get(url("restriction-list") + "?q=一诺").content.decode()

    assert url("restriction-create", town.child.pk) in page
    assert url("restriction-create", elsewhere.pk) not in page


def test_office_reads_whom_to_call_about_a_dispute_and_nobody_who_is_barred(as_, town):
    hold_in_dispute(town.child, reason="电话里吵", today=town.today, by=act(town.clerk))
    mother, father = (f"<b>{tie.relation} {tie.person.name}</b>" for tie in town.child.guardianships.order_by("pk"))
    assert f"告知 {mother}、{father}。" in as_(town.clerk).get(url("restriction-list")).content.decode()
    bar(town, person_name=town.father.name)
    assert f"告知 {mother}。" in as_(town.clerk).get(url("restriction-list")).content.decode()


def test_a_child_with_not_now_may_still_apply(as_, town):
    decline(student=town.child, term=town.term, now=town.now, by=act(town.mother))

    as_(town.mother).post(url("apply", town.child.pk, town.term.pk), wish(town))

    assert Application.objects.count() == 1


LISTS = {
    "application-list": "clerk",
    "roster": "clerk",
    "waiver-list": "clerk",
    "waiver-desk": "principal",
    "restriction-list": "principal",
    "apply-start": "mother",
    "pickup-list": "mother",
}


@pytest.mark.parametrize("page", LISTS)
def test_lists_ask_the_same_number_of_questions_for_one_row_and_for_three(as_, town, page, django_assert_num_queries):
    def fill(child, parent, number):
        family = type(town)(**{**vars(town), "child": child})
        name(family, name=f"亲友{number}", parent=parent)
        ask(family)
        bar(family, person_name=f"外人{number}")
        agreement = enrolled(family, approved(family, applied(family, child=child, parent=parent)))
        withdraw(agreement=agreement, last_on=town.today, reason="搬家", now=town.now, by=act(parent))

    address = url(page) + "?tab=signed"
    fill(town.child, town.mother, 0)
    client = as_(getattr(town, LISTS[page]))
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in (1, 2):
        child = cast.make_student(town.klass, f"学生{number}", guardian=town.mother)
        fill(child, town.mother, number)

    with django_assert_num_queries(len(one)):
        response = client.get(address)
    assert response.status_code == 200


def test_a_barred_parent_does_not_read_the_other_adults_phones_nor_end_the_service(as_, town):
    agreement = enrolled(town)
    pages = [url("agreement-detail", agreement.pk), url("agreement-pdf", agreement.pk), url("withdraw", agreement.pk)]
    assert {as_(town.father).get(page).status_code for page in pages} == {200}
    bar(town)

    assert {as_(town.father).get(page).status_code for page in pages} == {404}
    assert {as_(town.mother).get(page).status_code for page in pages} == {200}
