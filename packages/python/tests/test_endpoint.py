"""An endpoint, used as a client's tests use it."""

from __future__ import annotations

import http.client
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from scim_client import USER, create, send

from weir_scim import ControlRefused, Endpoint, StartFailed, start


@pytest.fixture(scope="module")
def running() -> Iterator[Endpoint]:
    with start() as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(running: Endpoint) -> Endpoint:
    running.reset()
    return running


def test_it_answers_as_soon_as_it_is_started(endpoint: Endpoint) -> None:
    assert endpoint.target == "rfc"
    assert endpoint.url.startswith("http://127.0.0.1:") and endpoint.url.endswith("/scim/v2")
    status, created = create(endpoint, "bjensen@example.com")
    assert status == 201
    assert created["meta"]["location"].startswith(endpoint.url)


def test_a_reset_removes_resources_exchanges_and_deviations(endpoint: Endpoint) -> None:
    create(endpoint, "bjensen@example.com")
    endpoint.set_deviations(["list.no-match-404"])
    endpoint.reset()
    assert endpoint.resources() == []
    assert endpoint.journal() == []
    assert endpoint.deviations == []


def test_a_deviation_is_on_inside_its_block_only(endpoint: Endpoint) -> None:
    search = "/Users?filter=userName%20eq%20%22bjensen@example.com%22"
    assert send(endpoint, "GET", search)[0] == 200
    with endpoint.deviating("list.no-match-404"):
        assert endpoint.deviations == ["list.no-match-404"]
        assert send(endpoint, "GET", search)[0] == 404
    assert send(endpoint, "GET", search)[0] == 200


def test_a_lost_answer_is_in_the_journal(endpoint: Endpoint) -> None:
    with endpoint.deviating("write.answer-lost=first:1"), pytest.raises((OSError, http.client.HTTPException)):
        create(endpoint, "bjensen@example.com")
    assert [one["userName"] for one in endpoint.resources("User")] == ["bjensen@example.com"]
    assert [str(one) for one in endpoint.journal()] == ["POST /scim/v2/Users -> 201, lost"]


def test_the_journal_shows_requests_and_answers_without_credentials(endpoint: Endpoint) -> None:
    create(endpoint, "bjensen@example.com")
    send(endpoint, "GET", "/Users?count=1&filter=userName%20pr")
    (post,) = endpoint.journal(method="POST", status=201)
    assert post.request_json == {"schemas": [USER], "userName": "bjensen@example.com"}
    assert post.answer_json["userName"] == "bjensen@example.com"
    assert post.request_headers["content-type"] == "application/scim+json"
    assert endpoint.token not in str(post.record)
    (get,) = endpoint.journal("GET")
    assert (get.path, get.query) == ("/scim/v2/Users", {"count": "1", "filter": "userName pr"})
    assert get.request_json is None
    endpoint.clear_journal()
    assert endpoint.journal() == []


def test_data_and_people_are_put_in(endpoint: Endpoint) -> None:
    loaded = endpoint.load([{"schemas": [USER], "userName": "ada@example.com"}])
    assert loaded == 1
    endpoint.add_people(3)
    assert len(endpoint.resources("User")) == 4
    assert {one["displayName"] for one in endpoint.resources("Group")} == {"ten", "everyone"}


def test_data_that_is_wrong_is_refused_with_the_reason(endpoint: Endpoint) -> None:
    with pytest.raises(ControlRefused, match="userName") as refused:
        endpoint.load([{"schemas": [USER]}])
    assert refused.value.status == 400


def test_a_deviation_that_does_not_exist_is_refused(endpoint: Endpoint) -> None:
    with pytest.raises(ControlRefused, match=r"list\.no-match-404"):
        endpoint.set_deviations(["list.no-match-405"])


def test_a_state_is_saved_and_restored(endpoint: Endpoint) -> None:
    endpoint.add_people(2)
    endpoint.save("two people")
    for one in endpoint.resources("User"):
        send(endpoint, "DELETE", f"/Users/{one['id']}")
    assert endpoint.resources("User") == []
    endpoint.restore("two people")
    assert len(endpoint.resources("User")) == 2


def test_the_clock_moves(endpoint: Endpoint) -> None:
    _, before = create(endpoint, "before@example.com")
    endpoint.advance(timedelta(days=400))
    _, after = create(endpoint, "after@example.com")
    assert int(after["meta"]["created"][:4]) > int(before["meta"]["created"][:4])


def test_applications_have_credentials_of_their_own(endpoint: Endpoint) -> None:
    other = endpoint.application("other")
    assert other.token != endpoint.token
    assert other.basic is not None and other.basic[0] == "weir"
    endpoint.load([{"schemas": [USER], "userName": "ada@example.com"}], application="other")
    assert len(endpoint.resources("User", application="other")) == 1
    assert endpoint.resources("User") == []
    with pytest.raises(LookupError, match="default, other"):
        endpoint.application("third")


def test_the_accounts_behind_a_gateway_are_seen() -> None:
    with start("aquera") as gateway:
        create(gateway, "bjensen@example.com")
        (account,) = gateway.accounts()
        assert account["userName"] == "bjensen@example.com"


def test_it_begins_with_people_and_deviations() -> None:
    with start(people=2, deviations=["list.no-match-404"]) as endpoint:
        assert len(endpoint.resources("User")) == 2
        assert endpoint.deviations == ["list.no-match-404"]


def test_credentials_of_the_environment_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIR_BEARER", "of-another-endpoint")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with start() as endpoint:
        assert endpoint.token != "of-another-endpoint"
        assert endpoint.deviations == []


def test_a_target_that_does_not_exist_is_named() -> None:
    with pytest.raises(StartFailed, match='did you mean "aquera"'):
        start("aquerra")


def test_an_endpoint_that_is_not_ready_in_time_is_ended() -> None:
    with pytest.raises(StartFailed, match=r"was not ready in 0\.0 s"):
        start(timeout=0.0)


def test_it_stops_at_the_end_of_its_block() -> None:
    with start() as endpoint:
        assert endpoint.is_running
    assert not endpoint.is_running
    endpoint.stop()


PROGRAM = """
import weir_scim
endpoint = weir_scim.start()
print(endpoint._process._child.pid, flush=True)
input()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not a child")
@pytest.mark.parametrize("is_killed", [False, True], ids=["ends", "is killed"])
def test_it_ends_with_the_program_that_started_it(is_killed: bool) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=pipe, stdout=pipe) as program:
        assert program.stdout is not None and program.stdin is not None
        served = os.pidfd_open(int(program.stdout.readline()))
        try:
            if is_killed:
                program.send_signal(signal.SIGKILL)
            else:
                program.stdin.close()
            readable, _, _ = select.select([served], [], [], 30)
            assert readable, "the endpoint still runs"
        finally:
            os.close(served)
