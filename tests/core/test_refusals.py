"""A refusal is put into words where it is drawn, in the reader's language."""

from django.utils.translation import override

from market.core.errors import Refused
from market.items.errors import ItemIncomplete, WrongState
from market.purchases.errors import CartFull
from market.users.errors import UsernameTaken


def in_german(refusal):
    with override("de"):
        return str(refusal)


def test_it_is_english_at_home_and_german_for_germans():
    refusal = UsernameTaken()

    assert str(refusal) == "Somebody already uses this name. Please choose another."
    assert in_german(refusal) == ("Diesen Namen verwendet schon jemand. Bitte wähle einen anderen.")


def test_values_are_put_into_their_places():
    refusal = WrongState("put on sale", "soft_rejected")

    assert str(refusal) == "This cannot be put on sale: it is soft rejected."
    assert in_german(refusal) == (
        "Das lässt sich nicht zum Verkauf stellen (Stand: zur Änderung zurückgegeben)."
    )


def test_one_and_many():
    assert str(CartFull(1)) == "A cart holds 1 line. Buy it first."
    assert in_german(CartFull(50)) == (
        "Ein Warenkorb fasst bis zu 50 Positionen. Kaufe diese zuerst."
    )


def test_what_a_person_wrote_is_no_format():
    assert str(Refused("100 % wool")) == "100 % wool"
    assert str(ItemIncomplete(["100 %(s wool."])) == "Some things are still missing: 100 %(s wool."
