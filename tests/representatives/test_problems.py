from rest_framework.exceptions import NotAcceptable, ValidationError

from representatives import problems


def test_a_refusal_of_the_framework_has_a_code_and_a_sentence() -> None:
    answer = problems.answer(NotAcceptable(), {})
    assert answer
    assert answer.status_code == 406
    assert answer.data["code"] == "not_acceptable"
    assert answer.data["detail"].endswith(".")


def test_faults_by_field_are_run_together() -> None:
    faults = {"slug": ["Too long.", "Not free."], "title": ["Missing."]}
    answer = problems.answer(ValidationError(faults), {})
    assert answer
    assert answer.data == {
        "code": "invalid",
        "detail": "slug: Too long. Not free. title: Missing.",
    }


def test_a_fault_of_ours_is_nobodys_refusal() -> None:
    assert problems.answer(ValueError("ours"), {}) is None
