"""The clause beside every no."""

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms

from afterschool.errors import NoRule, RuleBroken
from afterschool.policy.verdict import Cite
from afterschool.refusals import tell

CAP = Cite("实施方案", "四.4", "小学、初中每月每生收费不高于200元。")


class FeeForm(forms.Form):
    fee = forms.CharField(label="收费标准")


def told(refusal: RuleBroken) -> tuple[FeeForm, str]:
    form = FeeForm({"fee": "220"})
    assert form.is_valid()
    tell(form, refusal)
    return form, render_crispy_form(form)


@pytest.mark.parametrize("field, place", [("fee", "fee"), (None, "__all__"), ("elsewhere", "__all__")])
def test_a_refusal_stands_at_its_field_with_its_clause(field, place):
    form, html = told(RuleBroken("上限 200.00，超 20.00", cite=CAP, field=field))

    assert list(form.errors) == [place]
    assert "上限 200.00，超 20.00 <a " in html
    assert 'class="clause"' in html
    assert ">实施方案 四.4</a>" in html


def test_what_people_typed_stays_text_in_a_refusal():
    _, html = told(RuleBroken("“<script>”不能用", field="fee"))

    assert "&lt;script&gt;" in html
    assert "<script>" not in html


def test_where_the_policy_is_silent_a_page_says_so(client, db, monkeypatch):
    def silent(name):
        raise NoRule("refund.absence", "缺勤退多少", "实施方案")

    monkeypatch.setattr("afterschool.law._find", silent)

    page = client.get("/law/anything/")

    assert page.status_code == 409 and "没有写明缺勤退多少" in page.content.decode()
