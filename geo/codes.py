"""The code that a person carries, and the secrets of links and tokens (pure).

A code is 8 signs of Crockford's base 32 without vowels: no word can come out of it, no sign looks
like another, and it says nothing. 30⁸ is 39 bits; who guesses online is stopped by a limit.
"""

import hashlib
import hmac
import secrets

ALPHABET = "0123456789BCDFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8
DIGEST_LENGTH = 64

# What people read or write for a sign of the alphabet (Crockford).
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A new code, by chance."""
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))


def read_code(text: str) -> str | None:
    """What a person typed as a code, or None if it is none: `k7qm-0o2r` is `K7QM002R`."""
    code = "".join(sign for sign in text.upper() if sign.isalnum()).translate(_READ_AS)
    is_code = len(code) == CODE_LENGTH and all(sign in ALPHABET for sign in code)
    return code if is_code else None


def spaced(code: str) -> str:
    """A code as it is shown and said: `K7QM 002R`."""
    return f"{code[:4]} {code[4:]}"


def new_secret() -> str:
    """256 bits by chance, as the text of a link or a token."""
    return secrets.token_urlsafe(32)


def digest(purpose: str, text: str, key: str) -> str:
    """What is kept of a code or a secret, so that it can be found and not be read.

    Keyed (HMAC-SHA-256), since codes are short enough to be tried from a stolen database alone.

    Args:
        purpose: what the text is for; equal texts of two purposes have nothing in common.
        text: the code, or the secret.
        key: the site's secret key, which is not in the database.
    """
    salted = hashlib.sha256(f"repere:{purpose}:{key}".encode()).digest()
    return hmac.new(salted, text.encode(), hashlib.sha256).hexdigest()
