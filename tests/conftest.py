"""The named cast of the tests: two bureaus with their schools, and people who are who their fixture says."""

import gc
import os
import shutil
from datetime import date

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.db import connection, connections
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.signals import post_migrate
from playwright.sync_api import Locator, expect

from tests import cast, schema

SLOW = (
    "tests/stories", "tests/test_doors.py", "tests/ops/test_run.py", "tests/demo", "tests/oversight/test_policy_story.py",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with what takes longest, so that no worker waits for another at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """What is loaded by now stays to the end: nobody need look through it for garbage again and again."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes():
    """A password is hashed as in production, but a thousand times more cheaply."""
    with pytest.MonkeyPatch.context() as patch:
        for name, cost in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, name, cost)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    connection.settings_dict["TEST"]["MIGRATE"] = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        schema.say_in_sql()
        schema.keep_the_sweeper_out()
    post_migrate.receivers = []  # Django would note its models anew after every wiping


@pytest.fixture(scope="session", autouse=True)
def wipe_what_was_written():
    """After a test that commits."""
    plain = DatabaseOperations.sql_flush
    DatabaseOperations.sql_flush = lambda self, style, tables, **kwargs: schema.wiping(self.connection, tables)
    yield
    DatabaseOperations.sql_flush = plain


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def d_bureau(db):
    """碧海县, under policy D."""
    return cast.make_bureau("碧海县教育和文化旅游局", "dalian-2024", hourly_wage_fen=60_00)


@pytest.fixture
def c_bureau(db):
    """长宁区, under policy C."""
    return cast.make_bureau("长宁区教育局", "changle-2021")


@pytest.fixture
def haitang(d_bureau):
    """海棠路小学, D."""
    return cast.make_school(d_bureau, "海棠路小学", stage="primary", stipend_base_fen=40_00)


@pytest.fixture
def lanting(d_bureau):
    """兰亭初级中学: another school of the same bureau."""
    return cast.make_school(d_bureau, "兰亭初级中学", stage="junior", stipend_base_fen=40_00)


@pytest.fixture
def wuhang(c_bureau):
    """吴航小学, C: another bureau."""
    return cast.make_school(c_bureau, "吴航小学", stage="primary")


@pytest.fixture
def term(d_bureau):
    return cast.make_term(d_bureau)


@pytest.fixture
def today():
    return date(2026, 10, 15)


@pytest.fixture(scope="session", autouse=True)
def patience():
    """A busy machine may take its time, a missing word may not be overlooked; no finger is quicker than a page's scripts."""
    expect.set_options(timeout=20_000)
    with pytest.MonkeyPatch.context() as patch:
        for deed in ("click", "fill", "tap"):
            patch.setattr(Locator, deed, once_loaded(getattr(Locator, deed)))
        yield


def once_loaded(deed):
    """Playwright waits for the button, not for the script that hears it."""

    def wait_and_do(self, *args, **how):
        self.wait_for()
        self.page.wait_for_load_state()
        return deed(self, *args, **how)

    return wait_and_do


@pytest.fixture(scope="session")
def playwright(playwright):
    """While Playwright's event loop runs in this thread, Django keeps other connections for it: they close before it."""
    yield playwright
    connections.close_all()


@pytest.fixture(scope="session")
def base_url():
    """None: tests open whole addresses. Playwright's own is a method, which pytest 10 will not take."""


@pytest.fixture(scope="session")
def browser_type_launch_args():
    quiet = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    found = filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome")))
    return {
        "executable_path": os.environ.get("CHROME_PATH") or next(found, None),
        "args": [*quiet.split(), "--disable-component-update", "--disable-sync"],
    }
