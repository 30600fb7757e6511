"""The server on this machine: what it predicts, what it refuses, and that only its own page can ask."""

import http.client
import json
import threading
from contextlib import contextmanager
from time import monotonic, sleep

import pytest

from retrogait.errors import ConfigError, SolveError
from retrogait.explore.live import HOST, MOST_BYTES, TOKEN, Explorer
from retrogait.explore.task import Predictor, condition_of
from retrogait.predict.api import predict, team
from tests.explorer.walks import FORWARD, RETRO, gait, unpacked, walk

PATIENCE = 120.0
"""Longest wait for an answer that is made up [s]; a machine that compiles kernels meanwhile is slow."""

SOLVING = 900.0
"""Longest wait for a walk that is solved, kernels and solver compiled on the way [s]."""

ASKED = {"direction": "retro", "speed": "1.2", "incline": 0}


@contextmanager
def serving(predictor=None, walks=None):
    server = Explorer(walks or [walk(FORWARD)], predictor=predictor)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.close()


def asked(server, method, path, content=None, **headers):
    """Status and content of an answer."""
    port = server.server_address[1]
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    given = {"Host": f"{HOST}:{port}", **headers}
    connection.putrequest(method, path, skip_host=True)
    body = content if isinstance(content, bytes) else json.dumps(content or {}).encode()
    if method == "POST":
        given.setdefault("Content-Length", str(len(body)))
    for name, value in given.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders(body if method == "POST" else None)
    answer = connection.getresponse()
    told = answer.status, answer.read()
    connection.close()
    return told


def post(server, path, content=None, **headers):
    status, body = asked(server, "POST", path, content, **{TOKEN: server.token, **headers})
    return status, body if path == "/walk" and status == 200 else json.loads(body)


def wait(server, *, longest=PATIENCE):
    until = monotonic() + longest
    while monotonic() < until:
        told = post(server, "/progress")[1]
        if told["state"] != "running":
            return told
        sleep(0.02)
    raise AssertionError(f"still {told}")


class Gate:
    """A prediction that waits until it may go on."""

    def __init__(self):
        self.asked, self.go_on = threading.Event(), threading.Event()

    def __call__(self, direction, speed, incline, *, report):
        report("solving")
        self.asked.set()
        assert self.go_on.wait(PATIENCE)
        return gait(RETRO)


def test_the_page_is_served_and_holds_its_walks():
    with serving() as server:
        status, body = asked(server, "GET", "/")

    assert status == 200
    assert server.token.encode() in body
    assert b'id="walks"' in body


def test_a_condition_that_is_asked_for_comes_back_as_a_walk():
    with serving(Predictor(predict)) as server:
        assert post(server, "/walk")[0] == 404
        assert post(server, "/predict", ASKED) == (200, {"state": "running"})
        assert wait(server)["state"] == "done"
        status, content = post(server, "/walk")
        again = asked(server, "GET", "/")[1]

    header, _ = unpacked(content)
    assert status == 200
    assert [one["name"] for one in header["walks"]] == [RETRO]
    assert len(again) > 20_000  # a page that is loaded again has it too


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"speed": "fast"}, "speed is 'fast', expected a number such as 0.9"),
        ({"speed": 9}, "speed is 9 m/s, expected 0.3 to 2.2 for a predicted walk"),
        ({"speed": True}, "speed is True, expected a number"),
        ({"speed": "nan"}, "speed is nan, expected a number"),
        ({"incline": -40}, "incline is -40 deg, expected at most 15 either way"),
        ({"direction": "sideways"}, "direction is 'sideways', expected 'forward' or 'retro'"),
        ({"weights": "/etc/passwd"}, "'weights' is not asked for"),
    ],
)
def test_what_nobody_walks_is_refused_in_one_line(changes, reason):
    with serving() as server:
        status, told = post(server, "/predict", {**ASKED, **changes})
        state = post(server, "/progress")[1]["state"]

    assert status == 200
    assert reason in told["refused"]
    assert "\n" not in told["refused"]
    assert state == "idle"


def test_a_part_that_is_missing_is_named():
    with pytest.raises(ConfigError, match="incline is missing"):
        condition_of({"direction": "retro", "speed": 1})


def test_a_comma_stands_for_a_point():
    assert condition_of({"direction": "retro", "speed": "0,9", "incline": "3"}).speed == 0.9


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "retrogait.example"}, 403),
        ({"Host": "127.0.0.1"}, 403),
        ({"Origin": "https://example.org"}, 403),
        ({"Origin": "null"}, 403),
        ({TOKEN: "guessed"}, 403),
        ({TOKEN: ""}, 403),
        ({"Content-Length": "100000000"}, 400),
        ({"Content-Length": "-1"}, 400),
    ],
)
def test_another_website_cannot_drive_it(headers, status):
    gate = Gate()
    with serving(Predictor(gate)) as server:
        assert post(server, "/predict", ASKED, **headers)[0] == status

    assert not gate.asked.is_set()


def test_another_name_of_this_machine_cannot_read_the_page():
    with serving() as server:
        status, body = asked(server, "GET", "/", Host="rebound.example")

    assert status == 403
    assert server.token.encode() not in body


@pytest.mark.parametrize("content", [b"direction=retro", b"[]", b"\xff"])
def test_what_is_no_question_is_refused(content):
    with serving() as server:
        assert post(server, "/predict", content)[0] == 400


@pytest.mark.parametrize(("method", "path"), [("GET", "/etc/passwd"), ("GET", "/../x"), ("POST", "/run")])
def test_there_is_nothing_else(method, path):
    with serving() as server:
        assert asked(server, method, path, **{TOKEN: server.token})[0] == 404


def test_one_walk_is_predicted_at_a_time():
    gate = Gate()
    with serving(Predictor(gate)) as server:
        post(server, "/predict", ASKED)
        assert gate.asked.wait(PATIENCE)
        told = post(server, "/progress")[1]
        second = post(server, "/predict", ASKED)[1]
        gate.go_on.set()
        end = wait(server)

    assert told["state"] == "running"
    assert "solving" in told["said"]
    assert "another walk is being predicted" in second["refused"]
    assert end["state"] == "done"


def test_a_cancelled_prediction_adds_nothing_and_the_next_one_works():
    gate = Gate()
    with serving(Predictor(gate)) as server:
        post(server, "/predict", ASKED)
        assert gate.asked.wait(PATIENCE)
        before = team()
        post(server, "/cancel")
        gate.go_on.set()
        end = wait(server)
        nothing = post(server, "/walk")[0]
        post(server, "/predict", ASKED)
        again = wait(server)

    assert end["state"] == "cancelled"
    assert nothing == 404
    assert team() is not before
    assert again["state"] == "done"


def test_a_walk_that_is_not_found_is_said():
    def lost(*_, report):
        raise SolveError("no gait\nwas found")

    with serving(Predictor(lost)) as server:
        post(server, "/predict", ASKED)
        assert wait(server) == {"state": "failed", "said": "no gait was found", "seconds": 0.0}


def test_a_port_that_is_taken_is_said():
    with serving() as server, pytest.raises(ConfigError, match="cannot be listened on"):
        Explorer([walk(FORWARD)], server.server_address[1])


def test_a_question_is_short():
    assert len(json.dumps(ASKED)) < MOST_BYTES


@pytest.mark.slow
def test_a_walk_between_the_bundled_ones_is_solved():
    with serving() as server:
        assert post(server, "/predict", {"direction": "retro", "speed": 0.9, "incline": 2.5})[0] == 200
        end = wait(server, longest=SOLVING)
        header, _ = unpacked(post(server, "/walk")[1])

    assert end["state"] == "done"
    assert header["walks"][0]["name"] == "retro_0.9_+02.5"
    assert header["walks"][0]["spans"]["tibiofemoral_force"]["right"][2].startswith("12 assumptions")


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["", ": solving"], ids=["at once", "while it solves"])
def test_solving_can_be_stopped(stage):
    with serving() as server:
        post(server, "/predict", {"direction": "retro", "speed": 0.95, "incline": 2.5})
        until = monotonic() + SOLVING
        while stage not in post(server, "/progress")[1]["said"] and monotonic() < until:
            sleep(0.02)
        post(server, "/cancel")
        assert wait(server)["state"] == "cancelled"
