"""The pages about a policy: what they take in, what they say, and that a refusal keeps what was sent."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.jobs.book import run_waiting
from afterschool.oversight.actions import propose
from afterschool.schools.actions import upload_policy
from afterschool.schools.models import Adoption, PolicyText
from afterschool.xlsx import read_xlsx
from tests import cast

from .conftest import BODY, NOTICE, act
from .test_adoption import BY_THE_LESSON, DECEMBER, agreed, renamed


@pytest.fixture
def keeper(client, county):
    client.force_login(county.keeper)
    return county.keeper


def go(client, name, *args, **more):
    return client.get(reverse(f"oversight:{name}", args=args), **more)


def send(client, name, *args, **wish):
    return client.post(reverse(f"oversight:{name}", args=args), wish)


def words(page):
    return page.content.decode()


# Taking a file in


@pytest.mark.parametrize(
    "data", [BODY.encode("utf-8-sig"), BODY.encode("gb18030"), BODY.replace("\n", "\r\n").encode()]
)
def test_file_as_notepad_saves_it_is_the_same_file(client, keeper, data):
    assert send(client, "policy-upload", file=SimpleUploadedFile("细则.toml", data)).status_code == 302
    assert PolicyText.objects.get().body == BODY


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x00\x01" * 40, "不是文本文件"),
        (b"\xff\xfe\xff\xff", "不是文本文件"),
        (b"# " * 600_000, "超过 1 MB"),
    ],
)
def test_what_is_no_policy_file_is_refused_at_its_field(client, keeper, data, why):
    page = send(client, "policy-upload", file=SimpleUploadedFile("图.toml", data))
    assert page.status_code == 422
    assert why in page.context["form"].errors["file"][0]


def test_nothing_sent_asks_for_a_file(client, keeper):
    page = send(client, "policy-upload", body=" ")
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["file"])


def test_refused_file_and_notice_stand_in_their_boxes(client, keeper):
    wrong = BODY.replace("yuan = 180", "yuan = -180")
    files = {
        "file": SimpleUploadedFile("细则.toml", wrong.encode()),
        "notice_file": SimpleUploadedFile("x.txt", NOTICE.encode()),
    }
    page = send(client, "policy-upload", **files)
    form = page.context["form"]
    assert page.status_code == 422
    assert (form["body"].value(), form["notice"].value()) == (wrong, NOTICE)
    assert (page.context["error"].line, "yuan = -180") in page.context["lines"]
    assert not PolicyText.objects.exists()


def test_code_of_a_bundled_file_is_refused_at_the_box(client, keeper):
    page = send(client, "policy-upload", body=renamed("changle-2021"))
    assert "已经有别的文件用了" in page.context["form"].errors["body"][0]


def test_mending_begins_with_what_was_sent(client, keeper, text):
    form = go(client, "policy-mend", text.code).context["form"]
    assert (form["body"].value(), form["notice"].value()) == (BODY, NOTICE)


# What the pages say


def test_check_shows_lines_examples_and_what_is_untried(client, keeper, text):
    page = words(go(client, "policy-check", text.code))
    assert "检查通过" in page
    assert "小学每月收 181 元" in page
    assert "还没有算例的条款 1 条" in page


def test_check_shows_both_sentences_where_a_file_is_looser_than_the_one_above(client, county, keeper):
    loose = BODY.replace("yuan = 180", "yuan = 280").replace("180元", "280元").replace("181", "281")
    text = upload_policy(county.bureau, body=loose, by=act(county.keeper))
    page = words(go(client, "policy-check", text.code))
    assert "还不能采用" in page
    assert "小学每月每生收费不高于280元。" in page
    assert "小学、初中每月每生收费不高于200元。" in page
    refused = send(client, "policy-adoption", text.code, began_on=DECEMBER, reason="新细则")
    assert refused.status_code == 422
    assert "检查还没有通过" in words(refused)


def test_where_nothing_is_adopted_there_is_nothing_to_compare(client, county, keeper, text):
    Adoption.objects.all().delete()
    assert "还没有采用过政策" in words(go(client, "policy-difference", text.code))
    assert "还没有采用政策" in words(go(client, "policy-list"))


def test_effect_is_polled_until_every_school_has_ended(client, county, keeper, text):
    send(client, "policy-effect-begin", text.code)
    under_way = go(client, "policy-effect", text.code, headers={"hx-request": "true"})
    assert "hx-get" in words(under_way) and "<html" not in words(under_way)
    run_waiting()
    done = words(go(client, "policy-effect", text.code, headers={"hx-request": "true"}))
    assert "hx-get" not in done
    assert "没有方案" in done and "1 所不符" in done
    assert done.count("2026年10月") == 2  # the month of the fees, and of the stipends


def test_sheet_of_effects_is_a_spreadsheet_with_sums(client, county, keeper, text):
    send(client, "policy-effect-begin", text.code)
    run_waiting()
    rows = [row.cells for row in read_xlsx(io.BytesIO(go(client, "policy-effect-xlsx", text.code).content))]
    assert rows[0][0] == "《碧海县中小学课后服务实施细则》对各校的影响"
    assert rows[-1][0] == "合计"
    assert (rows[-1][3:6], rows[-1][7:10]) == ((400, 360, -40), (120, 128, 8))


# Proposing and answering


def test_adopted_file_is_neither_mended_nor_proposed_again(client, county, keeper):
    text = upload_policy(county.bureau, body=renamed("bihai-done"), by=act(county.keeper))
    mend = reverse("oversight:policy-mend", args=[text.code])
    assert mend in words(go(client, "policy-check", text.code))
    assert "提请采用" in words(go(client, "policy-adoption", text.code))
    agreed(county, text)
    assert mend not in words(go(client, "policy-check", text.code))
    page = words(go(client, "policy-adoption", text.code))
    assert "已经采用" in page and "提请采用" not in page


def test_day_that_changes_the_unit_is_refused_at_its_field(client, county, keeper):
    text = upload_policy(county.bureau, body=BY_THE_LESSON, by=act(county.keeper))
    page = send(client, "policy-adoption", text.code, began_on=DECEMBER, reason="按课时收")
    assert page.status_code == 422
    assert "学期中途不能换收费单位" in page.context["proposal"].errors["began_on"][0]


def test_proposer_is_told_that_another_confirms(client, county, keeper, text):
    adoption = propose(text, began_on=DECEMBER, reason="新细则", by=act(county.keeper))
    page = go(client, "policy-adoption", text.code)
    assert "要由局里另一位来确认" in words(page) and "撤回提请" in words(page)
    refused = send(client, "adoption-confirm", adoption.pk)
    assert refused.status_code == 422
    assert "提请的人不能自己确认" in words(refused)
    assert Adoption.objects.waiting().exists()


def test_declining_without_a_reason_is_refused_at_its_field(client, county, text):
    adoption = propose(text, began_on=DECEMBER, reason="新细则", by=act(county.keeper))
    client.force_login(county.reviewer)
    refused = send(client, "adoption-decline", adoption.pk, declined_because=" ")
    assert (refused.status_code, list(refused.context["decline"].errors)) == (422, ["declined_because"])
    assert send(client, "adoption-decline", adoption.pk, declined_because="再议").status_code == 302
    assert "再议" in words(go(client, "policy-adoption", text.code))


def test_finance_reads_the_policy_and_adopts_nothing(client, county, text):
    client.force_login(cast.make_person("郑会计", Role.BUREAU_FINANCE, county.bureau))
    page = words(go(client, "policy-list"))
    assert "双减政策下中小学课后服务工作实施方案" in page
    assert "上传新政策" not in page and text.title not in page
    assert go(client, "policy-check", text.code).status_code == 403


def test_founding_policy_is_no_proposal_to_answer(client, county, keeper):
    founding = Adoption.objects.get()
    for deed in ("adoption-confirm", "adoption-decline"):
        assert send(client, deed, founding.pk, declined_because="不要了").status_code == 404
