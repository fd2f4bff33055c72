from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from afterschool.notices.carriers import NotCarried
from afterschool.notices.models import Delivery, Notice, RecordedMessage
from afterschool.notices.post import MOST_ATTEMPTS, carry, notify
from tests import cast

pytestmark = pytest.mark.django_db


class Broken:
    def __init__(self, channel):
        pass

    def carry(self, address, text, subject=""):
        raise NotCarried("no line")


@pytest.fixture
def li_min():
    return cast.make_person("李敏", phone="13904116021")


def test_a_loud_note_goes_by_sms_and_wechat_once(li_min):
    notify(li_min, "absent", title="孩子未到，请联系老师", loud=True)

    assert carry() == 2
    assert carry() == 0
    assert set(RecordedMessage.objects.values_list("channel", "address")) == {
        ("wechat", "13904116021"),
        ("sms", "13904116021"),
    }


def test_a_quiet_note_stays_in_the_inbox(li_min):
    notify(li_min, "collected", title="17:42 由奶奶接走")
    assert carry() == 0
    assert Notice.objects.get().to == li_min


def test_a_person_with_an_address_gets_mail(li_min, mailoutbox):
    li_min.email = "li@example.com"
    notify(li_min, "refund", title="10 月退费已到账", body="退 13.04 元", link="/my/")
    carry()
    assert [(m.to, m.subject) for m in mailoutbox] == [(["li@example.com"], "10 月退费已到账")]
    assert "退 13.04 元" in mailoutbox[0].body


def test_a_deed_rolled_back_sends_nothing(li_min):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        notify(li_min, "absent", title="孩子未到", loud=True)
        raise ZeroDivisionError
    assert carry() == 0
    assert not Notice.objects.exists()


def test_a_failed_delivery_is_tried_again_later_and_given_up_in_the_end(li_min, settings):
    settings.NOTICE_CARRIERS = {"sms": f"{__name__}.Broken", "wechat": "afterschool.notices.carriers.Recording"}
    notify(li_min, "absent", title="孩子未到", loud=True)
    carry()
    sms = Delivery.objects.get(channel="sms")
    assert (sms.state, sms.attempts, sms.error) == ("waiting", 1, "no line")
    assert carry() == 0, "not before its time"

    for _ in range(MOST_ATTEMPTS):
        with time_machine.travel(Delivery.objects.get(pk=sms.pk).try_after + timedelta(seconds=1)):
            carry()
    sms.refresh_from_db()
    assert (sms.state, sms.attempts) == ("failed", MOST_ATTEMPTS)


def test_the_inbox_shows_ones_own_notes_only(client, li_min):
    other = cast.make_person("王芳")
    notify(li_min, "a", title="给李敏的")
    notify(other, "a", title="给王芳的")
    hers = Notice.objects.get(to=other)
    client.force_login(li_min)

    page = client.get(reverse("inbox")).content.decode()
    assert "给李敏的" in page
    assert "给王芳的" not in page
    assert client.post(reverse("notice-open", args=[hers.pk])).status_code == 404
    hers.refresh_from_db()
    assert hers.read_at is None


def test_opening_a_note_marks_it_read_and_leads_on(client, li_min):
    notify(li_min, "a", title="请签协议", link="/inbox/")
    notice = Notice.objects.get()
    client.force_login(li_min)
    assert client.post(reverse("notice-open", args=[notice.pk])).url == "/inbox/"
    notice.refresh_from_db()
    assert timezone.now() - notice.read_at < timedelta(seconds=10)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_asks_a_constant_number_of_queries(client, li_min, rows, django_assert_num_queries):
    for number in range(rows):
        notify(li_min, "a", title=f"第 {number} 条")
    client.force_login(li_min)
    client.get(reverse("inbox"))
    with django_assert_num_queries(4):
        client.get(reverse("inbox"))


def test_recorded_messages_are_shown_on_a_local_machine_only(client, settings):
    assert client.get(reverse("sent")).status_code == 200
    settings.LOCAL = False
    assert client.get(reverse("sent")).status_code == 404
