"""What strangers see: every figure, nobody's name."""

import hashlib
import io
import re
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from afterschool.access.capabilities import Role
from billing.disclosures.actions import compose, correct, publish
from billing.disclosures.linter import NUMBERS, names_of
from billing.disclosures.models import Disclosure
from billing.models import FeeMonth
from tests import cast

from .month import NOW, SYSTEM

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def published(closed):
    return publish(compose(closed.month, by=SYSTEM), now=NOW, by=closed.reviewer)


def address(disclosure, name="page", **query):
    return reverse(f"disclosures:public-{name}", args=[disclosure.school.code, OCTOBER], query=query or None)


def text_of(client, disclosure, name) -> str:
    body = client.get(address(disclosure, name)).content
    if name == "pdf":
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).replace("\n", "")
    if name == "xlsx":
        rows = load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)
        return "\n".join(str(value) for row in rows for value in row if value is not None)
    return body.decode()


@pytest.mark.parametrize("name", ["page", "content", "xlsx", "pdf"])
def test_no_name_and_no_phone_is_published(client, published, name):
    text = text_of(client, published, name)
    assert "437.5" in text or "43750" in text
    assert [one for one in names_of(published.school) if one in text] == []
    assert [pattern.search(text) for pattern in NUMBERS.values() if pattern.search(text)] == []


def test_names_are_found_where_they_are(closed):
    """The search that finds nothing above does find what is there."""
    assert {"陈一诺", "陈一诺的妈妈", "孙会计"} <= names_of(closed.school)


def test_what_is_said_to_one_person_is_not_in_the_page_for_all(client, published):
    client.force_login(cast.make_person(role=Role.FINANCE_REVIEWER, at=published.school))
    client.post(reverse("billing:month-lock", args=[published.fee_month_id]))

    assert 'class="alert' not in client.get(address(published)).content.decode()
    own = client.get(reverse("billing:month-detail", args=[published.fee_month_id]))
    assert 'class="alert alert-danger' in own.content.decode()


def test_content_is_the_bytes_that_were_hashed(client, published):
    response = client.get(address(published, "content"))
    assert hashlib.sha256(response.content).hexdigest() == published.sha256
    assert re.sub(r"\s", "", published.sha256) in client.get(address(published)).content.decode().replace(" ", "")


def test_page_may_be_kept_by_caches_and_is_not_sent_twice(client, published):
    response = client.get(address(published))
    assert "public" in response["Cache-Control"]
    assert published.sha256 in response["ETag"]
    assert client.get(address(published), headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", ["page", "content", "xlsx", "pdf"])
def test_what_is_not_published_does_not_exist(client, closed, name):
    disclosure = compose(closed.month, by=SYSTEM)
    assert client.get(address(disclosure, name)).status_code == 404
    assert client.get(address(disclosure, name, v=1)).status_code == 404


def test_old_version_stays_and_says_that_it_was_corrected(client, published, closed):
    old = client.get(address(published))
    newer = correct(published, reason="监督电话已变更", by=closed.reviewer)
    assert "第 1 版，未更正过" in client.get(address(published)).content.decode()
    publish(newer, now=NOW, by=closed.reviewer)
    assert "已更正" not in client.get(address(published)).content.decode()
    first = client.get(address(published, v=1), headers={"If-None-Match": old["ETag"]})
    assert first.status_code == 200
    assert "已更正" in first.content.decode()
    assert published.sha256[:8] in first.content.decode()
    assert client.get(address(published, v=3)).status_code == 404


def _more_schools(published, times):
    for number in range(times):
        school = cast.make_school(published.school.bureau, f"第{number}小学")
        month = FeeMonth.objects.create(school=school, month=OCTOBER, policy="dalian-2024", state="locked")
        content = {**published.content, "school": {**published.content["school"], "name": school.name}}
        Disclosure.objects.create(
            school=school, fee_month=month, content=content, sha256="0" * 64, published_at=NOW
        )  # fmt: skip


def test_index_asks_as_much_for_three_rows_as_for_one(client, published, django_assert_num_queries):
    with django_assert_num_queries(3):  # months, count, rows
        client.get(reverse("disclosures:public-index"))
    _more_schools(published, 2)
    with django_assert_num_queries(3):
        response = client.get(reverse("disclosures:public-index"))
    assert len(response.context["rows"]) == 3


def test_index_finds_by_school_bureau_and_month(client, published):
    _more_schools(published, 1)

    def names(**query):
        response = client.get(reverse("disclosures:public-index", query=query))
        return {row.school["name"] for row in response.context["rows"]}

    assert names(q="海棠") == {"海棠路小学"}
    assert names(q="碧海", month="2026-10") == {"海棠路小学", "第0小学"}
    assert names(q="没有") == names(month="2026-09") or names(month="2026-10")
