"""Telephone numbers as people read and dial them."""

import phonenumbers


def dial_uri(number: str, extension: str = "") -> str:
    """The `tel:` address of a number (RFC 3966); a short number as 811 stays short."""
    return f"tel:{number};ext={extension}" if extension else f"tel:{number}"


def whatsapp_uri(number: str) -> str:
    """The address that opens WhatsApp with a number, when a person taps it."""
    return f"https://wa.me/{number.removeprefix('+')}"


def read_number(text: str) -> str:
    """A number as people write it to the way it is kept: `514 555-0123` to `+15145550123`.

    One without a country is of Canada.

    Raises:
        ValueError: nobody can dial it, or an extension stands in it.
    """
    try:
        parsed = phonenumbers.parse(text, "CA")
    except phonenumbers.NumberParseException as error:
        raise ValueError(str(error)) from error
    if parsed.extension or not phonenumbers.is_valid_number(parsed):
        raise ValueError("Not a number that can be dialled.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def spoken(number: str) -> str:
    """A number as it is written in Québec: `+15145550123` to `514 555-0123`.

    A number that one may call without charge keeps its 1: `1 800 555-0123`. Numbers of other
    countries are written the international way.
    """
    if not number.startswith("+"):
        return number
    parsed = phonenumbers.parse(number)
    if parsed.country_code != 1:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    digits = phonenumbers.national_significant_number(parsed)
    local = f"{digits[:3]} {digits[3:6]}-{digits[6:]}"
    free = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.TOLL_FREE
    return f"1 {local}" if free else local
