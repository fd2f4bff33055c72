#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterschool.settings")
    # Policies are tried on files alone, also where neither a server nor a database is set up.
    if sys.argv[1:2] == ["policy"] and not os.environ.keys() & {"AFTERSCHOOL_MODE", "SECRET_KEY", "SECRET_KEY_FILE"}:
        os.environ |= {
            "AFTERSCHOOL_MODE": "local", "DATABASE_URL": "postgresql:///none", "REDIS_URL": "redis://none"
        }  # fmt: skip
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
