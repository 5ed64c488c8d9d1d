"""Our template of the map, in place of django-leaflet's."""

from django.template import Context, Template

PAGE = '{% load leaflet_tags %}{% leaflet_map "map" %}'
ADMIN = (
    '{% load leaflet_tags %}{% leaflet_map "map" callback="edit" loadevent="load" csp_nonce="n1" %}'
)


def test_a_page_gets_the_options_of_the_map_as_data_and_no_script():
    html = Template(PAGE).render(Context())

    assert "<script" not in html
    assert 'data-djoptions="{&quot;' in html


def test_the_editor_of_positions_keeps_its_script_with_a_nonce():
    html = Template(ADMIN).render(Context())

    assert '<script nonce="n1">' in html
    assert "callback: edit" in html
