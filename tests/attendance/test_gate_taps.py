"""The gate's page under a real finger: quick, twice, for brothers, before the camera. Each tap is for its own child."""

import re

import pytest
from playwright.sync_api import expect

from attendance import codes
from attendance.actions.codes import make_code
from attendance.models import GateEvent, Handover
from enrollment.models import Application
from tests import cast
from tests.attendance.families import restrict
from tests.attendance.town import THURSDAY, at

pytestmark = pytest.mark.django_db(transaction=True)
# Faster than the device can store: the adult twice, and the next child already.
QUICK = """async ([leaving, next]) => {
  const tile = (name) => [...document.querySelectorAll(".child-tile")].find((one) => one.firstChild.textContent === name);
  tile(leaving).click();
  const adult = document.querySelector("#picked .adult-tile");
  for (const one of [adult, adult, tile(next)]) one.click();
}"""
# A quarter of a second after 撤销 the same place is tapped again, where the child before stands by now.
TWICE = """async () => {
  const button = document.querySelector("#last button"), name = document.getElementById("last-name");
  const tap = (milliseconds) => {
    const click = new MouseEvent("click", { bubbles: true, detail: 1, clientX: 300, clientY: 800 });
    Object.defineProperty(click, "timeStamp", { value: milliseconds });
    button.dispatchEvent(click);
  };
  const before = name.textContent;
  tap(1000);
  for (let looks = 0; name.textContent === before && looks < 1000; looks += 1) await new Promise((go) => setTimeout(go, 5));
  if (name.textContent === before) throw new Error("nothing was undone");
  tap(1250);
}"""
CAMERA = """
  window.BarcodeDetector = class { async detect() { return [{ rawValue: window.before }]; } };
  navigator.mediaDevices.getUserMedia = async () => new MediaStream();
  HTMLVideoElement.prototype.play = async () => {};
"""


def test_quick_fingers_release_nobody_twice_and_the_next_child_stays_chosen(gate):
    town = gate(2)
    leaving, following = town.children
    phone = town.phone(town.teacher)
    phone.open_gate(2)
    phone.page.evaluate(QUICK, [leaving.name, following.name])
    phone.sees(f"{leaving.name} 由母亲接走", "已通知家长", f"{following.name} 交给谁？")

    phone.waits(0)
    assert [event.student for event in GateEvent.objects.all()] == [leaving]


def test_the_second_of_two_quick_taps_undoes_nobody_else(gate):
    town = gate(2)
    phone = town.phone(town.teacher)
    phone.open_gate(2)
    phone.hand_over_all(town.children)
    phone.waits(0)
    phone.page.evaluate(TWICE)
    phone.waits(0)
    assert [one.student for one in GateEvent.objects.filter(kind="undo")] == [town.children[1]]


def test_the_digits_of_an_adult_who_must_not_collect_open_nothing(gate):
    town = gate(1)
    [child] = town.children
    _, digits = make_code(
        child, day=THURSDAY, name="李桂花", relation="外婆", now=at(12), by=cast.act(town.mothers[0], THURSDAY)
    )
    restrict(town, child, "李桂花")
    phone = town.phone(town.teacher)
    phone.open_gate(1)
    phone.tap(child.name)
    phone.page.get_by_label("接送码").fill(digits)
    phone.sees("不要放行 · 联系办公室", "已经记下")
    phone.waits(0)
    assert [event.kind for event in GateEvent.objects.all()] == ["wrong_adult"]


def test_a_code_is_scanned_for_its_own_child_who_still_waits(gate, wall):
    town = gate(2)
    child, mother = town.children[0], town.mothers[0]
    phone = town.phone(town.teacher)
    phone.context.add_init_script(CAMERA)
    phone.open_gate(2)
    digits = codes.rotating_code(child.pk, mother.pk, wall["now"])
    for says in (f"{child.name} 由母亲接走", f"{child.name} 已经离校：由母亲接走"):
        phone.tap(town.children[1].name)
        phone.page.evaluate("text => window.before = text", f"{child.pk}:{mother.pk}:{digits}")
        phone.tap("扫码")
        phone.sees(says)
    phone.tap(town.children[1].name)
    phone.page.evaluate("text => window.before = text", f"{town.leader.pk + 9999}:{mother.pk}:{digits}")
    phone.tap("扫码")
    phone.sees("这个码的孩子不在这份名单上")
    phone.waits(0)
    assert [(one.student, one.how) for one in Handover.objects.all()] == [(child, "code")]


def test_a_brother_who_may_not_go_alone_stays_when_the_elder_goes(gate):
    town = gate(1, younger="陈一鸣")
    Application.objects.filter(student=town.children[0]).update(leave_mode="bus")
    phone = town.phone(town.leader)
    phone.open_gate(2)
    phone.tap(re.compile("^陈一诺"))
    phone.page.get_by_text("陈一鸣 一起走").tap()
    phone.tap("乘校车")
    phone.sees("陈一诺 乘校车", "陈一鸣 没有这样的约定，还没走")
    phone.waits(0)
    assert [one.student.name for one in GateEvent.objects.all()] == ["陈一诺"]


def test_brothers_go_along_in_three_taps_and_one_tap_takes_it_back(gate):
    town = gate(2, younger="陈一鸣")
    phone = town.phone(town.leader)
    phone.open_gate(3)
    phone.fits()
    chips = phone.page.locator("#sections button")
    expect(chips).to_have_text(["全部", "三(1)班", "三(2)班"])
    for name, count in (("三(1)班", 1), ("全部", 3)):
        chips.get_by_text(name).tap()
        expect(phone.page.locator("#waiting .child-tile")).to_have_count(count)

    phone.hand_over(town.children[1])
    assert phone.taps == 2
    phone.taps = 0
    phone.tap(re.compile("^陈一诺"))
    phone.sees("陈一诺 交给谁？")
    phone.taps += 1
    phone.page.get_by_text("陈一鸣 一起走").tap()
    phone.tap("母亲")
    assert phone.taps == 3
    phone.sees("陈一诺、陈一鸣 由母亲接走", "已通知家长")
    phone.waits(0)
    assert Handover.objects.filter(undone_at=None).count() == 3

    phone.tap("撤销")
    expect(phone.page.locator("#waiting .child-tile")).to_have_count(2)
    phone.waits(0)
    assert [one.student for one in Handover.objects.filter(undone_at=None)] == [town.children[1]]
