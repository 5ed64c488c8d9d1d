"""A message that tells who wrote it is refused; one that tells what is wrong is not."""

from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from geo.personal import refuse_contact_details

TELLING = [
    # Numbers as people write them
    "Appelez-moi au 514 555-0123",
    "5145550123",
    "(418) 555-0123",
    "418.555.0123",
    "+1 819 555 0123",
    "1-800-555-0123 pero no contestan, llámeme al 819-555-0199",
    "mi whatsapp es 5 1 4 5 5 5 0 1 2 3",
    "555-0123",
    "514/555/0123",
    "514_555_0123",
    "514,555,0123",
    "514 – 555 – 0123",
    "tel.: 06.12.34.56.78",
    "+52 55 5555 0123",
    "+502 5555-0123",
    "llámame: 514*555*0123",
    "5 14 55 50 12 3",
    "my number 514 . 555 . 0123",
    # Digits in disguise
    "５１４ ５５５ ０１２３",
    "٥١٤ ٥٥٥ ٠١٢٣",
    "5️⃣1️⃣4️⃣5️⃣5️⃣5️⃣0️⃣1️⃣2️⃣3️⃣",
    "⑤①④⑤⑤⑤⓪①②③",
    "⁵¹⁴⁵⁵⁵⁰¹²³",
    "5\u200b1\u200b4\u200b5\u200b5\u200b5\u200b0\u200b1\u200b2\u200b3",
    "5l4 555 O123",
    # Numbers in words
    "cinq un quatre, cinq cinq cinq, zéro un deux trois",
    "quatre cent dix-huit, cinq cent cinquante-cinq, zéro un vingt-trois",
    "five one four five five five zero one two three",
    "cinco uno cuatro cinco cinco cinco cero uno dos tres",
    "cinco uno cuatro guion cinco cinco cinco guion cero uno dos tres",
    "514 cinq cinq cinq 0123",
    # Files
    "Mon NAS est 123 456 789",
    "mi pasaporte es G12345678",
    "permit U123456",
    "IUC 11-2233-4455",
    # E-mail
    "jean@example.org",
    "jean @ example . org",
    "jean(at)example.org",
    "jean [at] example dot org",
    "juan arroba example punto com",
    "jean arobase example point ca",
    "jean at example dot com",
    "juanito gmail punto com",
    "écrivez à jean＠example．org",
    "sígueme en @juanito",
    # Links
    "https://example.org/moi",
    "voyez www.example.org",
    "example.com/juan",
    "wa.me/inventado",
    "hxxp://example",
    "facebook.com/inventado",
    "example punto com",
]

HARMLESS = [
    "",
    "Le numéro ne répond pas.",
    "C'est fermé depuis le 22 novembre 2026",
    "Fermé depuis 2026-11-22",
    "cerrado desde el 22/11/2026",
    "cerrado desde el 22-11-26",
    "closed since 22.11.2026.",
    "Ouvert de 8 h 30 à 16 h 30",
    "9:00-17:00",
    "El martes abren a las 14.",
    "Il y a 3 interprètes et 2 agents",
    "lundi au vendredi 9h00-12h00, 13h00-16h30",
    "L-V 8.30-16.30",
    "lunes 8:30 a 12:00 y 13:00 a 17:00",
    "24/7, 365 jours par année",
    "Mon-Fri 9 to 5, Sat 10 to 4",
    "J'ai attendu 3 heures, 2 fois",
    "Ils demandent 50 $",
    "Me cobraron 1 250,00 $",
    "It costs $12,345.67 now",
    "cuesta 150 dólares, no 100",
    "1 500 000 $ de projets",
    "C'est 25,50 $ par mois, puis 30,75 $",
    "20 % de plus",
    "G4X 1A1",
    "H2X 1Y4, bureau 200",
    "Déménagé au 1055, boulevard René-Lévesque Est",
    "L'adresse est 305, rue Saint-Vallier, bureau 1200",
    "12345 rue Principale, app. 6",
    "125 route 132 Ouest",
    "Local 101, 102, 103",
    "deuxième étage, porte 204",
    "Autobus 11 et 22, puis 33",
    "811 et 211 ne répondent pas",
    "Composez le 811, option 1 ou 2",
    "le poste 225 n'existe plus",
    "Ils étaient ouverts en 2019, 2021 et 2022",
    "programa 2019-2021, 2022-2023",
    "No hablan español, solo inglés y francés",
    "They only speak French on Monday.",
    "un, deux ou trois jours par semaine",
    "de neuf heures à dix-sept heures",
    "nine to five, Monday to Friday",
    "esperé dos o tres horas, una vez cuatro",
    "Éramos cinco trabajadores y una señora",
    "Il faut être 2 et venir à 10 h",
    "C'est à 12 km, pas à 3 km",
    "Está en el kilómetro 12.5",
    "À ce point, ça ne sert à rien.",
    "Le site Web ne marche pas",
    "They do not help people with a closed permit",
    "No atienden sin cita. Es mejor llamar.",
    "Je ne suis pas allé: trop loin, 45 min en auto",
]


@pytest.mark.parametrize("text", TELLING)
def test_what_tells_who_wrote_is_refused(text):
    with pytest.raises(ValidationError):
        refuse_contact_details(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_tells_only_what_is_wrong_is_taken(text):
    refuse_contact_details(text)


def test_both_lists_are_long_enough_to_mean_something():
    assert len(TELLING) >= 50
    assert len(HARMLESS) >= 50


@given(
    st.from_regex(r"[2-9]\d{2}[2-9]\d{6}", fullmatch=True),
    st.sampled_from(["", " ", "-", ".", " - ", ") ", "/"]),
    st.sampled_from(["", "Appelez le ", "tel:", "mi número: "]),
)
def test_no_number_of_ten_digits_passes_however_it_is_grouped(digits, between, before):
    written = between.join([digits[:3], digits[3:6], digits[6:]])

    with pytest.raises(ValidationError):
        refuse_contact_details(before + written)


@given(st.text(max_size=500))
def test_any_text_gets_an_answer(text):
    with suppress(ValidationError):
        refuse_contact_details(text)
