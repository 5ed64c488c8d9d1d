"""An error that no view handles has the shape of its side of the site."""

import pytest


def test_a_request_that_cannot_be_read_is_a_problem_for_the_api(client):
    response = client.get("/api/v1/needs/", headers={"host": "somewhere.else"})

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 400


@pytest.mark.django_db
def test_a_request_that_cannot_be_read_is_a_page_elsewhere(client):
    response = client.get("/es/", headers={"host": "somewhere.else"})

    assert response.status_code == 400
    assert b'<html lang="es">' in response.content
