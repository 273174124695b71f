"""The people of these tests: an instructor, Anna and Ben."""

from __future__ import annotations

from tests.follow_client import FollowClient

TOKEN = "test-token"  # noqa: S105 - guards a test server
ANNA, BEN = "learner1", "learner2"


def give_consent(teacher: FollowClient, learner: FollowClient, *kinds: str) -> None:
    """Have the instructor ask Anna for each kind of consent, and Anna give it."""
    for kind in kinds:
        teacher.request("watch" if kind == "watch" else "ask", learner=ANNA, kind=kind)
        learner.wait(lambda: kind in learner.news[-1]["asked"])  # noqa: B023
        learner.request("answer", kind=kind, yes=1)
        teacher.wait(lambda: kind in teacher.news[-1]["learner"]["given"])  # noqa: B023
