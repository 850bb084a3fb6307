import pytest
from django.utils import translation

from representatives import parties
from representatives.models import Representative


@pytest.mark.django_db
def test_every_party_of_the_register_is_known(registers: None) -> None:
    sitting = set(Representative.objects.current().values_list("party", flat=True))

    assert sitting - {""} <= parties.KNOWN


def test_what_other_registers_call_a_party_is_a_party_that_we_know() -> None:
    assert parties.ours("Labour/Co-operative") == "Labour (Co-op)"
    assert parties.ours("sinn fein") == "Sinn Féin"
    assert parties.ours("A Party of Tomorrow") == "A Party of Tomorrow"


def test_a_party_is_named_in_the_readers_language() -> None:
    with translation.override("cy"):
        assert parties.named("Labour") == "Llafur"
        assert parties.named("A Party of Tomorrow") == "A Party of Tomorrow"
    assert parties.named("Labour") == "Labour"
