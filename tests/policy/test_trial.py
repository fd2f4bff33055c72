"""Cases tried on a policy: the figures that must come out, through the command that a clerk would use."""

import json
import os
import subprocess
import sys
from datetime import date, time
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from afterschool.policy.book import Succession
from afterschool.policy.trial import ScenarioError, simulate
from afterschool.policy.trial.papers import schema
from tests.policy.tiny import law

D, C = "dalian-2024", "changle-2021"
ON = {"on": "2026-10-12"}


@pytest.fixture
def told(tmp_path):
    """What `policy simulate … --json` says, with its exit code; every answer keeps to the published form."""

    def ask(code, **scenario):
        file = tmp_path / "scenario.json"
        file.write_text(json.dumps(scenario), encoding="utf-8")
        out = StringIO()
        try:
            call_command("policy", "simulate", code, str(file), "--json", stdout=out)
        except SystemExit as end:
            exit_code = end.code
        else:
            exit_code = 0
        result = json.loads(out.getvalue())
        if exit_code < 2:
            schema("result").validate(result)
        return exit_code, result

    return ask


def clauses(findings, about):
    return [finding["clause"] for finding in findings if finding["about"] == about]


def pupils(stage, grade=None, boarding=False):
    return {"stage": stage, "boarding": boarding} | ({"grade": grade} if grade else {})


@pytest.mark.parametrize(
    ("school", "service", "rate", "refused"),
    [
        (pupils("primary"), "weekday", "210.00", True),
        (pupils("junior"), "weekday", "200.00", False),
        (pupils("senior", 11), "weekday", "280.00", False),
        (pupils("senior", 12), "weekday", "470.00", False),
        (pupils("senior", 10, boarding=True), "weekday", "471.00", True),
        (pupils("senior"), "saturday", "201.00", True),
    ],
)
def test_a_rate_keeps_to_its_price(told, school, service, rate, refused):
    exit_code, result = told(D, **ON, school=school, items=[{"service": service, "rate": rate}])

    assert exit_code == refused
    assert clauses(result["violations" if refused else "passed"], "items[0].rate") == ["四.4"]
    assert clauses(result["passed" if refused else "violations"], "items[0].rate") == []


@pytest.mark.parametrize(
    ("school", "weekday", "ends", "refused"),
    [
        (pupils("primary"), 3, "17:00", "weekdays"),
        (pupils("primary"), 1, "17:31", "ends"),
        (pupils("junior", 8), 1, "18:00", ""),
        (pupils("junior", 9), 1, "19:30", ""),
        (pupils("senior", 12), 1, "21:00", ""),
        (pupils("senior", 10, boarding=True), 1, "21:31", "ends"),
        (pupils("senior", 10), 6, "16:00", ""),
        (pupils("senior", 10), 7, "16:00", "weekdays"),
    ],
)
def test_a_service_keeps_to_its_days_and_hours(told, school, weekday, ends, refused):
    starts = "08:00" if weekday > 5 else "15:30"
    exit_code, result = told(D, **ON, school=school, items=[{"weekdays": [weekday], "starts": starts, "ends": ends}])

    assert exit_code == bool(refused)
    assert [(row["about"], row["clause"]) for row in result["violations"]] == (
        [(f"items[0].{refused}", "四.2")] if refused else []
    )
    if not refused:
        assert clauses(result["passed"], "items[0].ends") == ["四.2"]


@pytest.mark.parametrize(
    ("day", "hours", "amount"),
    [
        ("2026-09-30", 2, "120.00"),
        ("2026-10-10", 2, "120.00"),
        ("2026-10-04", 3, "240.00"),
        ("2026-10-03", 3, "360.00"),
        ("2026-04-05", 3, "360.00"),
        ("2026-04-06", 3, "240.00"),
    ],
)
def test_a_stipend_goes_by_the_kind_of_day(told, day, hours, amount):
    duty = {"person": "王老师", "day": day, "starts": "16:00", "ends": f"{16 + hours}:00"}
    exit_code, result = told(D, staff={"base": 40, "city_average": 60}, duties=[duty])

    assert exit_code == 0
    [stipend] = result["stipends"]
    assert (stipend["person"], stipend["amount"], stipend["clauses"]) == ("王老师", amount, ["四.7"])
    assert stipend["steps"][-1]["amount"] == amount


@pytest.mark.parametrize("day", ["2026-09-30", "2026-10-03", "2026-10-04", "2026-10-10"])
def test_a_lesson_is_paid_alike_on_any_day(told, day):
    _, result = told(C, duties=[{"day": day, "lessons": 2}])

    assert [(one["amount"], one["clauses"]) for one in result["stipends"]] == [("120.00", ["四(四)"])]


def test_people_are_counted_as_far_as_the_text_says(told):
    counts = [{"students": 31}, {"students": 90}, {"students": 200}]
    exit_code, result = told(C, **ON, school=pupils("primary"), staffing=counts)

    needed = [(one["about"], one["role"], one["needed"]) for one in result["staffing"] if one["role"] != "leader"]
    assert exit_code == 1
    assert needed == [
        ("staffing[0]", "teacher", 2),
        ("staffing[1]", "teacher", 3),
        ("staffing[1]", "assistant", 1),
        ("staffing[2]", "teacher", 7),
    ]
    silences = [(one["about"], one["switch"]) for one in result["unknown"]]
    assert ("staffing[2].assistants", "staffing.assistant.rounding") in silences


@pytest.mark.parametrize(
    ("charges", "cost", "refunds", "borne"),
    [
        ([200, 200, 100, 0], "437.50", ["25.00", "25.00", "12.50", "0.00"], "0.00"),
        ([200, 200, 200], "583.33", ["5.56", "5.56", "5.55"], "0.00"),
        ([200, 200, 200], "620.00", ["0.00", "0.00", "0.00"], "20.00"),
        ([1, 3, 3], "6.97", ["0.01", "0.01", "0.01"], "0.00"),
    ],
)
def test_what_is_left_goes_back_to_the_fen(told, charges, cost, refunds, borne):
    students = [{"id": f"HT-{number}", "charged": charged} for number, charged in enumerate(charges)]
    _, result = told(D, **ON, school=pupils("primary", 3), students=students, costs=[{"amount": cost}])

    [group] = result["settlement"]
    assert [share["refund"] for share in group["shares"]] == refunds
    assert (group["borne"], group["clauses"]) == (borne, ["四.5"])
    assert {share["due"] for share in group["shares"]} == {"0.00"}


def test_a_second_round_takes_nothing_back(told):
    students = [{"id": str(number), "charged": charged, "refunded": "0.01"} for number, charged in enumerate((1, 3, 3))]
    _, result = told(D, **ON, school=pupils("primary", 3), students=students, costs=[{"amount": "6.96"}])

    [group] = result["settlement"]
    assert group["surplus"] == "0.01"
    assert sorted(share["refund"] for share in group["shares"]) == ["0.00", "0.00", "0.01"]
    assert [share["published"] for share in group["shares"]] == ["0.01"] * 3


def test_leaving_gives_back_what_is_left(told):
    leaves = {"month": "2026-11", "items": [{"rate": 200}], "students": [{"withdrew_on": "2026-11-17"}]}
    exit_code, result = told(D, **leaves, school=pupils("primary", 3))

    assert exit_code == 0
    assert len(result["charges"][0]["days"]) == 17
    assert [(one["cause"], one["amount"], one["clauses"]) for one in result["refunds"]] == [
        ("withdrawal", "94.12", ["四.5"])
    ]


AUTUMN = {"first": "2026-09-01", "last": "2026-12-31"}
BY_TIME = 'elapsed_at_most = "1/2"\ninclusive = true\n'


def leaves_in_december(weekdays, since, by_time=""):
    """On the 14th of the last month of the term."""
    text = """[[open_days]]
weekdays = [1, 2, 3, 4, 5]
[[price]]
unit = "month"
yuan = 230
[[refund]]
cause = "withdrawal"
gives = "remaining_days"
"""
    item, student = {"rate": 230, "weekdays": weekdays}, {"withdrew_on": "2026-12-14"}
    asked = {"month": "2026-12", "term": AUTUMN, "items": [item], "students": [student]}
    return simulate(law(text + by_time, since), asked)


# Nobody said whose lessons the Sunday of September that is worked takes; of the autumn before its file a policy is silent.
SILENT_TERMS = [([1, 3], "2025-09-01"), ([1, 2, 3, 4, 5], "2026-12-01")]


@pytest.mark.parametrize(("silent", "amount"), [(SILENT_TERMS[0], "153.33"), (SILENT_TERMS[1], "140.00")])
def test_the_term_is_asked_for_only_where_the_refund_goes_by_time(silent, amount):
    """Six of nine days are left, or fourteen of 23."""
    told = leaves_in_december(*silent)
    assert ([one["amount"] for one in told["refunds"]], told["unknown"]) == ([amount], [])


@pytest.mark.parametrize(("silent", "switch"), [(SILENT_TERMS[0], "calendar.weekday"), (SILENT_TERMS[1], "from")])
def test_a_silence_about_the_term_is_listed(silent, switch):
    told = leaves_in_december(*silent, BY_TIME)
    assert [(one["switch"], one["about"]) for one in told["unknown"]] == [(switch, "students[0].withdrew_on")]
    assert told["refunds"] == [] and [one["net"] for one in told["charges"]] == ["230.00"]


def test_no_more_goes_back_than_was_paid(told):
    leaves = {"month": "2026-11", "items": [{"rate": 200}], "students": [{"withdrew_on": "2026-11-17"}]}
    _, result = told(D, **leaves, school=pupils("primary", 3), receipts=[{"amount": 100}])

    assert [one["amount"] for one in result["refunds"]] == ["47.06"]


def test_expenses_are_booked_where_the_text_lets_them(told):
    kinds = ["management_fee", "staff_stipend", "water"]
    exit_code, result = told(D, **ON, costs=[{"category": kind} for kind in kinds])

    assert exit_code == 1
    assert [(one["about"], one["clause"]) for one in result["violations"]] == [("costs[0].category", "四.5")]
    assert [one["about"] for one in result["passed"]] == ["costs[1].category", "costs[2].category"]


def test_where_nothing_was_paid_nothing_is_asked(told):
    absent = {"id": "1", "attendance": [{"day": "2026-11-12"}], "waivers": [{"group": "registered_poor"}]}
    exit_code, result = told(
        D, month="2026-11", school=pupils("primary", 3), items=[{"rate": 200}], students=[absent, {"id": "2"}]
    )

    assert exit_code == 0
    assert [one["net"] for one in result["charges"]] == ["0.00", "200.00"]
    assert [(one["amount"], one["percent"], one["payer"]) for one in result["waivers"]] == [("200.00", 100, "")]


def test_what_is_not_said_is_asked_with_its_switch(told):
    absent = {"attendance": [{"day": "2026-11-12"}]}
    exit_code, result = told(
        D, month="2026-11", school=pupils("primary", 3), items=[{"rate": 200}], students=[absent], deeds=["forced"]
    )

    assert exit_code == 1
    assert [(one["switch"], one["about"]) for one in result["unknown"]] == [("refund", "students[0].attendance")]
    assert [one["net"] for one in result["charges"]] == ["200.00"]
    assert clauses(result["violations"], "deeds[0]") == ["二(二)"]


def test_rules_can_be_asked_for_and_every_clause_has_its_sentence(told):
    exit_code, result = told(D, **ON, asks=["filing", "agreement"], refusals=["管理及安全隐患"])

    assert exit_code == 1
    assert [(one["ask"], one["clause"]) for one in result["answers"]] == [("filing", "五(一)"), ("agreement", "四.1")]
    assert {one["name"] for one in result["clauses"]} == {"五(一)", "四.1"}
    assert all(one["quote"] and one["code"] == D for one in result["clauses"])


def test_nobody_guesses_whose_lessons_a_make_up_day_takes(told):
    october = {"month": "2026-10", "school": pupils("primary", 3), "items": [{"rate": 200}], "students": [{}]}
    _, silent = told(D, **october)
    _, said = told(D, **october, calendar=[{"day": "2026-10-10", "weekday": 3}])

    assert [one["switch"] for one in silent["unknown"]] == ["calendar.weekday"]
    assert said["unknown"] == []
    assert "2026-10-10" not in said["charges"][0]["days"]


def test_a_make_up_day_is_taught_and_a_closed_one_is_not_served(told):
    october = {"month": "2026-10", "school": pupils("junior", 7), "items": [{"rate": 200}], "students": [{}]}
    _, plain = told(D, **october)
    _, changed = told(D, **october, calendar=[{"day": "2026-10-10", "teaching": False}])

    assert "2026-10-10" in plain["charges"][0]["days"]
    assert "2026-10-01" not in plain["charges"][0]["days"]
    assert "2026-10-10" not in changed["charges"][0]["days"]


@pytest.mark.parametrize(
    ("scenario", "path", "expected"),
    [
        ({"on": "2026-10-12", "scool": {}}, "$.scool", "school"),
        ({"on": "2026-10-32"}, "$.on", "日期"),
        ({}, "$.on", "month"),
        ({**ON, "items": [{"rate": -1}]}, "$.items[0].rate", "200.50"),
        ({**ON, "items": [{"rate": "12.345"}]}, "$.items[0].rate", "200.50"),
        ({**ON, "items": [{"rate": 1.5}]}, "$.items[0].rate", "整数"),
        ({**ON, "items": [{"slot": "night"}]}, "$.items[0].slot", "late_care"),
        ({**ON, "items": [{"starts": "15:30"}]}, "$.items[0]", "结束"),
        ({**ON, "items": [{"key": "a"}, {"key": "a"}]}, "$.items[1].key", "不同"),
        ({**ON, "students": [{"items": ["chess"]}]}, "$.students[0].items[0]", "写过的有"),
        ({**ON, "school": {"grade": 13}}, "$.school.grade", "1 到 12"),
        ({**ON, "duties": [{"day": "2026-10-12"}]}, "$.duties[0]", "lessons"),
        ({**ON, "term": {"first": "2026-10-12", "last": "2026-09-01"}}, "$.term.last", "不早于"),
        ({**ON, "asks": ["wishes"]}, "$.asks[0]", "filing"),
    ],
)
def test_a_scenario_out_of_form_is_refused_with_its_place(told, scenario, path, expected):
    exit_code, result = told(D, **scenario)

    assert exit_code == 2
    assert result["error"]["path"] == path
    assert expected in result["error"]["expected"]


def test_a_scenario_may_be_written_in_toml(dalian):
    item = {"weekdays": [1], "starts": time(15, 30), "ends": time(17, 31), "rate": 200}
    result = simulate(dalian, {"on": date(2026, 10, 12), "school": {"stage": "primary"}, "items": [item]})

    assert clauses(result["violations"], "items[0].ends") == ["四.2"]


def test_each_day_is_judged_by_what_was_adopted_then(dalian, changle):
    law = Succession([(date(2024, 9, 1), dalian), (date(2026, 11, 1), changle)])
    asked = {"school": {"stage": "primary"}, "items": [{"rate": "10.00"}]}
    before, after = (simulate(law, {"on": day, **asked}) for day in ("2026-10-12", "2026-11-12"))

    assert (before["policy"]["code"], before["violations"]) == (D, [])
    assert after["policy"]["code"] == C
    assert clauses(after["violations"], "items[0].rate") == ["四(二)"]


def test_what_is_no_scenario_is_refused(dalian):
    with pytest.raises(ScenarioError, match="不是一个情况"):
        simulate(dalian, ["2026-10-12"])


def undescribed(part, at="$"):
    if isinstance(part, list):
        return [place for number, one in enumerate(part) for place in undescribed(one, f"{at}[{number}]")]
    if not isinstance(part, dict):
        return []
    missing = [
        f"{at}.{name}"
        for name, one in part.get("properties", {}).items()
        if not (one.get("description") or one.get("$ref"))
    ]
    return missing + [place for key, one in part.items() for place in undescribed(one, f"{at}.{key}")]


@pytest.mark.parametrize("name", ["scenario", "result"])
def test_every_property_is_described(name):
    form = schema(name)

    form.check_schema(form.schema)
    assert undescribed(form.schema) == []
    assert all("description" in one for one in form.schema["$defs"].values())


def command(*words):
    """The command in this process: to start a program takes two seconds."""
    out, err = StringIO(), StringIO()
    try:
        call_command("policy", *words, stdout=out, stderr=err)
    except SystemExit as left:
        return subprocess.CompletedProcess(words, left.code, out.getvalue(), err.getvalue())
    return subprocess.CompletedProcess(words, 0, out.getvalue(), err.getvalue())


def program(*words, **environment):
    """The command as a program of its own, without a database."""
    nowhere = {"DATABASE_URL": "postgresql:///none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    return subprocess.run(
        [sys.executable, "manage.py", "policy", *words],
        cwd=settings.BASE_DIR,
        env=os.environ | nowhere | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_program_needs_no_database_and_says_it_in_words(tmp_path):
    scenario = tmp_path / "price.json"
    scenario.write_text('{"on": "2026-10-12", "school": {"stage": "primary"}, "items": [{"rate": "210.00"}]}')
    done, unknown = program("simulate", D, str(scenario)), program("show", "nowhere-2026")

    assert (done.returncode, done.stderr) == (1, "")
    assert "小学每月每生不高于 200 元，现填 210.00 元，超 10.00 元 · 四.4" in done.stdout
    assert unknown.returncode == 2
    assert "不在自带的政策里" in unknown.stderr


def test_the_program_refuses_what_is_no_policy_and_no_json(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text('code = "x"\ncode = "y"\n')
    scenario = tmp_path / "case.json"
    scenario.write_text('{"on": ')
    unreadable, malformed = command("show", str(broken), "--json"), command("simulate", D, str(scenario))
    missing = command("check", "nowhere.toml")

    assert {one.returncode for one in (unreadable, malformed, missing)} == {2}
    assert json.loads(unreadable.stdout)["error"]["line"] == 2
    assert "nowhere.toml：打不开这个文件" in missing.stderr
    assert "不是正确的 JSON" in malformed.stderr


def test_the_program_reads_and_compares():
    shown, same, other = command("show", D), command("diff", D, D), command("diff", C, D, "--json")

    assert shown.returncode == 0
    assert "小学、初中每月每生收费不高于200元。" in shown.stdout
    assert (same.returncode, same.stdout.strip()) == (0, "没有不同。")
    assert other.returncode == 1
    assert {"title", "before", "after", "direction"} <= json.loads(other.stdout)[0].keys()
