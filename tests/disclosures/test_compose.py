"""The sheet of the month worked out by hand (tests/disclosures/month.py)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from afterschool.errors import RuleBroken
from billing.disclosures.actions import compose, correct, publish
from billing.disclosures.models import Disclosure
from billing.disclosures.seal import canonical, seal
from billing.models import Refund

from .month import NOW, SYSTEM, close, family


def test_figures_are_those_worked_out_by_hand(closed):
    content = compose(closed.month, by=SYSTEM).content
    assert content["sums"] == {"income": 500_00, "expense": 437_50, "refund": 62_50, "balance": 0}
    assert [line["fen"] for line in content["expense"]] == [437_50]
    refunds = Refund.objects.filter(fee_month=closed.month).order_by("student__pk").values_list("amount_fen", flat=True)
    assert list(refunds) == [25_00, 25_00, 12_50]


def test_few_children_are_not_told_apart(closed):
    content = compose(closed.month, by=SYSTEM).content
    assert content["participation"] == {"heads": None, "paying_heads": "<5", "waived_heads": "<5", "waived_fen": None}
    assert [(line["label"], line["heads"]) for line in content["income"]][1] == ("学生缴费", None)


def test_open_month_cannot_be_composed(town):
    with pytest.raises(RuleBroken, match="还没有锁定"):
        compose(town.month, by=SYSTEM)


def test_sheet_that_does_not_add_up_is_refused_and_names_the_difference(closed):
    groups = closed.month.settlement.groups
    groups[0]["borne_fen"] = 7
    closed.month.settlement.save()
    with pytest.raises(RuleBroken, match=r"相差 0\.07 元"):
        compose(closed.month, by=SYSTEM)
    assert not Disclosure.objects.exists()


def test_hash_is_of_the_canonical_bytes_and_survives_the_database(closed):
    disclosure = compose(closed.month, by=SYSTEM)
    fresh = Disclosure.objects.get(pk=disclosure.pk)
    assert canonical(fresh.content) == canonical(disclosure.content)
    assert seal(fresh.content) == fresh.sha256 == disclosure.sha256


def test_composing_again_before_publication_keeps_one_version(closed):
    first, second = compose(closed.month, by=SYSTEM), compose(closed.month, by=SYSTEM)
    assert (first.pk, first.sha256) == (second.pk, second.sha256)
    assert Disclosure.objects.count() == 1


def test_published_sheet_is_ink(closed):
    disclosure = publish(compose(closed.month, by=SYSTEM), now=NOW, by=closed.reviewer)
    connection.check_constraints()  # nothing pending that would itself stop a TRUNCATE
    for tampering in (
        "UPDATE disclosures_disclosure SET content = '{}'",
        "UPDATE disclosures_disclosure SET sha256 = repeat('0', 64)",
        "UPDATE disclosures_disclosure SET version = 9",
        "UPDATE disclosures_disclosure SET published_at = NULL",
        "DELETE FROM disclosures_disclosure",
        "TRUNCATE disclosures_disclosure",
    ):
        with pytest.raises(IntegrityError, match="written in ink"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(tampering)
    assert Disclosure.objects.get().sha256 == disclosure.sha256


def test_publishing_twice_is_once(closed):
    disclosure = publish(compose(closed.month, by=SYSTEM), now=NOW, by=closed.reviewer)
    again = publish(disclosure, now=NOW + timedelta(days=1), by=closed.reviewer)
    assert again.published_at == NOW


def test_publishing_refuses_what_the_books_no_longer_bear_out(closed):
    disclosure = compose(closed.month, by=SYSTEM)
    Disclosure.objects.update(content={**disclosure.content, "sums": {}}, sha256=seal({"sums": {}}))
    with pytest.raises(RuleBroken, match="重新编制"):
        publish(disclosure, now=NOW, by=closed.reviewer)
    assert not Disclosure.objects.published().exists()


def test_correction_is_a_new_version_beside_the_old(closed):
    first = publish(compose(closed.month, by=SYSTEM), now=NOW, by=closed.reviewer)
    with pytest.raises(RuleBroken, match="写明原因"):
        compose(closed.month, by=SYSTEM)
    second = correct(first, reason="监督电话已变更", by=closed.reviewer)
    assert (second.version, second.reason, second.published_at) == (2, "监督电话已变更", None)
    assert second.sha256 != first.sha256
    assert Disclosure.objects.get(version=1).sha256 == first.sha256


def test_reason_of_a_correction_names_nobody(closed):
    first = publish(compose(closed.month, by=SYSTEM), now=NOW, by=closed.reviewer)
    for reason in ("陈一诺的退费算错了", "请打 13812345678"):
        with pytest.raises(RuleBroken, match="请去掉"):
            correct(first, reason=reason, by=closed.reviewer)


def test_school_bears_a_shortfall(town):
    for name in ("甲", "乙"):
        family(town, f"学生{name}")
    content = compose(close(town), by=SYSTEM).content  # 2 × 200.00 came in, 437.50 was spent
    assert content["sums"] == {"income": 437_50, "expense": 437_50, "refund": 0, "balance": 0}
    assert ("学校承担三年级不足部分", 37_50) in [(line["label"], line["fen"]) for line in content["income"]]
