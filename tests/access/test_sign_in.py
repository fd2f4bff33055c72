import re
from datetime import timedelta

import pytest
import time_machine
from axes.helpers import get_client_ip_address
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from afterschool.access import codes
from afterschool.access.addresses import address_of
from afterschool.access.models import SignInCode
from afterschool.access.tasks import send_code
from afterschool.notices.models import RecordedMessage
from tests import cast

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "13904116021", "13904119999"


@pytest.fixture
def li_min():
    person = cast.make_person("李敏", phone=KNOWN)
    person.set_password("haitang-2026")
    person.save()
    return person


def ask(client, phone=KNOWN):
    return client.post(reverse("code-create"), {"phone": phone})


def sent_code() -> str:
    """What the worker sends for the newest code."""
    send_code(SignInCode.objects.latest("pk").pk)
    return re.search(r"\d{6}", RecordedMessage.objects.latest("pk").text)[0]


def enter(client, code, phone=KNOWN):
    return client.post(reverse("sign-in"), {"phone": phone, "code": code})


def test_a_guardian_signs_in_with_the_code_that_was_sent(client, li_min):
    ask(client)
    assert enter(client, sent_code()).url == reverse("home")
    assert client.session["_auth_user_id"] == str(li_min.pk)


def test_known_and_unknown_phones_get_the_same_answer(client, li_min):
    answers = [ask(client, phone) for phone in (KNOWN, UNKNOWN)]
    assert {(a.status_code, a.url) for a in answers} == {(302, "/sign-in/?sent=1")}
    send_code(SignInCode.objects.get(phone=UNKNOWN).pk)
    assert not RecordedMessage.objects.filter(address=UNKNOWN).exists()


def test_a_code_is_good_once(client, li_min):
    ask(client)
    code = sent_code()
    enter(client, code)
    client.logout()
    assert enter(client, code).status_code == 422


def test_a_code_is_good_in_the_browser_that_asked(client, li_min):
    ask(client)
    stranger = client.__class__()
    assert enter(stranger, sent_code()).status_code == 422


def test_a_code_ends_after_five_minutes(client, li_min):
    ask(client)
    code = sent_code()
    with time_machine.travel(timezone.now() + codes.LIFE + timedelta(seconds=1)):
        assert enter(client, code).status_code == 422


def test_five_wrong_tries_end_a_code(client, li_min):
    ask(client)
    code = sent_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(codes.TRIES_PER_CODE):
        assert enter(client, wrong).status_code == 422
    assert enter(client, code).status_code == 422


def test_the_budget_of_wrong_codes_closes_the_door_for_all(client, li_min):
    ask(client)
    cache.set("code-wrong", codes.WRONG_CODES_A_DAY)
    assert enter(client, sent_code()).status_code == 422


def test_the_sixth_code_of_a_day_is_refused_and_what_was_typed_stays(client, li_min):
    for _ in range(codes.CODES_PER_PHONE_A_DAY):
        ask(client)
    refusal = ask(client)
    assert refusal.status_code == 422
    assert "次数已用完" in refusal.content.decode()
    assert KNOWN in refusal.content.decode()


def test_a_phone_may_be_typed_as_people_type_it(client, li_min):
    ask(client, "１３９ ０４１１-６０２１")
    assert SignInCode.objects.get().phone == KNOWN


def test_staff_sign_in_by_password_and_come_back_to_where_they_were(client, li_min):
    door = reverse("password-sign-in") + "?next=/inbox/"
    answer = client.post(door, {"phone": KNOWN, "password": "haitang-2026"})
    assert answer.url == "/inbox/"


def test_sign_in_never_leads_to_another_site(client, li_min):
    door = reverse("password-sign-in") + "?next=https://example.invalid/"
    assert client.post(door, {"phone": KNOWN, "password": "haitang-2026"}).url == "/"


@pytest.mark.parametrize("phone", [KNOWN, UNKNOWN])
def test_repeated_failures_lock_the_door_in_the_same_words(client, li_min, phone):
    door = reverse("password-sign-in")
    answers = [client.post(door, {"phone": phone, "password": "guess"}) for _ in range(6)]
    assert answers[0].status_code == 422
    assert answers[-1].status_code == 429
    assert "15 分钟" in answers[-1].content.decode()
    right = client.post(door, {"phone": phone, "password": "haitang-2026"})
    assert right.status_code == 429


def test_sign_in_gives_a_new_session(client, li_min):
    ask(client)
    before = client.session.session_key
    enter(client, sent_code())
    assert client.session.session_key != before


def test_signing_out_leaves_nothing_on_a_shared_phone(client, li_min):
    client.force_login(li_min)
    answer = client.post(reverse("sign-out"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "8.8.4.4", "10.0.0.2"),
        (1, "8.8.4.4", "8.8.4.4"),
        (1, "1.2.3.4, 8.8.4.4", "8.8.4.4"),
        (2, "1.2.3.4, 8.8.4.4, 10.0.0.9", "8.8.4.4"),
        (1, "", "10.0.0.2"),
    ],
)
def test_an_address_is_believed_as_far_as_our_proxies_saw_it(rf, settings, proxies, told, address):
    settings.PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR=told)

    assert address_of(request) == get_client_ip_address(request) == address
