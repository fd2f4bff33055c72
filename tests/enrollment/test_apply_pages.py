"""A guardian applies, mends and signs: what the pages say and keep."""

import pytest

from enrollment.actions import decline, return_for_correction
from enrollment.desk import tasks
from enrollment.models import Agreement, Application, Decline, PickupPerson
from enrollment.papers import code_of

from .conftest import act, add_club, applied, approved, basic, enrolled, url

pytestmark = pytest.mark.usefixtures("that_evening")


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


def test_a_child_with_not_now_may_still_apply(as_, town):
    decline(student=town.child, term=town.term, now=town.now, by=act(town.mother))

    as_(town.mother).post(url("apply", town.child.pk, town.term.pk), wish(town))

    assert Application.objects.count() == 1
