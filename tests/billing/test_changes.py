"""What a new draft says of itself beside the one before."""

from datetime import date

from billing.actions import draft_settlement
from billing.models import Refund
from tests.billing.test_settlement import charged_families, spend


def told(draft):
    return [(one["part"], one["what"], one["before_fen"], one["after_fen"]) for one in draft.changes]


def test_a_new_draft_tells_what_is_other_and_why(town, client):
    charged_families(town, 200, 200, 100)
    spend(town, "400.00")
    assert told(draft_settlement(town.month, by=town.clerk)) == []  # the first is compared with nothing
    spend(town, "50.00", payee="文具店", category="consumables")
    spend(town, "60.00", payee="还没批的", approve=False).delete()

    assert told(draft_settlement(town.month, by=town.clerk)) == [
        ("why", "新增支出：消耗品购置（文具店）", 0, 50_00),
        ("sum", "三年级实际成本", 400_00, 450_00),
        ("sum", "三年级退还家长", 100_00, 50_00),
        ("family", "结余返还：3 家（学生0、学生1、学生2）", 100_00, 50_00),
    ]
    client.force_login(town.people["clerk"])
    page = client.get(f"/billing/{town.month.pk}/").content.decode()
    assert "新增支出：消耗品购置（文具店）" in page and "100.00 →" in page
    assert told(draft_settlement(town.month, by=town.clerk)) == []


def test_one_child_moved_out_is_named_and_the_rest_share_what_is_left(town):
    children = charged_families(town, 200, 200)
    spend(town, "300.00")
    draft_settlement(town.month, by=town.clerk)
    type(children[0]).objects.filter(pk=children[0].pk).update(left_on=date(2026, 10, 20))

    rows = told(draft_settlement(town.month, by=town.clerk))
    gone = Refund.objects.get(cause="withdrawal").amount_fen
    assert ("sum", "三年级个别退费", 0, gone) in rows
    assert ("family", "中途退出：1 家（学生0）", 0, gone) in rows
    assert not [row for row in rows if row[0] == "why"]
