"""Django's settings. What differs between installations comes from the environment (`environment`)."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.base.statement import read_statement
from fodfaeste.web.config.environment import FILES, STATIC, keep_loops, read_environment

HERE = Path(__file__).resolve().parent.parent
ENVIRONMENT = read_environment(os.environ)
keep_loops(os.environ, ENVIRONMENT.data, HERE.parent)

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # the pages of passkeys say when with it
    "rules",
    "csp",
    "axes",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "fodfaeste.web.base",
    "fodfaeste.web.accounts",
    "fodfaeste.web.audit",
    "fodfaeste.web.people",
    "fodfaeste.web.programme",
    "fodfaeste.web.learning",
    "fodfaeste.web.community",
    "fodfaeste.web.handover",
    "fodfaeste.web.newcomer",
    "fodfaeste.web.workplace",
    "fodfaeste.web.moving",
    "fodfaeste.web.placement",
    "fodfaeste.web.insight",
    "fodfaeste.web.api",
    "fodfaeste.web.demonstration",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Files are given as they lie; the policy of pages, after it, would take a published report's own style from it.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "fodfaeste.web.base.sessions.SessionMiddleware",
    "fodfaeste.web.base.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Who is looking, and in which office: everything after it asks `request.viewer`.
    "fodfaeste.web.accounts.middleware.ViewerMiddleware",
    # Who came by a link of their own is their person, before the logs and the wall are told who acts.
    "fodfaeste.web.newcomer.sessions.NewcomerMiddleware",
    "fodfaeste.web.placement.door.sessions.ArrivalMiddleware",
    # Nothing else opens to whoever sees persons before a second factor; what was typed when a session ended is kept.
    "fodfaeste.web.accounts.middleware.SecondFactorMiddleware",
    "fodfaeste.web.accounts.drafts.DraftsMiddleware",
    # Tells the database who acts, and writes down whose file was opened.
    "fodfaeste.web.audit.middleware.AuditMiddleware",
    # A form that has been saved has no draft any more; which drafts there are says the database to whoever acts.
    "fodfaeste.web.programme.views.drafts.SavedMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "fodfaeste.web.config.urls"
WSGI_APPLICATION = "fodfaeste.web.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Our look of the pages by which people sign in comes before that of the package they are from.
        "DIRS": [HERE / "accounts" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "fodfaeste.web.base.context.page",
                "fodfaeste.web.accounts.context.signing_in",
            ],
        },
    },
]

# The application, and whoever may change its tables. Where the environment names no owner they are the same.
DATABASES = {"default": ENVIRONMENT.database}
if ENVIRONMENT.owner != ENVIRONMENT.database:
    DATABASES["owner"] = ENVIRONMENT.owner

AUTH_USER_MODEL = "accounts.User"
# Whose file the log of reading is about; the logs import no app that stands above them.
AUDIT_PERSON_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 16}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "fodfaeste.web.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Fodfæste"
MFA_FORMS = {"add_webauthn": "fodfaeste.web.accounts.forms.PasskeyForm"}
MFA_ADAPTER = "fodfaeste.web.accounts.adapter.SecondFactorAdapter"
SECOND_FACTOR_REQUIRED = ENVIRONMENT.second_factor

# An address is what an office's own sign-in finds an account by: nobody gives themselves another one.
ACCOUNT_MAX_EMAIL_ADDRESSES = 1
SOCIALACCOUNT_ADAPTER = "fodfaeste.web.accounts.adapter.OfficeAdapter"
# By a link: a form that led to another site would be stopped by the content policy.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [{**office.app, "name": _("kontorets eget log ind")} for office in ENVIRONMENT.offices],
        "OAUTH_PKCE_ENABLED": True,
    }
}

# In the database, so that wrong codes count however many processes answer. So many accounts can be tried at once before
# the oldest counts fall out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "fodfaeste_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Six wrong passwords in a row lock an account for 30 minutes (axes, below); wrong codes are counted here.
ACCOUNT_RATE_LIMITS = {"login_failed": "12/30m/key"}
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_USERNAME_CALLABLE = "fodfaeste.web.accounts.brake.account_tried"
# By account alone: an office has one address on the net, and one who guesses must not lock everybody out.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

SESSION_COOKIE_AGE = 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.tls
SECURE_SSL_REDIRECT = ENVIRONMENT.tls
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if ENVIRONMENT.tls else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.tls
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.tls else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}

LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("Dansk")), ("en", _("Engelsk")), ("ar", _("Arabisk")), ("uk", _("Ukrainsk"))]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Copenhagen"

STATIC_URL = "static/"
STATIC_ROOT = ENVIRONMENT.data / STATIC
MEDIA_ROOT = ENVIRONMENT.data / FILES
# Files beside notes of the journal: bytes that one may have, and kinds by content (`programme.domain.files`).
NOTE_FILE_LARGEST = 10_000_000
NOTE_FILE_KINDS = (
    "application/pdf",
    "image/png",
    "image/jpeg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
    "text/plain",
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Style sheets and fonts straight from where they lie; an installation that serves many collects them first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_ROOT = ENVIRONMENT.published
WHITENOISE_INDEX_FILE = ENVIRONMENT.published is not None

# What the municipality says of accessibility, at /was/.
ACCESSIBILITY = read_statement(ENVIRONMENT.data)

# What is encrypted where it lies (CPR numbers, notes on health) is encrypted with a key made from this one.
SALT_KEY = [ENVIRONMENT.field_key]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
