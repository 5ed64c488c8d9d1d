"""Packs as they are sent: data, pieces of pages, compressed, kept in files.

A file is good as long as its key stands: the key changes with the directory, with the code and
its texts, and with the day, when the hours of the next 14 days begin anew. Without a database,
the last files serve for a week.
"""

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from time import time
from typing import Any
from uuid import UUID

import brotli
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import InterfaceError, OperationalError
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import override

from frontend.views.resources import sheets
from geo import packs
from geo.models import AdminArea, Resource, Service
from geo.opening import start_of_table
from geo.understanding import vocabulary_payload

# Without a database, an older copy is not served any more.
GOOD_FOR = timedelta(days=7)

# Ten times as fast as the best quality of brotli, for a tenth more bytes.
QUICK, BEST = 5, 11

# What the map needs beside the files of every page.
MAP_FILES = (
    "leaflet/leaflet.js",
    "leaflet/leaflet.extras.js",
    "leaflet/leaflet.css",
    "map.js",
    "basemap.topojson",
)

# What the answer is made of beside the directory.
_MADE_WITH = ("geo/**/*.py", "frontend/**/*.py", "frontend/templates/**/*.html", "*/locale/**/*.mo")

# Stands in an address for the key of any service.
_NOBODY = UUID(int=0)

# One builds, the others of this process wait for what it builds.
_building = Lock()

# Where nothing can be written, packs are kept here: name to key and content.
_in_memory: dict[str, tuple[str, bytes]] = {}


def region_pack(code: str, language: str) -> bytes:
    """The pack of a region, or of the province, in brotli.

    Raises:
        AdminArea.DoesNotExist: no such region.
    """

    def made() -> dict[str, Any]:
        if code not in _names():
            raise AdminArea.DoesNotExist(code)
        return Fragments([code], language).pack(code)

    return _kept(f"{code}.{language}", made)


def areas() -> bytes:
    """Where the phone finds places, in brotli."""
    return _kept("areas", packs.areas)


def vocabulary() -> bytes:
    """The words that people use for their needs, in brotli."""
    return _kept("vocabulary", vocabulary_payload)


def _names() -> dict[str, str]:
    regions = AdminArea.objects.regions().values_list("code", "name")
    return dict([*regions, (packs.EVERYWHERE, AdminArea.objects.province().get().name)])


def build_all(language: str) -> None:
    """Build all packs of a language that are not there or not as the directory is now."""
    key = _key()
    missing = [code for code in _names() if not _read(f"{code}.{language}", key)]
    fragments = Fragments(missing, language)
    for code in missing:
        _kept(f"{code}.{language}", partial(fragments.pack, code))


def sizes(language: str) -> dict[str, Any]:
    """Each pack of a language, the province last, and `shared_bytes`: what the first one needs too.

    A pack has its `code`, `name`, `version` and `bytes` as they travel. To build all 18 of them
    takes many seconds: after a change of the directory the size is that of the last pack, of one
    that nobody asked for yet an estimate, and the version of both is null.
    """
    names = _names()
    last = {code: _newest(f"{code}.{language}") for code in names}
    estimates = _estimates(language, [code for code in names if not last[code]])
    key = _key()
    rows = []
    for code, name in names.items():
        found_key, content = last[code] or ("", b"")
        version = _version(content) if found_key == key else None
        size = len(content) or estimates[code]
        rows.append({"code": code, "name": name, "version": version, "bytes": size})
    shared = len(areas()) + len(vocabulary()) + _map_bytes()
    return {"packs": rows, "shared_bytes": shared}


def _estimates(language: str, codes: list[str]) -> dict[str, int]:
    """About how many bytes some packs will have, rather more than less; found once, then kept."""
    name = f"sizes.{language}"
    newest = _newest(name)
    known = _data(newest[1])["bytes"] if newest else {}
    missing = [code for code in codes if code not in known]
    if missing:
        fragments = Fragments(missing, language)
        for code in missing:
            known[code] = len(brotli.compress(_json(fragments.pack(code)), quality=QUICK))
        _keep(name, _key(), {"bytes": known})
    return known


@cache
def _map_bytes() -> int:
    """What the files of the map weigh on their way; those of a build that is absent, nothing."""
    found = filter(None, map(finders.find, MAP_FILES))
    return sum(len(brotli.compress(Path(file).read_bytes(), quality=QUICK)) for file in found)


class Fragments:
    """Pieces of pages for some packs of one language, each rendered once."""

    def __init__(self, codes: list[str], language: str) -> None:
        """Read the directory, and render nothing yet."""
        self.language = language
        self._directory = packs.read_directory(codes)
        self._cards: dict[Any, str] = {}
        self._sheets: dict[Any, str] = {}

    def pack(self, code: str) -> dict[str, Any]:
        """A pack with its cards and its details."""
        with override(self.language):
            rows = self._directory.of(code)
            services = list({row.service_id: row for row in rows}.values())
            self._render(rows, services)
            pack = packs.pack_of(self._directory, code, self.language)
            for resource, row in zip(pack["resources"], rows, strict=True):
                resource["card"] = self._cards[row.pk]
            for alert, shown in zip(pack["alerts"], self._directory.alerts_of(code), strict=True):
                alert["html"] = self._rendered("includes/alert.html", {"alert": shown})
            # The same below every service: the phone puts it where the comment stands.
            pack["feedback"] = {
                "id": str(_NOBODY),
                "html": self._rendered("includes/feedback.html", {"service": Service(pk=_NOBODY)}),
            }
            pack["details"] = [self._sheets[row.service_id] for row in services]
        return pack

    def _render(self, rows: list[Resource], services: list[Resource]) -> None:
        for row in rows:
            if row.pk not in self._cards:
                self._cards[row.pk] = self._rendered("includes/card.html", {"resource": row})
        new = [row for row in services if row.service_id not in self._sheets]
        for context in sheets(new):
            key = context["service"].pk
            self._sheets[key] = self._rendered("includes/sheet.html", context)

    def _rendered(self, template: str, context: dict[str, Any]) -> str:
        """A piece of a page as it is at the start of the hours, for whoever reads it."""
        shared = {
            "LANGUAGE_CODE": self.language,
            "language": self.language,
            "in_pack": True,
            "now": self._directory.now,
        }
        html = get_template(template).render(context | shared)
        return re.sub(r"\s+", " ", html).strip()


def _kept(name: str, make: Callable[[], dict[str, Any]]) -> bytes:
    """The content kept under a name, made again if its key is another one.

    Raises:
        OperationalError: there is no database, and no copy that is young enough.
    """
    try:
        key = _key()
        if content := _read(name, key):
            return content
        with _building:
            return _read(name, key) or _keep(name, key, make())
    except (OperationalError, InterfaceError):
        if newest := _newest(name, younger_than=GOOD_FOR):
            return newest[1]
        raise


def _key() -> str:
    day = start_of_table(timezone.now()).isoformat()
    parts = [str(packs.FORMAT), code_stamp(), packs.directory_stamp(), day]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


@cache
def code_stamp() -> str:
    """A digest of code, templates and words: nothing kept outlives a new version of the site."""
    digest = hashlib.sha256()
    for pattern in _MADE_WITH:
        for file in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _folder() -> Path:
    return Path(settings.PACKS_DIR)


def _read(name: str, key: str) -> bytes | None:
    if name in _in_memory and _in_memory[name][0] == key:
        return _in_memory[name][1]
    with suppress(FileNotFoundError, NotADirectoryError):
        return (_folder() / f"{name}.{key}.br").read_bytes()
    return None


def _newest(name: str, younger_than: timedelta | None = None) -> tuple[str, bytes] | None:
    """The key and the content of the last copy."""
    if name in _in_memory:
        return _in_memory[name]
    oldest = time() - younger_than.total_seconds() if younger_than else 0
    found = []
    for file in _folder().glob(f"{name}.*.br"):
        with suppress(FileNotFoundError):
            found.append((file.stat().st_mtime, file.suffixes[-2][1:], file.read_bytes()))
    if not found or max(found)[0] < oldest:
        return None
    return max(found)[1:]


def _keep(name: str, key: str, data: dict[str, Any]) -> bytes:
    version = hashlib.sha256(_json(data)).hexdigest()[:12]
    newest = _newest(name)
    if newest and _version(newest[1]) == version:
        # The same bytes: browsers that have them fetch nothing.
        content = newest[1]
    else:
        made = timezone.localdate().isoformat()
        content = brotli.compress(_json({"version": version, "made": made} | data), quality=BEST)
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        old = list(_folder().glob(f"{name}.*.br"))
        with NamedTemporaryFile(dir=_folder(), suffix=".draft", delete=False) as draft:
            draft.write(content)
        Path(draft.name).replace(_folder() / f"{name}.{key}.br")
        for file in old:
            if file.name != f"{name}.{key}.br":
                file.unlink(missing_ok=True)
    except OSError:
        _in_memory[name] = (key, content)
    return content


def _version(content: bytes) -> str:
    return _data(content)["version"]


def _data(content: bytes) -> dict[str, Any]:
    return json.loads(brotli.decompress(content))


def _json(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
