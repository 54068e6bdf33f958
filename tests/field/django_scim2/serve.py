"""An endpoint on django-scim2, to see what `weir check` says of a library that others wrote:

pip install django-scim2==0.23.0 'django>=5,<6' waitress && python serve.py 18097
"""

import sys
import tempfile
from pathlib import Path

import django
from django.conf import settings

PORT = sys.argv[1] if len(sys.argv) > 1 else "18097"
FOLDER = tempfile.TemporaryDirectory()

settings.configure(
    SECRET_KEY="for this example alone",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="serve",
    USE_TZ=True,
    AUTH_USER_MODEL="people.User",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "people", "django_scim"],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    MIDDLEWARE=["people.token.Token", "django_scim.middleware.SCIMAuthCheckMiddleware"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": Path(FOLDER.name) / "people.sqlite",
            "OPTIONS": {"timeout": 30, "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF"},
        }
    },
    SCIM_SERVICE_PROVIDER={
        "NETLOC": f"127.0.0.1:{PORT}",
        "SCHEME": "http",
        "GROUP_MODEL": "people.models.Group",
        "WWW_AUTHENTICATE_HEADER": 'Bearer realm="people"',
        "AUTHENTICATION_SCHEMES": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer",
                "description": "a bearer token",
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
            }
        ],
    },
)
sys.modules["serve"] = sys.modules["__main__"]
django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402
from waitress import serve  # noqa: E402

call_command("migrate", "--run-syncdb", verbosity=0)
urlpatterns = [path("scim/v2/", include("django_scim.urls"))]

if __name__ == "__main__":
    print("ready", flush=True)
    serve(get_wsgi_application(), host="127.0.0.1", port=int(PORT), threads=8)
