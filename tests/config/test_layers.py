"""Layers of an operator."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.layers import hosts_of, read_layers

RASTER = {
    "type": "raster",
    "name": "Rues",
    "url": "https://{s}.tiles.example.org/{z}/{x}/{y}.png",
    "attribution": "© Example",
}
PMTILES = RASTER | {"type": "pmtiles", "url": "https://files.example.org/quebec.pmtiles"}
OWN = RASTER | {"url": "/tiles/{z}/{x}/{y}.png"}


def written(tmp_path, content):
    path = tmp_path / "layers.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_there_is_none_without_a_file():
    assert read_layers(None) == read_layers("") == []


def test_layers_are_read_and_their_hosts_are_known(tmp_path):
    layers = read_layers(written(tmp_path, [RASTER, PMTILES, OWN]))

    assert layers == [RASTER, PMTILES, OWN]
    assert hosts_of(layers, "raster") == ["https://*.tiles.example.org"]
    assert hosts_of(layers, "pmtiles") == ["https://files.example.org"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "cannot be read as JSON"),
        ({}, "a list of layers"),
        (["rues"], "lacks"),
        ([RASTER | {"attribution": ""}], "lacks: attribution"),
        ([RASTER | {"type": "wms"}], "use raster or pmtiles"),
        ([RASTER | {"url": "https://tiles.example.org/"}], "wants {z}"),
    ],
)
def test_a_wrong_file_says_what_is_wanted(tmp_path, content, message):
    with pytest.raises(ImproperlyConfigured, match=message):
        read_layers(written(tmp_path, content))


def test_by_default_a_page_talks_to_nobody_else(client, db):
    policy = client.get("/fr/")["Content-Security-Policy"]

    assert "http" not in policy
    assert "data:" not in policy
    assert "unsafe" not in policy
