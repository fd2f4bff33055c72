"""The gate's page in a real browser, its network cut or its storage shut: nothing is lost, nothing is taken twice."""

import json
import re
from time import monotonic

import pytest
from playwright.sync_api import expect

from attendance.models import GateEvent, Handover, Incident, Mark
from enrollment.models import PickupPerson, PickupRestriction
from tests import cast
from tests.attendance.town import at

pytestmark = pytest.mark.django_db(transaction=True)
SEND_AGAIN = """([body, name]) => fetch("/attendance/gate/events/", {method: "POST", body, headers: {
  "X-CSRFToken": document.cookie.split("; ").find((pair) => pair.startsWith(name + "=")).split("=")[1]}}).then((r) => r.json())"""
KEPT = """async () => {
  const parts = document.querySelectorAll("link[rel=stylesheet], script[src], a[data-keep]");
  const kept = await caches.open("gate");
  const found = [location.href, ...[...parts].map((one) => one.href || one.src)].map((one) => kept.match(one));
  return (await Promise.all(found)).every(Boolean);
}"""
# A page that slept finds its storage shut, so many times.
SHUT = """(times) => {
  const open = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...how) {
    times -= 1;
    if (times >= 0) throw new DOMException("closing", "InvalidStateError");
    return open.apply(this, how);
  };
}"""


def wait_for_the_worker(phone):
    began = monotonic()
    while not phone.page.evaluate(KEPT):  # wait_for_function would take the promise itself for a yes
        assert monotonic() - began < 20
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")


@pytest.mark.parametrize("workers", ["allow", "block"])
def test_forty_handovers_without_a_network_arrive_once_each_and_in_order(gate, wall, workers):
    town = gate(40)
    phone = town.phone(town.teacher, service_workers=workers)
    phone.open_gate(40)
    if workers == "allow":
        wait_for_the_worker(phone)
    else:
        phone.sees("让这一页一直开着")
    phone.context.set_offline(True)
    wall["there"] = False
    phone.hand_over_all(town.children[:20])
    if workers == "allow":
        phone.page.get_by_text("应急预案").click()
        phone.sees("出事了怎么办")
        phone.page.go_back()
        phone.page.reload()
    phone.waits(20)
    phone.hand_over(town.children[20])
    phone.waits(21)
    phone.later(seconds=12)
    phone.hand_over_all(town.children[21:])
    phone.waits(40)
    assert phone.taps == 80
    assert not GateEvent.objects.exists()
    phone.sees("没有网络，照常交接")

    wall |= {"now": at(18, 10), "there": True}
    phone.context.set_offline(False)
    phone.waits(0)

    made = list(Handover.objects.order_by("id"))
    assert [one.student_id for one in made] == [child.pk for child in town.children]
    assert [one.at for one in made] == sorted({one.at for one in made})
    assert at(17, 40) <= made[0].at < made[-1].at < at(17, 50)
    assert {event.outcome for event in GateEvent.objects.all()} == {"accepted"}

    bodies = {json.dumps(json.loads(body)["events"]): body for body in phone.sent}
    for body in bodies.values():
        again = phone.page.evaluate(SEND_AGAIN, [body, "csrftoken"])
        assert {one["outcome"] for one in again["events"]} == {"accepted"}
    assert Handover.objects.count() == GateEvent.objects.count() == 40
    assert not Incident.objects.exists()


def test_two_devices_with_the_same_children_make_one_handover_each_and_incidents(gate, wall):
    town = gate(3)
    first, second = town.phone(town.teacher), town.phone(town.leader)
    for phone in (first, second):
        phone.open_gate(3)
        phone.context.set_offline(True)
        phone.hand_over_all(town.children)
    wall["now"] = at(18, 10)
    first.context.set_offline(False)
    first.waits(0)
    second.context.set_offline(False)
    second.waits(0)

    assert sorted(Handover.objects.values_list("student", flat=True)) == [child.pk for child in town.children]
    assert set(Handover.objects.values_list("by", flat=True)) == {town.teacher.pk}
    assert Incident.objects.filter(kind=Incident.Kind.TWICE).count() == 3
    second.sees("别处已经登记离校。两次都留着，带班领导会核实")


def test_a_phone_that_cannot_write_hands_over_all_the_same_and_says_so(gate):
    town = gate(2)
    phone = town.phone(town.teacher)
    phone.open_gate(2)
    phone.page.evaluate(SHUT, 1)
    phone.hand_over(town.children[0])
    phone.waits(0)
    expect(phone.page.locator("#no-store")).to_be_hidden()
    phone.page.evaluate(SHUT, 99)
    phone.hand_over(town.children[1])
    phone.sees("没发出去之前不要关", f"{town.children[1].name} 由母亲接走", "已通知家长")
    phone.waits(0)
    assert [one.student for one in GateEvent.objects.order_by("id")] == town.children


def test_answers_come_back_onto_the_tiles(gate, wall):
    """Offline the gate knows only its list: what became otherwise meanwhile is said when the answers come."""
    town = gate(3)
    first, second, third = town.children
    clerk, other = cast.make_person("办公室甲"), cast.make_person("办公室乙")

    def bar(child, name):
        PickupRestriction.objects.create(
            school=town.school, student=child, person_name=name, document="（2026）辽0213民初1号", recorded_by=clerk,
            confirmed_by=other, began_on=cast.LONG_AGO,
        )  # fmt: skip

    PickupPerson.objects.create(
        school=town.school, student=third, name="陈志强", relation="舅舅", phone="13900006021",
        named_by=town.mothers[2], began_on=cast.LONG_AGO,
    )  # fmt: skip
    bar(third, "陈志强")
    Mark.objects.filter(student=second).update(status="absent")
    phone = town.phone(town.teacher)
    phone.open_gate(2)
    phone.tap(third.name)
    phone.sees("舅舅 陈志强", "不要放行 · 联系办公室")
    phone.tap("舅舅")
    phone.sees("这个班的另一位老师拨学校登记的号码")
    phone.waits(0)
    assert Incident.objects.get().kind == Incident.Kind.RESTRICTED
    phone.page.get_by_role("button", name="刷新名单").tap()
    phone.sees("还没有登记监护人同意")
    phone.tap("接着交接")

    phone.context.set_offline(True)
    bar(first, town.mothers[0].name)
    phone.later(seconds=16 * 60)
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    phone.sees("名单已超过 15 分钟")
    expect(phone.page.locator(".child-tile.hold")).to_have_text(re.compile(f"^{third.name}.*联系办公室"))
    phone.hand_over(first)
    phone.page.get_by_text("没有点名、缺勤、请假").tap()
    phone.hand_over(second)
    phone.waits(2)
    wall["now"] = at(18)
    phone.context.set_offline(False)
    phone.waits(0)

    assert not Handover.objects.exists()
    phone.sees(f"{first.name} 17:56 由母亲接走", "不要放行，联系办公室")
    expect(phone.page.get_by_text("名单已超过 15 分钟")).to_be_hidden()  # a new list has come, nothing moves any more
    phone.tap("知道了")
    expect(phone.page.get_by_role("alert")).to_have_count(0)
    phone.tap(f"{second.name} 等带班领导")
    phone.sees("考勤上没有到")
    expect(phone.page.get_by_role("button", name="我看过了，确认离校")).to_be_hidden()
