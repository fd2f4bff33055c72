"""What a policy file cannot mean is refused where it stands, and what would pass by itself is no check."""

import pytest

from afterschool.policy import command, loader
from afterschool.policy.checking import check as check_policy
from afterschool.policy.loader import PolicyFileError, parse
from afterschool.policy.trial import ScenarioError
from tests.policy.tiny import HEAD, file

START = HEAD.format(code="x", since="2026-09-01")
CITED = 'clause = "一"\nquote = "每月100元"\n'
PRICE = f'[[price]]\nunit = "month"\nyuan = 100\n{CITED}'
NOTICE = "一、收费\n每月100元\n二、其他\n没有\n"
ABSENCE = '[[refund]]\ncause = "absence"\ngives = '


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (START.replace("tiny.txt", "../x.txt") + PRICE, 8, "只写文件名"),
        (START.replace("tiny.txt", ".") + PRICE, 8, "只写文件名"),
        (START + PRICE.replace("[[price]]", "[price]"), 9, r"要写成 \[\[price\]\]"),
        (START + f"[[open_days]]\nweekdays = []\n{CITED}", 10, "是空的"),
        (START + f"{PRICE}stages = []\n", 14, "分的，这一项不写"),
        (START + f'[[window]]\nstarts_from = "18:00"\nends_by = "17:30"\n{CITED}', 9, "ends_by 要晚于 starts_from"),
        (START + f"[[class_size]]\nopens_from = 50\nat_most = 20\n{CITED}", 9, "不能大于 at_most"),
        (
            START + f'[[pool]]\nkey = "staff"\nof = "fees"\ncategories = ["a"]\npercent_at_least = 80\n'
            f"percent_at_most = 20\n{CITED}",
            9,
            "不能大于 percent_at_most",
        ),
        (
            START + f'[[stipend_rate]]\nunit = "lesson"\nyuan = 1\nstudents_from = 50\nstudents_to = 20\n{CITED}',
            9,
            "students_from 不能大于 students_to",
        ),
        (START + f'[[charge_cap]]\nper = "day"\nyuan = 0\n{CITED}', 9, "要大于 0"),
        (START + f"[[billable]]\nlessons_a_day = 0\n{CITED}", 9, "要大于 0"),
        (START + f'[[waiver]]\ngroup = "a"\nlabel = "甲"\npercent = 0\n{CITED}', 9, "要大于 0"),
        (START + f'[[waiver]]\ngroup = "a"\nlabel = "甲"\nstages = ["primary"]\n{CITED}', 12, "不能写对谁"),
        (START + f'[[account]]\nlabel = "基本户"\nboarding = true\n{CITED}', 11, "不能写对谁"),
        (START + f"{PRICE}items = {'[' * 5000}", 1, "套得太深"),
        (START + f'{ABSENCE}"each_day"\ncounted = "total"\n{CITED}', 9, "说的是门槛"),
        (START + f'{ABSENCE}"each_day"\nunits = "lesson"\n{CITED}', 9, "说的是门槛"),
        (START + f'{ABSENCE}"each_day"\ninclusive = true\n{CITED}', 9, "说的是门槛"),
        (START + f'{ABSENCE}"each_day"\nat_least = 5\nstacking = "once"\n{CITED}', 9, "stacking 只用于"),
        (START + f'{ABSENCE}"month"\nat_least = 5\npays_for = "all"\n{CITED}', 9, "pays_for 只用于"),
        (START + f'{ABSENCE}"each_day"\nelapsed_at_most = "1/2"\n{CITED}', 9, "elapsed_at_most 只用于"),
        (
            START + f'[[refund]]\ncause = "withdrawal"\ngives = "month"\nnone_attended = true\n{CITED}',
            9,
            "none_attended 只用于",
        ),
    ],
)
def test_what_can_mean_nothing_is_refused_with_its_line(text, line, said):
    with pytest.raises(PolicyFileError, match=said) as refused:
        parse(text, "x.toml")
    assert refused.value.line == line


def test_the_mark_that_notepad_sets_before_a_text_is_not_part_of_it():
    assert len(parse("\ufeff" + START + PRICE, "x.toml").rules) == 1


@pytest.fixture
def check(tmp_path):
    def check(text, notice=NOTICE):
        file = tmp_path / "x.toml"
        file.write_text(START + text, encoding="utf-8")
        if notice is not None:
            (tmp_path / "tiny.txt").write_bytes(notice if isinstance(notice, bytes) else notice.encode())
        return command.check(str(file))

    return check


def example(expect, clause='"一"'):
    given = '[case.given]\non = "2026-10-12"\nasks = ["price"]\n'
    return f'{PRICE}[[case]]\nname = "甲"\nclause = {clause}\n{given}[case.expect]\n{expect}\n'


@pytest.mark.parametrize(
    "expect", ["", "answers = [{}]", 'answers = [{ message = "" }]', 'answers = [{ message = " " }]']
)
def test_an_example_that_could_not_fail_does_not_pass(check, expect):
    told = check(example(expect))
    assert (told.code, told.data["passed"]) == (1, False)
    assert "是空的" in told.data["cases"][0]["message"]


def test_an_example_says_which_clause_it_is_of(check):
    assert "没有写 clause" in check(example('answers = [{ message = "100" }]', "[]")).data["cases"][0]["message"]
    assert check(example('answers = [{ message = "100" }]')).code == 0


def test_nothing_may_come_is_something_to_expect(check):
    assert check(example("violations = []")).code == 0


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('clause = "一"', 'clause = "附件一"', "找不到 附件一 这个条款号"),
        ('quote = "每月100元"', 'quote = "0"', "太短"),
    ],
)
def test_a_quote_is_one_that_can_be_found_again(check, was, becomes, said):
    told = check(PRICE.replace(was, becomes))
    assert told.code == 1 and said in told.data["findings"][0]["message"]


def test_without_its_notice_a_file_is_not_checked(check):
    with pytest.raises(PolicyFileError, match="没有找到原文"):
        check(PRICE, notice=None)


def test_a_notice_of_another_encoding_is_named(check):
    with pytest.raises(ScenarioError, match="不是 UTF-8"):
        check(PRICE, notice=NOTICE.encode("gbk"))


BANDS = f"""{ABSENCE}"each_day"
at_least = 3
{CITED}
{ABSENCE}"each_day"
from = 2027-02-01
at_least = 10
{CITED}"""


def test_a_band_that_a_newer_one_leaves_standing_is_found(check):
    """Three days would go on being enough, though the notice now asks for ten."""
    [finding] = [one for one in check(BANDS).data["findings"] if one["level"] == "breach"]
    assert (finding["line"], "until = 2027-01-31" in finding["message"]) == (9, True)
    ended = BANDS.replace("at_least = 3", "at_least = 3\nuntil = 2027-01-31")
    assert check(ended).code == 0


BY_MONTH = '[[price]]\nunit = "month"\nyuan = 100\n'
BY_LESSON = '[[price]]\nunit = "lesson"\nyuan = 9\n'


def test_a_price_of_another_unit_than_the_parents_is_left_to_the_reader(monkeypatch):
    monkeypatch.setattr(loader, "load", {"above": parse(file(BY_MONTH, code="above"), "above.toml")}.get)
    mine = parse(file(BY_LESSON).replace("title", 'parent = "above"\ntitle', 1), "x.toml")
    [found] = [one for one in check_policy(mine).findings if "比不出高低" in one.message]
    assert (found.level, [cite.policy for cite in found.cites]) == ("warn", ["办法", "办法"])
