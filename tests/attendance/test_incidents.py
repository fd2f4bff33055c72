"""异常 and 回拨核实: what happened is followed to its end; a second person asks a guardian on file."""

from datetime import timedelta
from uuid import uuid4

import pytest

from afterschool.access.capabilities import Role
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from attendance.actions import (
    Step,
    call_about_dispute,
    call_back,
    confirm_held,
    follow_incident,
    note_incident,
    take_events,
    take_roll,
)
from attendance.models import CallBack, GateEvent, Incident
from attendance.selectors import calls_wanted
from attendance.selectors.held import dispute_calls_wanted, held
from attendance.told import Told
from enrollment.actions import hold_in_dispute
from enrollment.models import DisputeHold, PickupRestriction
from tests import cast
from tests.attendance.families import father_of, name_grandma, restrict
from tests.attendance.gate import hand_over, report_wrong_adult
from tests.attendance.town import THURSDAY, at


@pytest.fixture
def here(town, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17, 45))
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    return town


def fell(town, **more):
    return note_incident(
        town.school, day=THURSDAY, kind="injury", note="跑步摔倒", student=town.children[0], now=at(16, 20),
        by=town.by_teacher, **more,
    )  # fmt: skip


def follow(town, incident, when=None, **step):
    return follow_incident(incident, step=Step(**step), now=when or at(16, 30), by=town.by_leader)


def test_an_injury_is_over_when_the_guardian_knows_and_what_followed_is_written(here):
    incident = fell(here, first_aid="冲洗、包扎")
    assert list(Notice.objects.filter(kind="incident").values_list("to", "link")) == [
        (here.leader.pk, f"/attendance/incidents/{incident.pk}/")
    ]
    with pytest.raises(RuleBroken, match="告知家长"):
        follow(here, incident, follow_up="送医务室", settles=True)
    follow(here, incident, told_guardian=True, reported_to="校长")
    with pytest.raises(RuleBroken, match="后来怎样"):
        follow(here, incident, settles=True)
    follow(
        here, incident, at(17), told_guardian=True, reported_to="校长", follow_up="家长带去医院，没有大碍", settles=True
    )

    incident.refresh_from_db()
    assert (incident.first_aid, incident.reported_to, incident.reported_at) == ("冲洗、包扎", "校长", at(16, 30))
    assert (incident.guardian_told_at, incident.guardian_told_by) == (at(16, 30), here.leader), (
        "the first telling stands"
    )
    assert incident.follow_up == "10月15日 17:00 赵立新：家长带去医院，没有大碍"
    assert (incident.settled_at, incident.settled_by) == (at(17), here.leader)
    with pytest.raises(RuleBroken, match="处理完毕"):
        follow(here, incident, follow_up="再写一句")


def test_illness_names_the_child_and_says_what_happened(here):
    for wrong in ({"student": None, "note": "发烧"}, {"student": here.children[0], "note": " "}):
        with pytest.raises(RuleBroken):
            note_incident(here.school, day=THURSDAY, kind="illness", now=at(16), by=here.by_teacher, **wrong)
    assert not Incident.objects.exists()


def test_teacher_writes_and_the_leader_follows_on_the_pages(here, client):
    client.force_login(here.teacher)
    form = {"kind": "illness", "note": "发烧 38.2", "told_guardian": "on"}
    assert client.post("/attendance/incidents/", form).status_code == 422
    form["student"] = here.children[0].pk
    assert client.post("/attendance/incidents/", form).url == "/attendance/handover/"
    incident = Incident.objects.get()
    page = f"/attendance/incidents/{incident.pk}/"
    assert (incident.guardian_told_by, client.get(page).status_code) == (here.teacher, 403)

    client.force_login(here.leader)
    assert "没处理完" in client.get("/attendance/day/").content.decode()
    assert client.post(page + "follow/", {"settles": "on"}).status_code == 422
    assert client.post(page + "follow/", {"follow_up": "家长接走了", "settles": "on"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "处理完毕" in shown and "接着处理" not in shown


def test_the_leader_is_not_told_to_tell_the_leader_and_picks_the_child_by_class(here, client):
    page, form = "/attendance/incidents/", {"kind": "injury", "note": "摔倒"}
    client.force_login(here.teacher)
    assert "记下，通知带班领导" in client.get(page).content.decode()
    client.force_login(here.leader)
    shown = client.get(page).content.decode()
    assert "通知带班领导" not in shown and "马上收到通知" not in shown
    assert '<optgroup label="三(2)班">' in shown and " checked" not in shown
    assert "请选出了什么事" in client.post(page, {"note": "摔倒"}).content.decode()
    assert "请选是哪个孩子" in client.post(page, form).content.decode()

    saved = client.post(page, {**form, "student": here.children[0].pk}, follow=True).content.decode()
    assert "已记下，请接着处理" in saved and "已收到通知" not in saved


# ---------------------------------------------------------------- 回拨核实


def stranger(town):
    return report_wrong_adult(town.children[0], now=at(17, 42), by=town.by_teacher)


def test_a_second_person_calls_a_number_on_file_and_the_gate_lists_the_adult(here, client):
    incident, child = stranger(here), here.children[0]
    father = father_of(here, child)
    restrict(here, child, father.name)
    page = f"/attendance/incidents/{incident.pk}/call-back/"
    client.force_login(here.teacher)
    assert "请另一位老师来打这个电话" in client.get(page).content.decode()
    form = {"guardian": here.mothers[0].pk, "adult_name": "王秀兰", "adult_relation": "奶奶", "agreed": "on"}
    assert client.post(page, form).status_code == 422 and not CallBack.objects.exists()

    client.force_login(here.leader)
    shown = client.get(page).content.decode()
    assert f"tel:{here.mothers[0].phone}" in shown and father.name not in shown and father.phone not in shown
    assert client.post(page, {**form, "guardian": father.pk}).status_code == 422
    assert client.post(page, form).status_code == 302
    call = CallBack.objects.get()
    assert (call.asked_by, call.called_by, call.agreed, call.adult_name) == (here.teacher, here.leader, True, "王秀兰")
    assert "同意交给 奶奶 王秀兰" in client.get(f"/attendance/incidents/{incident.pk}/").content.decode()


def test_nobody_is_called_about_a_stranger_once_the_child_has_gone(here):
    incident = stranger(here)
    assert list(calls_wanted(here.by_leader, THURSDAY)) == [incident]
    hand_over(here.children[0], now=at(17, 52), by=here.by_teacher)
    assert list(calls_wanted(here.by_leader, THURSDAY)) == []


def test_a_second_stranger_for_the_same_child_is_asked_about_anew(here, client):
    mother = {"guardian": here.mothers[0], "agreed": False, "adult_name": "周某", "adult_relation": "叔叔"}
    call_back(stranger(here), **mother, now=at(17, 44), by=here.by_leader)
    assert list(calls_wanted(here.by_leader, THURSDAY)) == []

    second = report_wrong_adult(here.children[0], now=at(17, 50), by=here.by_teacher)
    assert list(calls_wanted(here.by_leader, THURSDAY)) == [second]
    client.force_login(here.leader)
    page = client.get(f"/attendance/incidents/{second.pk}/").content.decode()
    assert f"/attendance/incidents/{second.pk}/call-back/" in page


def test_the_leader_calls_the_family_from_the_incident_until_it_is_settled(here, client):
    incident, child = fell(here), here.children[0]
    father = father_of(here, child)
    restrict(here, child, father.name)
    page = f"/attendance/incidents/{incident.pk}/"
    client.force_login(cast.make_person("校长", Role.PRINCIPAL, here.school))
    assert "tel:1" not in client.get(page).content.decode()
    client.force_login(here.leader)
    shown = client.get(page).content.decode()
    assert f"tel:{here.mothers[0].phone}" in shown and father.name not in shown and father.phone not in shown
    follow(here, incident, told_guardian=True, follow_up="没有大碍", settles=True)
    assert "tel:1" not in client.get(page).content.decode()


def test_a_teacher_calls_for_children_of_the_own_gate_only(here, client):
    page = f"/attendance/incidents/{stranger(here).pk}/call-back/"
    colleague = cast.make_person("周敏", Role.TEACHER, here.school)
    client.force_login(colleague)
    assert client.get(page).status_code == 404
    here.put_on(colleague, here.section)
    assert client.get(page).status_code == 200


def test_in_a_dispute_every_guardian_is_told_before_the_leader_confirms(here, client):
    """Also one who is on file since today: it is for an adult nobody knows that the number must be older."""
    child = here.children[0]
    father = father_of(here, child)
    child.guardianships.filter(person=father).update(began_on=THURSDAY)
    hold_in_dispute(child, reason="电话里吵", today=THURSDAY, by=here.by_leader)
    told = Told(uuid4(), "release", child.pk, at(17, 44), mode="collected", adult=f"guardian:{father.pk}")
    take_events(here.school, [told], device=str(uuid4()), now=at(17, 44), by=here.by_teacher)
    event = GateEvent.objects.get()
    assert set(held(here.school, THURSDAY)[0].uncalled) == {"母亲 学生01妈妈", "父亲 陈志强"}

    client.force_login(here.leader)
    answer = client.post(f"/attendance/gate/held/{event.pk}/calls/")
    incident = Incident.objects.get(event=event)
    assert (answer.url, incident.by) == (f"/attendance/incidents/{incident.pk}/call-back/", here.teacher)
    assert call_about_dispute(event, now=at(17, 46), by=here.by_leader) == incident, "one incident for one event"
    for guardian in (father, here.mothers[0]):
        assert confirm_held(event, now=at(17, 47), by=here.by_leader).outcome == "refused"
        assert "都告知了" not in client.get(answer.url).content.decode()
        assert client.post(answer.url, {"guardian": guardian.pk, "agreed": "on"}).status_code == 302
    assert "都告知了" in client.get(answer.url).content.decode()
    assert held(here.school, THURSDAY)[0].can_confirm
    assert confirm_held(event, now=at(17, 50), by=here.by_leader).outcome == "accepted"


def test_whoever_must_not_collect_is_not_called_about_a_dispute(here, client):
    """A document came during the quarrel: the mother alone is told, and takes the child."""
    child, mother = here.children[0], here.mothers[0]
    father = father_of(here, child)
    hold_in_dispute(child, reason="电话里吵", today=THURSDAY, by=here.by_leader)
    restrict(here, child, father.name)
    told = Told(uuid4(), "release", child.pk, at(17, 44), mode="collected", adult=f"guardian:{mother.pk}")
    take_events(here.school, [told], device=str(uuid4()), now=at(17, 44), by=here.by_teacher)
    event = GateEvent.objects.get()
    assert held(here.school, THURSDAY)[0].uncalled == (f"母亲 {mother.name}",)
    assert f"“给监护人打电话”，告知母亲 {mother.name}" in confirm_held(event, now=at(17, 46), by=here.by_leader).because
    calls = call_about_dispute(event, now=at(17, 46), by=here.by_leader)
    client.force_login(here.leader)
    pages = [f"/attendance/day/?school={here.school.pk}", f"/attendance/incidents/{calls.pk}/call-back/"]
    for said in (client.get(page).content.decode() for page in pages):
        assert mother.name in said and father.name not in said and "双方" not in said
    office = cast.act(cast.make_person("办公室"), THURSDAY)
    with pytest.raises(RuleBroken, match="办公室"):
        call_back(calls, guardian=father, agreed=True, now=at(17, 47), by=office)
    assert dispute_calls_wanted(here.by_leader, THURSDAY) == [calls]
    assert dispute_calls_wanted(here.by_teacher, THURSDAY) == [], "it is the teacher who waits"
    wednesday = THURSDAY - timedelta(days=1)
    DisputeHold.objects.update(began_on=wednesday, ended_on=wednesday, ended_by=here.leader)
    assert dispute_calls_wanted(here.by_leader, THURSDAY) == [], "they are at peace"
    DisputeHold.objects.update(ended_on=None, ended_by=None)
    call_back(calls, guardian=mother, agreed=True, now=at(17, 47), by=office)
    assert dispute_calls_wanted(here.by_leader, THURSDAY) == []

    assert held(here.school, THURSDAY)[0].can_confirm
    assert confirm_held(event, now=at(17, 50), by=here.by_leader).outcome == "accepted"


def test_where_no_guardian_may_be_told_of_a_dispute_the_office_decides(here):
    """The mother is barred, and whoever named the grandmother is a guardian no more."""
    child, father = here.children[0], father_of(here, here.children[0])
    grandma = name_grandma(here, child)
    grandma.named_by = father
    grandma.save()
    child.guardianships.filter(person=father).update(ended_on=THURSDAY - timedelta(days=1))
    hold_in_dispute(child, reason="电话里吵", today=THURSDAY, by=here.by_leader)
    restrict(here, child, here.mothers[0].name)
    told = Told(uuid4(), "release", child.pk, at(17, 44), mode="collected", adult=f"pickup:{grandma.pk}")
    take_events(here.school, [told], device=str(uuid4()), now=at(17, 44), by=here.by_teacher)

    refused = confirm_held(GateEvent.objects.get(), now=at(17, 46), by=here.by_leader)
    assert (refused.outcome, refused.because) == ("refused", "没有可以告知的监护人，不要放行，联系办公室")


def test_a_restriction_of_the_day_after_takes_its_guardian_off_the_calls(here, client, monkeypatch):
    """The handover waited over night: the father is barred by now, and hears nothing of it any more."""
    child, mother, friday = here.children[0], here.mothers[0], THURSDAY + timedelta(days=1)
    father = father_of(here, child)
    hold_in_dispute(child, reason="电话里吵", today=THURSDAY, by=here.by_leader)
    told = Told(uuid4(), "release", child.pk, at(17, 44), mode="collected", adult=f"guardian:{mother.pk}")
    take_events(here.school, [told], device=str(uuid4()), now=at(17, 44), by=here.by_teacher)
    PickupRestriction.objects.filter(pk=restrict(here, child, father.name).pk).update(began_on=friday)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(8, 10, day=friday))

    assert held(here.school, THURSDAY)[0].uncalled == (f"母亲 {mother.name}",)
    event = GateEvent.objects.get()
    calls = call_about_dispute(event, now=at(8, 10, day=friday), by=here.by_leader)
    client.force_login(here.leader)
    page = f"/attendance/incidents/{calls.pk}/call-back/"
    assert father.name not in client.get(page).content.decode()
    assert client.post(page, {"guardian": father.pk, "agreed": "on"}).status_code == 422
    assert client.post(page, {"guardian": mother.pk, "agreed": "on"}).status_code == 302
    assert confirm_held(event, now=at(8, 12, day=friday), by=here.by_leader).outcome == "accepted"
    assert not Notice.objects.filter(to=father, kind="handed_over").exists()


def test_calls_are_for_disputes_only(here, client):
    told = Told(
        uuid4(), "release", here.children[0].pk, at(17, 44), mode="collected",
        adult=f"guardian:{here.mothers[0].pk}", pace=7,
    )  # fmt: skip
    take_events(here.school, [told], device=str(uuid4()), now=at(17, 44), by=here.by_teacher)
    client.force_login(here.leader)
    client.post(f"/attendance/gate/held/{GateEvent.objects.get().pk}/calls/")
    assert not Incident.objects.exists()
