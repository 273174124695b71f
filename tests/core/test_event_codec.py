"""Events are decoded as they were encoded, and unknown data is refused."""

from __future__ import annotations

import json
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core import event_codec
from slipway.core import events as e

text = st.text(max_size=12)
scalars = st.none() | st.booleans() | st.integers(-5, 5) | text
params = st.dictionaries(text, scalars, max_size=3)
target = st.builds(
    e.Target, ref=text, id=text, name=text, image=text, command=st.lists(text).map(tuple), tty=st.booleans()
)
seconds = st.floats(0, 4e9)


def events_of(kind: type) -> st.SearchStrategy[e.Event]:
    known = {float: seconds, int: st.integers(0, 255), str: text, bool: st.booleans(), tuple[str, ...]: st.just(())}
    hints = get_type_hints(kind)
    fields = {}
    for key, hint in hints.items():
        if hint in known:
            fields[key] = known[hint]
        elif key == "target":
            fields[key] = st.none() | target
        elif key in ("containers", "images", "layers"):
            fields[key] = st.lists(params, max_size=2).map(tuple)
        else:
            fields[key] = params
    return st.builds(kind, **fields)


every = st.one_of([events_of(kind) for kind in e.KINDS.values()])


@given(every)
def test_decode_is_the_inverse_of_encode(event: e.Event) -> None:
    assert event_codec.decode(json.loads(json.dumps(event_codec.encode(event)))) == event


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"kind": "Nonsense"}, "unknown event kind"),
        ({"kind": "EngineLost", "at": 1.0, "surprise": 1}, "no field surprise"),
        ({"kind": "SignalSent", "at": 1.0}, "missing"),
    ],
)
def test_invalid_event_is_refused(data: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        event_codec.decode(data)
