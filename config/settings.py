"""One settings file; environments differ by environment variables only.

The variables are listed in `docs/operations.md`; a test keeps that table true.
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.cluster import DATABASE, PORT, ROLE, socket_folder
from config.layers import hosts_of, read_layers
from config.native import bundled_library, use_bundled_data

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"


def _flag(name: str, default: str = "0") -> bool:
    value = os.environ.get(name, default).lower()
    if value not in {"0", "1", "true", "false", "yes", "no", ""}:
        raise ImproperlyConfigured(f"{name} wants 1 or 0, not {value!r}.")
    return value in {"1", "true", "yes"}


def _words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def _secret_key() -> str:
    """From the environment, else from `var/secret-key`, else good for this process only."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    kept = VAR_DIR / "secret-key"
    if kept.exists():
        return kept.read_text().strip()
    return secrets.token_urlsafe(50)


def _mail_password() -> str:
    """From the environment, else from a file that the environment names."""
    if path := os.environ.get("EMAIL_HOST_PASSWORD_FILE"):
        return Path(path).read_text().strip()
    return os.environ.get("EMAIL_HOST_PASSWORD", "")


def _database(url: str | None) -> dict:
    """`postgis://user:password@host:port/name?sslmode=require`, or the project's own cluster."""
    common = {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        # Persistent connections, checked before use: no pool, which would hide an outage.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
    options: dict[str, object] = {
        "connect_timeout": 2,
        # The planner overrates our questions and compiles them: 91 ms instead of 7 (measured).
        "options": "-c jit=off",
    }
    if not url:
        return common | {
            "NAME": DATABASE,
            "USER": ROLE,
            "HOST": str(socket_folder()),
            "PORT": str(PORT),
            "OPTIONS": options,
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgis", "postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "DATABASE_URL wants postgis://user:password@host:port/name: PostGIS is the only "
            "database that will do."
        )
    for pair in filter(None, parts.query.split("&")):
        key, _equals, value = pair.partition("=")
        options[key] = unquote(value)
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return common | {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def _quick_exit_urls(url: str | None) -> dict[str, str]:
    """The operator's page for all languages, else the weather of Environment Canada."""
    if not url:
        french, english = "https://meteo.gc.ca/", "https://weather.gc.ca/"
        return {"fr": french, "en": english, "es": french}
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ImproperlyConfigured(f"QUICK_EXIT_URL wants an address with https://, not {url!r}.")
    return dict.fromkeys(["fr", "en", "es"], url)


DEBUG = _flag("DEBUG")
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = _words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
# True where the site is served over HTTPS: cookies, redirects and HSTS follow.
HTTPS = _flag("HTTPS")
BEHIND_PROXY = _flag("BEHIND_PROXY")

use_bundled_data()
GDAL_LIBRARY_PATH = os.environ.get("GDAL_LIBRARY_PATH") or str(bundled_library())
GEOS_LIBRARY_PATH = os.environ.get("GEOS_LIBRARY_PATH") or GDAL_LIBRARY_PATH

INSTALLED_APPS = [
    "geo",
    "api",
    "frontend",
    "config.apps.VerifiedAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.gis",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "drf_spectacular",
    "leaflet",
    "rest_framework",
    "rest_framework_gis",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.privacy.PositionNotStored",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "config.sessions.SessionEnds",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": _database(os.environ.get("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "geo.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "network-login"
LOGIN_REDIRECT_URL = "network-inbox"
# A session ends with the browser, with the working day, and after an hour of idleness
# (`config.sessions`).
SESSION_COOKIE_AGE = 8 * 3600
SESSION_IDLE_AGE = 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
PASSWORD_RESET_TIMEOUT = 3600
OTP_TOTP_ISSUER = "Repère"
# An administrator may take a lost device away, and see no key.
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

# Five wrong passwords for one account from one address: half an hour of waiting, whatever comes.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "frontend.rate.address_of"
# `authenticate` calls it so, whatever the account calls it: else the lock is never found again.
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "frontend.locking.account_of"
AXES_LOCKOUT_CALLABLE = "frontend.locking.locked"
AXES_ENABLE_ADMIN = False
# Who signed in when stands in the account; where from is nobody's business.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "password", "ip_address", "user_agent", "next"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "geo" / "locale", BASE_DIR / "frontend" / "locale"]
TIME_ZONE = "America/Toronto"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    folder
    for folder in (BASE_DIR / "frontend" / "dist", BASE_DIR / "frontend" / "static")
    if folder.is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Where packs for phones are kept: made again when lost, in memory where nothing can be written.
PACKS_DIR = Path(os.environ.get("PACKS_DIR") or VAR_DIR / "packs")

REST_FRAMEWORK = {
    # The public API knows nobody: no session is read, so no cookie is ever set or needed.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.errors.problem_response",
    "URL_FORMAT_OVERRIDE": None,
    # Whose wrong keys are counted: behind a proxy, the address that the proxy itself wrote.
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Repère",
    "DESCRIPTION": (
        "Help for temporary foreign workers in Québec, as GeoJSON. Longitude comes before "
        "latitude; distances are geodesic metres; what is not known is null, never guessed."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATIONS": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.nullable_geometry",
    ],
    "ENUM_NAME_OVERRIDES": {
        "OrganizationKind": "geo.choices.OrganizationKind",
        "PhoneType": "geo.choices.PhoneType",
        "CoverageBasis": "geo.choices.CoverageBasis",
        "CoverageClass": "geo.choices.CoverageClass",
        "CoverageStatus": "geo.choices.CoverageStatus",
        "CoverageLevel": ["region", "mrc"],
        "CapacityLevel": "geo.choices.CapacityLevel",
        "ReferralStatus": "geo.choices.ReferralStatus",
        "ReferralOutcome": "geo.choices.ReferralOutcome",
        "ReferralMove": "api.referrals.bodies.MOVED_TO",
        "SpokenLanguage": "api.referrals.fields.SPOKEN",
        "PlaceKind": ["municipality", "region", "postal_code"],
    },
}

# Where people find the site: what links in mails begin with.
SITE_URL = (
    os.environ.get("SITE_URL") or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
).rstrip("/")

# Mails wait in the outbox, and `manage.py run_jobs` sends them (docs/adr/0020). Without a server
# each is written to a file, so that nothing is lost and links can be tried.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_USE_TLS = _flag("EMAIL_USE_TLS", "1")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or (587 if EMAIL_USE_TLS else 25))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _mail_password()
EMAIL_TIMEOUT = 10  # seconds, of each step
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or "Repère <repere@localhost>"

# Where "leave fast" goes, by language: a page that tells nothing, and that nobody is logged in to.
QUICK_EXIT_URLS = _quick_exit_urls(os.environ.get("QUICK_EXIT_URL"))

# Conventions of coverage that differ from `geo.coverage.parameters.Parameters`, by name.
COVERAGE: dict[str, object] = {}

# Layers that an operator adds to the base map (see docs/operations.md). None by default: a
# visitor's browser talks to this server only.
MAP_LAYERS = read_layers(os.environ.get("MAP_LAYERS_FILE"))

LEAFLET_CONFIG = {
    "TILES": [],
    "RESET_VIEW": False,
    "SCALE": None,
    "ATTRIBUTION_PREFIX": "",
    "NO_GLOBALS": True,
    "SPATIAL_EXTENT": (-80.0, 44.0, -56.0, 63.5),
    "DEFAULT_CENTER": (46.8, -71.2),
    "DEFAULT_ZOOM": 8,
    "MIN_ZOOM": 4,
    "MAX_ZOOM": 17,
    "FORCE_IMAGE_PATH": f"{STATIC_URL}leaflet/images/",
    "PLUGINS": {"forms": {"js": ["admin_basemap.js"]}},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, *hosts_of(MAP_LAYERS, "raster")],
        "connect-src": [SELF, *hosts_of(MAP_LAYERS, "pmtiles")],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, str | list[str]] = {
    "geolocation": "self",
    "camera": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
# `no-referrer` would break signing in: browsers then send `Origin: null`.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = _words("CSRF_TRUSTED_ORIGINS")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_position": {"()": "config.privacy.NoPosition"}},
    "formatters": {
        "private": {
            "()": "config.privacy.PrivateFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["no_position"],
            "formatter": "private",
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
