"""A mail server on this machine that does what it is told: takes mails, refuses, drops, hangs."""

import socket
import threading
from contextlib import contextmanager

GREETING = b"220 mail.example ESMTP\r\n"


class MailServer:
    """Speaks as much SMTP as `smtplib` asks for.

    Attributes:
        port: where it listens, on 127.0.0.1.
        taken: the mails that it answered 250 to.
    """

    def __init__(self, behaviour: str = "takes") -> None:
        self.behaviour = behaviour
        self.taken: list[str] = []
        self.calls = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # or the call that waits takes one more
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self.calls += 1
            threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            if self.behaviour == "hangs":
                lines.read()  # until the other side has had enough
                return
            connection.sendall(GREETING)
            for line in lines:
                word = line[:4].upper()
                if word == b"QUIT":
                    connection.sendall(b"221 bye\r\n")
                    return
                if word == b"RCPT" and self.behaviour == "refuses":
                    connection.sendall(b"550 no such mailbox\r\n")
                elif word == b"DATA":
                    connection.sendall(b"354 go on\r\n")
                    mail = b"".join(iter(lines.readline, b".\r\n")).decode()
                    if self.behaviour == "drops":
                        return
                    self.taken.append(mail)
                    if self.behaviour == "drops after":
                        return
                    connection.sendall(b"250 taken\r\n")
                else:
                    connection.sendall(b"250 mail.example\r\n")


@contextmanager
def mail_server(settings, behaviour: str = "takes"):
    """A server, and settings that lead to it."""
    server = MailServer(behaviour)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_TIMEOUT = 0.5
    try:
        yield server
    finally:
        server.close()
