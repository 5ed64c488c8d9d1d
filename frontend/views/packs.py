"""What a phone keeps to answer without asking: packs, and what goes with them."""

import gzip
import hashlib
import json

import brotli
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from frontend import packs
from geo.models import AdminArea


@require_safe
def pack_list(request: HttpRequest) -> HttpResponse:
    """The packs of the language of the address, with their sizes."""
    sizes = json.dumps(packs.sizes(get_language()), ensure_ascii=False)
    return _sent(request, brotli.compress(sizes.encode(), quality=packs.QUICK))


@require_safe
def pack(request: HttpRequest, code: str) -> HttpResponse:
    """The pack of a region, or `all`."""
    try:
        return _sent(request, packs.region_pack(code, get_language()))
    except AdminArea.DoesNotExist as error:
        raise Http404 from error


@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """Municipalities, regions and postal codes."""
    return _sent(request, packs.areas())


@require_safe
def vocabulary(request: HttpRequest) -> HttpResponse:
    """The words of needs, for the search on the phone."""
    return _sent(request, packs.vocabulary())


def _sent(request: HttpRequest, packed: bytes) -> HttpResponse:
    """JSON as the browser takes it, with a strong ETag of these very bytes."""
    encodings = _encodings(request)
    content, headers = brotli.decompress(packed), {"Vary": "Accept-Encoding"}
    if "br" in encodings:
        content, headers["Content-Encoding"] = packed, "br"
    elif "gzip" in encodings:
        content, headers["Content-Encoding"] = gzip.compress(content, mtime=0), "gzip"
    etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers["ETag"] = etag
    response = HttpResponse(content, content_type="application/json", headers=headers)
    patch_cache_control(response, no_cache=True)
    return get_conditional_response(request, etag=etag, response=response)


def _encodings(request: HttpRequest) -> set[str]:
    """What the browser can unpack; `br;q=0` says that it cannot."""
    offers = request.headers.get("Accept-Encoding", "").lower().replace(" ", "").split(",")
    parts = (offer.partition(";q=") for offer in offers)
    return {name for name, _separator, weight in parts if weight.strip("0.") or not weight}
