"""A message and what is made of its stream: words, silence, heartbeats, breaks. It is never sent twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.client.steps import Response
from slimreel.client.talking import PATIENCE_S, POLLS_S, say
from slimreel.errors.client import CreditsUsedUp, NoWord, ServerFault, Unreachable
from tests.client.scripted import (
    HEARTBEAT,
    Stream,
    draft,
    event,
    lost,
    ok,
    play,
    refused,
    state,
    talk,
    words,
)

RUN = "/run_sse"
TOOL = event(content={"parts": [{"functionCall": {"id": "1", "name": "cut", "args": {}}}], "role": "model"})
RESULT = event(content={"parts": [{"functionResponse": {"id": "1", "name": "cut", "response": {}}}], "role": "user"})
FOREIGN = refused(404, 404)  # a server without the list of turns


def turns(text: str, answer: str = "", state: str = "done", turn_id: str = "trn_9") -> Response:
    return ok(turns=[{"id": turn_id, "text": text, "state": state, "answer": answer}])


def test_words_come_and_tools_are_quiet():
    stream = Stream((TOOL, RESULT, HEARTBEAT, words("Removed 3 s.")))
    played = play(say(talk(), "cut the first 3 s"), state(draft()), stream, state(draft(7000)))
    assert played.value.text == "Removed 3 s."
    assert played.value.tools == ("cut",)
    assert played.value.timeline == "Timeline (1 track): 1. Video: city timelapse (0-7s)"
    assert [one.text for one in played.told] == ["Removed 3 s."]
    body = played.requests[1].json
    assert body["new_message"] == {"role": "user", "parts": [{"text": "cut the first 3 s"}]}
    assert played.requests[1].headers["Accept"] == "text/event-stream"


def test_fragments_are_one_text():
    pieces = (words("Re", partial=True), words("moved.", partial=True), words("Removed."))
    played = play(say(talk(draft=draft()), "x"), Stream(pieces), state(draft()))
    assert played.value.text == "Removed."
    alone = play(say(talk(draft=draft()), "x"), Stream(pieces[:2]), state(draft()))
    assert alone.value.text == "Removed."
    assert [one.text for one in alone.told] == ["Removed."]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cut", "Done: Video: city timelapse is 7 s long now, before 10 s. It is 7 s long now, before 10 s."),
        ("剪掉", "完成：视频：city timelapse现在长 7 秒，原来 10 秒。现在总长 7 秒，原来 10 秒。"),
    ],
)
def test_a_silent_turn_is_told_by_what_changed(text, told):
    silent = Stream((TOOL, RESULT, b"data:\n\n", HEARTBEAT))
    played = play(say(talk(draft=draft()), text), silent, state(draft(7000)))
    assert (played.value.text, played.value.is_silent) == (told, True)


def test_a_silent_turn_that_changed_nothing_says_so():
    played = play(say(talk(draft=draft()), "x"), Stream(), state(draft()))
    assert played.value.text == "Nothing changed on the timeline."
    assert not played.value.did_something


def test_words_of_a_screen_are_translated():
    played = play(say(talk(draft=draft()), "x"), Stream((words("Done. Click Export to save."),)), state(draft()))
    assert played.value.text == 'Done. To get the finished file, say "export".'
    assert played.value.actions == ("export",)
    assert played.told[0].text == played.value.text


def test_still_working_every_two_minutes():
    beats = [piece for _ in range(48) for piece in (10.0, HEARTBEAT)]
    played = play(say(talk(draft=draft()), "x"), Stream((HEARTBEAT, *beats, words("Done."))), state(draft()))
    assert played.kinds.count("still_working") == 4
    assert played.value.text == "Done."


@pytest.mark.parametrize("beat", [HEARTBEAT, b"data:\n\n", b": ping\n\n"])
def test_heartbeats_alone_are_given_up_after_ten_minutes(beat):
    beats = [piece for _ in range(500) for piece in (10.0, beat)]
    played = play(say(talk(draft=draft()), "x"), Stream((HEARTBEAT, *beats)))
    assert type(played.error) is NoWord
    assert played.error.fields["waited_s"] == PATIENCE_S
    assert played.count(RUN) == 1


def test_tools_are_no_heartbeats():
    beats = [piece for _ in range(100) for piece in (10.0, TOOL)]
    played = play(say(talk(draft=draft()), "x"), Stream((*beats, words("Done."))), state(draft()))
    assert played.value.text == "Done."


@pytest.mark.parametrize("looks", range(1, 6))
def test_a_broken_stream_is_looked_after_and_never_sent_again(looks):
    states = [state(draft())] * (looks - 1) + [state(draft(7000))] * 2
    broken = Stream((HEARTBEAT,), broken=True)
    played = play(say(talk(draft=draft()), "cut"), broken, FOREIGN, *states)
    assert played.waits == list(POLLS_S[:looks]) == [30, 60, 60, 60, 60][:looks]
    assert played.value.text.startswith("Done: ")
    assert played.count(RUN) == 1


def test_a_broken_stream_of_which_nothing_comes_is_told():
    played = play(say(talk(draft=draft()), "cut"), Stream(broken=True), FOREIGN, *[state(draft())] * 5)
    assert type(played.error) is NoWord
    assert played.count(RUN) == 1


def test_what_was_said_before_the_break_counts():
    broken = Stream((words("Removed 3 s."),), broken=True)
    played = play(say(talk(draft=draft()), "cut"), broken, state(draft(7000)))
    assert (played.value.text, played.waits) == ("Removed 3 s.", [])


def test_a_call_that_may_have_come_through_is_not_made_again():
    played = play(say(talk(draft=draft()), "cut"), lost(), FOREIGN, state(draft(7000)), state(draft(7000)))
    assert played.value.changed
    assert played.count(RUN) == 1


def test_a_call_that_has_not_come_through_is():
    played = play(say(talk(draft=draft()), "x"), lost(sent=False), Stream((words("Done."),)), state(draft()))
    assert played.value.text == "Done."
    away = play(say(talk(draft=draft()), "x"), *[lost(sent=False)] * 6)
    assert type(away.error) is Unreachable


def test_slimreel_goes_on_behind_the_last_id():
    broken = Stream((event(41, content={"parts": [{"functionCall": {"name": "cut"}}]}),), broken=True)
    rest = Stream((words("Removed 3 s.", 42),))
    played = play(say(talk(draft=draft()), "cut"), broken, lost(), rest, state(draft(7000)))
    runs = [one for one in played.requests if one.path == RUN]
    assert [one.headers.get("Last-Event-ID") for one in runs] == [None, "41", "41"]
    assert (played.value.text, played.value.tools) == ("Removed 3 s.", ("cut",))


def test_slimreel_is_asked_what_it_answered():
    played = play(
        say(talk(draft=draft()), "cut  the first 3 s"),
        Stream((HEARTBEAT,), broken=True),
        lost(),
        turns("cut the first 3 s", state="running"),
        turns("cut the first 3 s", "Removed 3 s."),
        state(draft(7000)),
    )
    assert played.value.text == "Removed 3 s."
    assert [one.text for one in played.told if one.kind == "text"] == ["Removed 3 s."]
    assert played.count(RUN) == 1


def test_an_older_turn_of_the_same_words_is_not_taken_for_this_one():
    user = talk(draft=draft(), turns={"trn_1"})
    seen = turns("cut", "Removed 3 s.", turn_id="trn_1")
    played = play(say(user, "cut"), Stream(broken=True), seen, state(draft(7000)), state(draft(7000)))
    assert played.waits == [30]


def test_a_fault_in_the_stream_is_an_error():
    fault = event(errorCode="5000", errorMessage="Something went wrong. (inc_1)")
    played = play(say(talk(draft=draft()), "x"), Stream((fault,)))
    assert type(played.error) is ServerFault
    assert "inc_1" in played.error.sentence()


def test_a_refusal_before_the_stream_is_that_error():
    assert type(play(say(talk(draft=draft()), "x"), refused(2001, 403)).error) is CreditsUsedUp
    assert type(play(say(talk(draft=draft()), "x"), refused(2001, 200)).error) is CreditsUsedUp


def test_an_expired_token_costs_no_message():
    token = ok(token="nmv_usr_new", user_id="anon_1")
    played = play(say(talk(draft=draft()), "x"), refused(1001, 401), token, Stream((words("Done."),)), state(draft()))
    assert played.value.text == "Done."


def test_renders_and_options_are_handed_on():
    said = words("Which?", options=["a", "b"], actions={"stateDelta": {"render_ids": ["chat_1"]}}, invocationId="trn_5")
    user = talk(draft=draft())
    played = play(say(user, "gif"), Stream((said,)), state(draft()))
    assert (played.value.options, played.value.renders, user.turns) == (("a", "b"), ("chat_1",), {"trn_5"})


def test_words_are_not_lost_when_the_state_cannot_be_read():
    played = play(say(talk(draft=draft()), "x"), Stream((words("Done."),)), refused(5000, 500))
    assert played.value.text == "Done."


@given(
    st.lists(
        st.sampled_from([HEARTBEAT, TOOL, RESULT, words("Done."), b"data:\n\n", b": x\n\n", 10.0, 130.0]), max_size=12
    )
)
def test_every_turn_ends_in_words(pieces):
    played = play(say(talk(draft=draft()), "x"), Stream(tuple(pieces)), state(draft(7000)))
    assert played.value.text.strip()
    assert played.count(RUN) == 1
