"""Reading a page as a person does."""

import re

from django.urls import reverse
from django.utils.translation import override


def visit(client, name: str, **question) -> str:
    """The content of a page in English, with one space between two words."""
    with override("en"):
        response = client.get(reverse(name), question)
    assert response.status_code == 200
    body = response.content.decode().split("<main", 1)[1]
    return re.sub(r"\s+", " ", body)


def words(html: str) -> str:
    """What is left without the tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
