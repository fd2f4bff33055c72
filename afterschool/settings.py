"""Settings, read from the environment. `AFTERSCHOOL_MODE=local` is a laptop, anything else is production."""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()  # NAME_FILE=/run/secrets/name is read when NAME is not set

LOCAL = env("AFTERSCHOOL_MODE", default="production") == "local"
DEBUG = False
TESTING = env.bool("AFTERSCHOOL_TESTING", default=False)

SECRET_KEY = env("SECRET_KEY", default="local machine only, never in production" if LOCAL else environ.Env.NOTSET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if LOCAL else environ.Env.NOTSET)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "afterschool.access",
    "afterschool.audit",
    "afterschool.notices",
    "afterschool.jobs",
    "afterschool.schools",
    "afterschool.plans",
    "enrollment",
    "staffing",
    "attendance",
    "billing.ledger",
    "billing",
    "billing.disclosures",
    "billing.wechat",
    "afterschool.oversight",
    "afterschool.desks",
    "afterschool.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "afterschool.access.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "afterschool.access.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
    "afterschool.refusals.SilenceMiddleware",
]

ROOT_URLCONF = "afterschool.urls"
WSGI_APPLICATION = "afterschool.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "afterschool.schools.desk.desk",
            ],
            "builtins": ["afterschool.templatetags.words"],
            "libraries": {"words": "afterschool.templatetags.words"},
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# One database. Migrations and the ledger's triggers belong to its owner; a role that cannot change ink serves.
DATABASES = {
    "default": {
        **env.db("DATABASE_URL"),
        # A test's web server answers in threads that outlive the test: none may keep the test's database open.
        "CONN_MAX_AGE": 0 if TESTING else 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
APP_DATABASE_URL = env("APP_DATABASE_URL", default="")  # read by manage.py app_role alone
REDIS_URL = env("REDIS_URL")
_socket = REDIS_URL.startswith("unix:")
# Redis databases 0 and 1; tests side by side (pytest-xdist: gw0, gw1, …) have a pair each.
_pair = 2 * int(env("PYTEST_XDIST_WORKER", default="gw0").removeprefix("gw"))


def _redis(number: int) -> str:
    """The Redis URL with a database number, written the way its reader wants it."""
    return f"{REDIS_URL}?db={number}" if _socket else f"{REDIS_URL.rstrip('/')}/{number}"


CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _redis(_pair + 1)}}

# Celery is the bell, PostgreSQL is the book: a lost task is found again by jobs.sweep.
CELERY_BROKER_URL = (
    f"{REDIS_URL.replace('unix://', 'redis+socket://', 1)}?virtual_host={_pair}" if _socket else _redis(_pair)
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "jobs.heartbeat", "schedule": 10.0},
    "sweep": {"task": "jobs.sweep", "schedule": 10.0},
    "carry-notices": {"task": "notices.carry", "schedule": 15.0},
    "open-days": {"task": "attendance.open_days", "schedule": crontab(hour="5-17", minute=0)},
    "watch-the-day": {"task": "attendance.watch", "schedule": 60.0},
    # One message a day to each family; in evening classes later than in the others.
    "tell-families": {"task": "attendance.evening", "schedule": crontab(hour="19-22", minute="*/15")},
    "clear-sessions": {"task": "access.clear_sessions", "schedule": crontab(hour=3, minute=40)},
    # Every book is read again and its head kept, after the day's last voucher (L6).
    "keep-book-heads": {"task": "ledger.keep_heads", "schedule": crontab(hour=23, minute=30)},
    # What WeChat Pay did not tell is asked.
    "ask-wechat-pay": {"task": "wechat.ask", "schedule": crontab(minute=7)},
    # D五(二)4: the sheet of the month before, on its day.
    "compose-disclosures": {"task": "disclosures.compose_due", "schedule": crontab(hour=6, minute=0)},
}

AUTH_USER_MODEL = "access.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
SESSION_ENGINE = "afterschool.access.sessions"
WHO_ASKS = "afterschool.schools.people.who_asks"
ACTOR_RESOLVER = "afterschool.schools.people.actor_for"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# What authenticate() is given, not what the form calls it.
AXES_USERNAME_FORM_FIELD = "username"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "afterschool.access.views.locked_out"
AXES_CLIENT_IP_CALLABLE = "afterschool.access.addresses.address_of"
# Reverse proxies in front of gunicorn; X-Forwarded-For is believed for just so many hops.
PROXY_COUNT = env.int("PROXY_COUNT", default=0)

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
MEDIA_ROOT = env("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = LOCAL

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_NAME = "sessionid" if LOCAL else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if LOCAL else "__Host-csrftoken"
SECURE_SSL_REDIRECT = not LOCAL and env.bool("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
# Without a proxy that overwrites it, the header is the visitor's own word.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []

# The postman's carriers. "recording" keeps what it would have sent; the development page shows it.
NOTICE_CARRIERS = {
    "email": env("EMAIL_CARRIER", default="afterschool.notices.carriers.DjangoMail"),
    "sms": env("SMS_CARRIER", default="afterschool.notices.carriers.Recording"),
    "wechat": env("WECHAT_CARRIER", default="afterschool.notices.carriers.Recording"),
}
# WeChat Pay: a folder with one TOML file a merchant and its keys (docs/operations.md). Without it no page offers it.
WECHAT_PAY_FOLDER = env("WECHAT_PAY_FOLDER", default="")
vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="afterschool@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
