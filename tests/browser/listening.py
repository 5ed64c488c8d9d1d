"""All that the server hears, for tests that want to know what a phone tells."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from django.http import HttpRequest, HttpResponse


def write_down(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Middleware that appends each request to a file: address, headers, body."""
    file = Path(os.environ["BROWSER_TEST_REQUESTS"])

    def middleware(request: HttpRequest) -> HttpResponse:
        heard = {
            "address": request.get_full_path(),
            "headers": dict(request.headers),
            "body": request.body.decode("utf-8", "replace"),
        }
        with file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(heard) + "\n")
        return get_response(request)

    return middleware
