"""A WSGI application that repeats what it was asked in everything it raises."""


def application(environ, start_response):
    asked = f"{environ['RAW_URI']} {environ.get('HTTP_REFERER')} {environ.get('HTTP_X_POSITION')}"
    if environ["PATH_INFO"].startswith("/boom"):
        raise ValueError(asked)
    if environ["PATH_INFO"].startswith("/bad-header"):
        start_response("200 OK", [("X-Echo", f"{asked}\n")])
        return [b""]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
