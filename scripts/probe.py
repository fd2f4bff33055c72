"""`python -m scripts.probe PART …`: exits 0 when all the parts are there. The containers' health checks ask this.

A part is one of /healthz (database, redis, worker, beat), or `web`: does the process behind port 8000 answer?
"""

import http.client
import os
import sys

import django


def web_answers() -> bool:
    """Any answer of /healthz will do: a web process is not unhealthy because the worker is away."""
    host = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0]
    line = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    line.request("GET", "/healthz", headers={"Host": host})
    return line.getresponse().status in (http.HTTPStatus.OK, http.HTTPStatus.SERVICE_UNAVAILABLE)


def main(parts: list[str]) -> str | None:
    """What is missing, or nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterschool.settings")
    django.setup()
    from afterschool.health import PARTS, answers

    asks = {**PARTS, "web": web_answers}
    missing = [part for part in parts if not answers(asks[part])]
    return f"missing: {', '.join(missing)}" if missing else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
