import pytest
from django.utils import timezone

from actions import claiming, pacing, recording
from actions.models import Delivery, Letter
from benchmarks import filling
from benchmarks.figures import NotMeasuredError
from tests.actions.factories import NOW, make_campaign, make_letter


@pytest.mark.django_db
def test_letters_that_went_are_owed_again_and_due_when_they_are_released() -> None:
    campaign = make_campaign()
    for _ in range(3):
        make_letter(state=Letter.State.QUEUED, campaign=campaign)
    gone = claiming.claim(NOW, live=False, at_most=2)
    for delivery in gone:
        recording.sent(delivery, NOW)
    recording.settle(gone[0].lease, NOW)
    assert Letter.objects.filter(state=Letter.State.ACCEPTED).count() == 2
    filling.owed_later()
    assert Letter.objects.filter(state=Letter.State.QUEUED).count() == 3
    due = Delivery.objects.claimable(timezone.now(), live=False)
    assert not due.exists()
    # Nor has a worker that tidies a time to bring forward.
    pacing.tidy(timezone.now(), live=False)
    assert not due.exists()
    filling.release(2)
    due = Delivery.objects.claimable(timezone.now(), live=False)
    assert due.count() == 2
    with pytest.raises(NotMeasuredError, match="1 letters are left, and not 2"):
        filling.release(2)
