"""The codes on the guardian's pages: who gets one, what opens the gate, what is written where."""

import re
from uuid import uuid4

import pytest

from afterschool.errors import RuleBroken
from afterschool.notices.carriers import NotCarried
from afterschool.notices.models import Delivery, RecordedMessage
from afterschool.notices.post import MOST_ATTEMPTS, carry
from attendance import codes
from attendance.actions import cancel_code, make_code, take_roll
from attendance.models import Handover, PickupCode
from tests import cast
from tests.attendance.families import father_of, restrict
from tests.attendance.gate import ask, hand_over
from tests.attendance.town import THURSDAY, at


@pytest.fixture(autouse=True)
def quarter_past_five(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17, 15, second=10))


@pytest.fixture
def here(town, client):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    client.force_login(town.mothers[0])
    return town


def address(child, rest=""):
    return f"/attendance/students/{child.pk}/code/{rest}"


def digits_on(page) -> str:
    return re.search(r"code-digits[^>]*>(\d{6})<", page.content.decode())[1]


def test_the_page_shows_the_code_of_the_half_minute_that_opens_the_gate(here, client):
    child, mother = here.children[0], here.mothers[0]
    page = client.get(address(child))

    assert digits_on(page) == codes.rotating_code(child.pk, mother.pk, at(17, 15, second=10))
    assert 'data-seconds="20"' in page.content.decode() and "no-store" in page["Cache-Control"]
    part = client.get(address(child), headers={"HX-Request": "true"}).content.decode()
    assert part.count("<section") == 1 and "<form" not in part

    code = digits_on(page)
    gone = hand_over(child, code=code, now=at(17, 15, second=50), by=here.by_teacher)
    assert gone.how == "code"
    assert "已经离校" in client.get(address(child)).content.decode()


def test_a_guardian_under_a_restriction_gets_neither_code(here, client):
    child = here.children[0]
    father = father_of(here, child)
    restrict(here, child, "陈志强")
    client.post(address(child, "make/"), {"name": "李秀英", "relation": "邻居", "day": THURSDAY.isoformat()})
    client.force_login(father)

    for answer in (client.get(address(child)), client.get(address(child), headers={"HX-Request": "true"})):
        assert answer.status_code == 403
        assert "学校办公室" in answer.content.decode() and "code-digits" not in answer.content.decode()
    made = client.post(address(child, "make/"), {"name": "李四", "relation": "叔叔", "day": THURSDAY.isoformat()})
    assert made.status_code == 403 and "学校办公室" in made.content.decode()
    wrong = client.post(address(child, "make/"), {"name": ""})
    assert not any("李秀英" in answer.content.decode() for answer in (made, wrong)), "whom the mother gave a code"
    day = client.get(f"/attendance/students/{child.pk}/day/").content.decode()
    assert "学校办公室" in day and "15:46" not in day and "王静" not in day
    assert PickupCode.objects.get().name == "李秀英"
    assert client.get(address(here.children[1])).status_code == 404


def test_one_time_code_is_shown_once_and_only_its_print_is_kept(here, client):
    child = here.children[0]
    said = {"name": "李秀英", "relation": "邻居", "day": THURSDAY.isoformat()}
    slip = client.post(address(child, "make/"), said)
    digits, code = digits_on(slip), PickupCode.objects.get()

    assert code.sha256 == codes.fingerprint(child.pk, THURSDAY, digits)
    assert "sms:?&amp;body=" in slip.content.decode()
    assert digits not in client.get(address(child)).content.decode()
    again = digits_on(client.post(address(child, "make/"), said))
    assert PickupCode.objects.get(cancelled_at=None).sha256 == codes.fingerprint(child.pk, THURSDAY, again)
    assert client.post(address(child, "make/"), {**said, "day": "2026-10-14"}).status_code == 422

    standing = PickupCode.objects.get(cancelled_at=None)
    client.force_login(here.mothers[1])
    assert client.post(f"/attendance/codes/{standing.pk}/cancel/").status_code == 404
    client.force_login(here.mothers[0])
    client.post(f"/attendance/codes/{standing.pk}/cancel/")
    client.post(f"/attendance/codes/{standing.pk}/cancel/")
    tried = ask(child, f"code:{standing.pk}", code=again, now=at(17, 42), by=here.by_teacher)
    assert tried.outcome == "denied"
    assert not Handover.objects.exists()


def test_form_sent_twice_is_one_code_and_a_dead_one_does_not_come_back(here, client):
    """The reply got lost on the way: the slip is shown again, and its digits still open the gate."""
    child = here.children[0]
    page = client.get(address(child))
    uid = page.context["form"]["uid"].value()
    assert f'name="uid" value="{uid}"' in page.content.decode()
    said = {"name": "李秀英", "relation": "邻居", "phone": "13800001234", "day": THURSDAY.isoformat(), "uid": uid}
    first, again = (digits_on(client.post(address(child, "make/"), said)) for _ in range(2))
    assert first == again and Delivery.objects.filter(address="13800001234").count() == 1
    assert PickupCode.objects.get(cancelled_at=None).sha256 == codes.fingerprint(child.pk, THURSDAY, again)

    other = digits_on(client.post(address(child, "make/"), {**said, "name": "李桂花"}))
    assert other != first, "other words are another code"
    refused = client.post(address(child, "make/"), said)
    assert refused.status_code == 422 and "已经作废" in refused.content.decode()
    assert PickupCode.objects.get(cancelled_at=None).name == "李桂花"
    anew = {**said, "uid": refused.context["form"]["uid"].value()}
    assert digits_on(client.post(address(child, "make/"), anew)) != first
    assert PickupCode.objects.count() == 3


def test_digits_of_a_form_are_not_to_be_found_out_from_its_number(settings):
    number = uuid4()
    digits = codes.one_time_code(number)
    settings.SECRET_KEY = "of another house"
    assert codes.one_time_code(number) != digits


def test_a_code_goes_by_sms_to_a_telephone_of_nobody_here(here, client, monkeypatch):
    """The school's name is not in it, the inbox does not tell the digits, and none are kept once it has gone."""
    child, said = here.children[0], {"name": "李秀英", "relation": "外婆", "day": THURSDAY.isoformat()}
    assert client.post(address(child, "make/"), {**said, "phone": "1380001"}).status_code == 422
    slip = client.post(address(child, "make/"), {**said, "phone": "13800001234"})
    digits, delivery = digits_on(slip), Delivery.objects.get()
    assert "正在用短信发到 138****1234" in slip.content.decode() and "sms:?" not in slip.content.decode()
    assert delivery.notice.to == here.mothers[0] and digits not in delivery.notice.title + delivery.notice.body

    carry()
    sent = RecordedMessage.objects.get()
    assert (sent.channel, sent.address) == ("sms", "13800001234")
    assert sent.text == f"【课后服务】10月15日接学生01的接送码 {digits}，当天用一次，请到校门口给老师看。"
    assert here.school.name not in sent.text
    delivery.refresh_from_db()
    assert delivery.is_sent and delivery.words == ""
    assert "短信已发到 138****1234" in client.get(address(child)).content.decode()

    for _ in range(4):
        client.post(address(child, "make/"), {**said, "phone": "13800001234"})
    last = client.post(address(child, "make/"), {**said, "phone": "13800001234"})
    assert last.status_code == 422 and "每天最多发 5 条短信" in last.content.decode()
    assert PickupCode.objects.get(cancelled_at=None).sms is not None, "the last slip that went out still opens"


def test_an_sms_that_does_not_go_is_told_to_the_guardian_and_forgotten(here, client, monkeypatch):
    said = {"name": "李秀英", "relation": "外婆", "day": THURSDAY.isoformat(), "phone": "13800001234"}
    client.post(address(here.children[0], "make/"), said)

    def out_of_order(self, address, text, subject=""):
        raise NotCarried("no network")

    monkeypatch.setattr("afterschool.notices.carriers.Recording.carry", out_of_order)
    for _ in range(MOST_ATTEMPTS):
        assert Delivery.objects.get().words
        Delivery.objects.update(try_after=at(17))
        carry()
    assert Delivery.objects.get().words == ""
    assert "短信没有发到 138****1234" in client.get(address(here.children[0])).content.decode()


def test_an_sms_that_has_not_gone_does_not_go_once_its_code_is_taken_back(here):
    """The wrong number was typed: nobody else reads the child's name."""
    said = {"day": THURSDAY, "name": "李秀英", "relation": "外婆", "now": at(12)}
    said["by"] = mother = cast.act(here.mothers[0], THURSDAY)
    make_code(here.children[0], **said, phone="13800001234")
    code, _ = make_code(here.children[0], **said, phone="13800004321")
    cancel_code(code, now=at(12, 1), by=mother)
    carry()
    assert not RecordedMessage.objects.exists()
    assert set(Delivery.objects.values_list("words", flat=True)) == {""}


def test_only_a_guardian_takes_a_code_back(here):
    mother = cast.act(here.mothers[0], THURSDAY)
    code, _ = make_code(here.children[0], day=THURSDAY, name="李秀英", relation="邻居", now=at(12), by=mother)
    with pytest.raises(RuleBroken, match="监护人"):
        cancel_code(code, now=at(12, 1), by=here.by_teacher)
