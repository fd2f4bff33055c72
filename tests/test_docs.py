"""The documents say what the code is: rooms, words, links, commands, settings."""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import TextChoices

from afterschool.access.capabilities import Role

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
OURS = [app for app in settings.INSTALLED_APPS if (ROOT / app.replace(".", "/")).is_dir()]
MODELS = [model for model in apps.get_models() if model._meta.app_config.name in OURS]
CHOICES = {choices for choices in TextChoices.__subclasses__() if choices.__module__ in {m.__module__ for m in MODELS}}
LINK = re.compile(r"\[[^\]]*\]\((?!https?://)([^)#\s]+)(?:#[^)]*)?\)")
MAKE = re.compile(r"`make ([a-z]+)")
SETTING = re.compile(r"`([A-Z][A-Z_]+)`")
GUIDES = {"guard", "guardian", "teacher", "leader", "office", "finance", "bureau"}
LONGEST_GUIDE = 80
QUOTED = re.compile(r"“([^”]+)”")
BLANK = re.compile(r"[×\s]+")  # in a quoted word × stands for what differs from page to page
MARKUP = re.compile(r"{%.*?%}|<[^>]+>")


def read(*path: str) -> str:
    return ROOT.joinpath(*path).read_text(encoding="utf-8")


def floors() -> list[str]:
    """The drawing, line by line."""
    return read("docs", "house.md").split("```")[1].splitlines()


def floor_of(room: str) -> int:
    """The line on which a room's name stands; every room stands there once."""
    [line] = [n for n, text in enumerate(floors()) if re.search(rf"─ {re.escape(room)} ─", text)]
    return line


def layers() -> list[list[str]]:
    """The stairs as import-linter holds them, from the top."""
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    [stairs] = [contract for contract in contracts if contract["id"] == "stairs"]
    return [re.findall(r"[\w.]+", layer) for layer in stairs["layers"]]


@pytest.mark.parametrize("room", OURS)
def test_the_drawing_shows_every_room(room):
    assert floor_of(room)


def test_the_drawing_has_the_floors_of_the_stairs():
    drawn = [{floor_of(room) for room in layer} for layer in layers()]
    assert all(len(lines) == 1 for lines in drawn), "neighbours of one layer stand on one floor"
    lines = [line for [line] in drawn]
    assert lines == sorted(set(lines))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_glossary_has_every_model(model):
    glossary = read("docs", "glossary.md")
    assert f"| `{model.__name__}` |" in glossary
    name = str(model._meta.verbose_name)
    assert name.isascii() or f"| {name} | `{model.__name__}` |" in glossary


@pytest.mark.parametrize("choices", sorted(CHOICES, key=lambda c: c.__qualname__), ids=lambda c: c.__qualname__)
def test_the_glossary_has_every_label(choices):
    [line] = [line for line in read("docs", "glossary.md").splitlines() if f"| `{choices.__qualname__}` |" in line]
    assert [f"{one.label} `{one.value}`" for one in choices] == line.split("|")[3].strip().split("、")


@pytest.mark.parametrize("role", Role, ids=lambda role: role.name)
def test_the_glossary_has_every_role(role):
    assert f"| {role.label} | `Role.{role.name}` |" in read("docs", "glossary.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_commands_of_a_page_exist(page):
    text = page.read_text(encoding="utf-8")
    missing = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    targets = re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE)
    assert missing == []
    assert set(MAKE.findall(text)) <= set(targets)


def test_every_setting_of_the_manual_is_read():
    table = read("docs", "operations.md").split("## 设置", 1)[1].split("\n## ", 1)[0]
    code = read("afterschool", "settings.py") + "".join(path.read_text() for path in (ROOT / "scripts").glob("*.*"))
    named = set(SETTING.findall("\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("|"))))
    assert named
    assert {name for name in named if f'"{name}"' not in code} == set()


def test_there_is_a_short_guide_for_each_kind_of_user():
    guides = {path.stem: path for path in (ROOT / "docs" / "guides").glob("*.md")}
    assert guides.keys() == GUIDES
    long = [name for name, path in guides.items() if len(path.read_text().splitlines()) > LONGEST_GUIDE]
    assert long == []


@pytest.fixture(scope="module")
def wording() -> str:
    """All that pages say: templates as written and without their markup, and the words in Python."""
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    rooms = {app.split(".")[0] for app in OURS}
    python = "".join(path.read_text() for room in rooms for path in (ROOT / room).rglob("*.py"))
    return templates + MARKUP.sub("", templates) + python


@pytest.mark.parametrize("guide", sorted(GUIDES))
def test_what_a_guide_quotes_is_on_the_pages(guide, wording):
    quoted = QUOTED.findall(read("docs", "guides", f"{guide}.md"))
    assert quoted
    assert [words for words in quoted if not all(part in wording for part in BLANK.split(words))] == []
