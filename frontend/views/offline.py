"""What makes the site an application that works without a network."""

import hashlib
import json
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from frontend.packs import MAP_FILES, code_stamp
from geo.translation import LANGUAGES

# Colours of `icon.svg` and of the page: before the style sheet is there, the phone paints these.
THEME = "#0b3c42"
PAPER = "#f6f5f1"

ICONS = (
    ("icon.svg", "any", "image/svg+xml", "any"),
    ("icon-192.png", "192x192", "image/png", "any"),
    ("icon-512.png", "512x512", "image/png", "any"),
    ("icon-maskable-512.png", "512x512", "image/png", "maskable"),
)

# Files of the pages that are always kept: another one of these makes another version.
_SHELL_FILES = ("app.css", "home_page.js", "local.js", "page.js", "region_page.js")

# Stands for the name of anything where only the address around it is wanted.
_ANYTHING = UUID(int=0)


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that answers for the site when the network does not; its scope is the root."""
    script = f"self.SITE={json.dumps(_site(), ensure_ascii=False)};\n{_built_script()}"
    etag = f'"{hashlib.sha256(script.encode()).hexdigest()[:16]}"'
    response = HttpResponse(
        script, content_type="text/javascript; charset=utf-8", headers={"ETag": etag}
    )
    patch_cache_control(response, no_cache=True)
    return get_conditional_response(request, etag=etag, response=response)


def _site() -> dict:
    """What the service worker has to know, with a version that changes with any of it."""
    site = {
        "language": settings.LANGUAGE_CODE,
        "files": settings.STATIC_URL,
        "map": [static(name) for name in MAP_FILES],
        # Pages name them, and do without them until the map is opened.
        "apart": [static(name) for name in (*MAP_FILES, "pmtiles_layer.js")],
        "languages": {code: _addresses(code) for code in LANGUAGES},
    }
    styled = [static(name) for name in _SHELL_FILES]
    content = json.dumps([site, styled, code_stamp()]) + _built_script()
    return site | {"version": hashlib.sha256(content.encode()).hexdigest()[:12]}


def _addresses(code: str) -> dict:
    with override(code):
        resource = reverse("resource", args=[_ANYTHING])
        return {
            "home": reverse("home"),
            "offline": reverse("offline"),
            "favourites": reverse("favourites"),
            "region": reverse("region-list"),
            "resource": resource.removesuffix(f"{_ANYTHING}/"),
            "title": f"{_('Details')} – Repère",
            # The way out erases what is kept: it must reach the server, or nothing. Nothing of a
            # referral, and nothing of the network of organizations, is kept by a phone.
            "leftAlone": [
                reverse("exit"),
                reverse("pack-list"),
                reverse("worker-code"),
                reverse("network-inbox"),
            ],
        }


@cache
def _built_script() -> str:
    path = finders.find("service_worker.js")
    if path is None:
        raise Http404("frontend/dist/service_worker.js is absent: run `npm run build`.")
    return Path(path).read_text(encoding="utf-8")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What this phone keeps; also the frame of pages that it makes without a network."""
    return render(request, "offline.html", {"is_frame": True})


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """How the phone installs the site: a name and an icon that say nothing to who looks over."""
    home = reverse("home")
    description = _("Services and places in Québec, near you.")
    return JsonResponse(
        {
            "id": "/",
            "name": "Repère",
            "short_name": "Repère",
            "description": description,
            "lang": get_language(),
            "dir": "ltr",
            "start_url": home,
            "scope": "/",
            "display": "standalone",
            "theme_color": THEME,
            "background_color": PAPER,
            "icons": [
                {"src": static(name), "sizes": sizes, "type": kind, "purpose": purpose}
                for name, sizes, kind, purpose in ICONS
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
