"""docker-compose.yml, the Dockerfile and .env.example, held against the settings: no engine is needed to be wrong."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings

BASE: Path = settings.BASE_DIR
COMPOSE = yaml.safe_load((BASE / "docker-compose.yml").read_text())
DOCKERFILE = (BASE / "Dockerfile").read_text()
SERVICES = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "beat"]
OF_LAPTOPS = {"AFTERSCHOOL_MODE", "AFTERSCHOOL_TESTING", "PYTEST_XDIST_WORKER"}


def settings_from_the_environment() -> dict[str, bool]:
    """Name of each variable that settings.py reads, and whether production must give it."""
    names = {}
    for node in ast.walk(ast.parse((BASE / "afterschool" / "settings.py").read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[0] == "env":
            defaults = [ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg == "default"]
            names[ast.literal_eval(node.args[0])] = not defaults or "NOTSET" in defaults[0]
    return names


def variables(text: str) -> set[str]:
    """Names on the left of NAME=value, those commented out too."""
    return set(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE))


def given() -> set[str]:
    by_compose = {name.removesuffix("_FILE") for service in OURS for name in SERVICES[service]["environment"]}
    return by_compose | variables((BASE / ".env.example").read_text())


def in_the_image() -> set[str]:
    return set(re.findall(r"\b([A-Z_]+_ROOT)=", DOCKERFILE))


def test_every_variable_given_is_read_by_the_settings():
    assert given() | in_the_image() <= set(settings_from_the_environment())


def test_every_variable_the_settings_read_is_given_or_shown():
    assert set(settings_from_the_environment()) - OF_LAPTOPS <= given() | in_the_image()


def test_what_production_must_have_is_not_commented_out():
    commented = set(re.findall(r"^#([A-Z_]+)=", (BASE / ".env.example").read_text(), re.MULTILINE))
    required = {name for name, needed in settings_from_the_environment().items() if needed}

    assert {"SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"} <= required
    assert not required & commented


def test_no_secret_is_written_into_compose_or_the_example():
    secret = {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "POSTGRES_PASSWORD"}

    assert not secret & {name for service in SERVICES.values() for name in service.get("environment", {})}
    assert not secret & variables((BASE / ".env.example").read_text())


@pytest.mark.parametrize("service", SERVICES)
def test_every_secret_file_is_mounted_and_written_by_make_secrets(service):
    mounted = SERVICES[service].get("secrets", [])
    named = [path.rsplit("/")[-1] for name, path in SERVICES[service].get("environment", {}).items() if "_FILE" in name]
    script = (BASE / "scripts" / "make_secrets.sh").read_text()

    assert set(named) <= set(mounted) <= set(COMPOSE["secrets"])
    for secret in mounted:
        assert COMPOSE["secrets"][secret] == {"file": f"./secrets/{secret}"}
        assert f">secrets/{secret}\n" in script


@pytest.mark.parametrize(
    "image",
    [service["image"] for service in SERVICES.values()] + re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE),
)
def test_images_are_pinned_to_a_release(image):
    assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?", image)


def test_postgres_is_the_major_that_laptops_run():
    from scripts.binaries import postgres_bin

    major = re.search(r"postgres:(\d+)", SERVICES["postgres"]["image"]).group(1)
    assert postgres_bin().parent.name == f"pginstall{major}"


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "migrate"])
def test_everything_that_stays_up_is_asked_for_its_health(service):
    assert SERVICES[service]["healthcheck"]["test"]
    assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_health_checks_ask_for_parts_that_exist(service):
    from afterschool.health import PARTS

    probe = SERVICES[service]["healthcheck"]["test"]
    assert probe[:4] == ["CMD", "python", "-m", "scripts.probe"]
    assert probe[4:] and set(probe[4:]) <= {"web", *PARTS}


@pytest.mark.parametrize("service", OURS)
def test_our_containers_are_nobody_special(service):
    uid = re.search(r"--uid (\d+)", DOCKERFILE).group(1)

    assert SERVICES[service]["user"] == f"{uid}:{uid}"
    assert SERVICES[service]["read_only"] is True
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert re.search(r"^USER afterschool$", DOCKERFILE, re.MULTILINE)


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_nothing_starts_before_the_migrations_are_done(service):
    assert SERVICES[service]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_every_volume_is_declared_and_kept():
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}

    assert mounted == set(COMPOSE["volumes"])


def test_only_the_web_is_reachable_and_only_from_this_machine():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert ports == ["127.0.0.1:8000:8000"]
