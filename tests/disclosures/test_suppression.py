"""An attack on the public sheet: all small worlds that would publish the same figures, looked at together."""

from collections import defaultdict
from itertools import count, product

import pytest

from billing.disclosures.suppression import FEWEST, Fee, Line, fee_lines, merge_small, participation

RATE = 200
MOST = 7  # of each kind of child: below, at and above the limit


def world(full, late, half, free):
    """So many children who pay all, who came late, who pay half, who are freed."""
    number = count()
    kinds = ((full, 0, RATE), (late, 0, RATE // 2), (half, RATE // 2, RATE // 2), (free, RATE, 0))
    return [Fee(next(number), "托管", RATE, waived, net) for heads, waived, net in kinds for _ in range(heads)]


def published(fees):
    """Everything a stranger can read off the page."""
    lines = fee_lines(fees)
    told = tuple(tuple(line.told().values()) for line in lines)
    return told, sum(line.fen for line in lines), tuple(participation(fees).values())


@pytest.fixture(scope="module")
def pages():
    """What each small school would publish, with all schools, up to twice as large, that would publish the same."""
    worlds = defaultdict(set)
    for full, late, half, free in product(range(2 * MOST), range(2 * MOST), range(MOST), range(MOST)):
        worlds[published(world(full, late, half, free))].add((half, free))
    small = {published(world(*heads)) for heads in product(range(MOST), repeat=4)}
    return {page: worlds[page] for page in small}


@pytest.mark.parametrize("kind", [0, 1], ids=["paying less", "freed"])
def test_no_page_pins_down_fewer_than_five_waived_children(pages, kind):
    for page, possible in pages.items():
        numbers = {each[kind] for each in possible}
        assert len(numbers) > 1 or numbers == {0} or min(numbers) >= FEWEST, page


def test_heads_times_rate_less_fees_does_not_give_the_waiver_away():
    """The plain attack: with heads, rate and fees in the open, three freed children fall out by subtraction."""
    told = participation(world(full=40, late=0, half=0, free=3))
    assert told == {"heads": None, "paying_heads": 40, "waived_heads": "<5", "waived_fen": None}


def test_five_freed_children_are_told_with_their_sum():
    told = participation(world(full=40, late=0, half=0, free=5))
    assert told == {"heads": 45, "paying_heads": 40, "waived_heads": 5, "waived_fen": 5 * RATE}


def test_one_refund_never_stands_alone():
    withdrawn = Line("中途退出", 70, frozenset({1, 2}))
    surplus = Line("结余", 900, frozenset(range(10, 60)))
    assert [line.fen for line in merge_small([withdrawn, surplus], whole="退费", rest="其余")] == [970]


def test_merging_keeps_the_total():
    for full, late, half, free in product(range(8), range(8), range(3), range(2)):
        fees = world(full, late, half, free)
        assert sum(line.fen for line in fee_lines(fees)) == sum(fee.net_fen for fee in fees)
