"""The plugin, in sessions of pytest of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

CLIENT = (Path(__file__).parent / "scim_client.py").read_text()


@pytest.fixture
def session(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(scim_client=CLIENT)
    return pytester


def test_each_test_has_an_endpoint_as_if_it_had_just_started(session: pytest.Pytester) -> None:
    session.makepyfile("""
        import pytest
        from scim_client import create

        ports = set()

        @pytest.mark.parametrize("round", [1, 2])
        def test_alone(weir, round):
            ports.add(weir.url)
            weir.set_deviations(["list.no-match-404"] if round == 1 else weir.deviations)
            assert weir.deviations == (["list.no-match-404"] if round == 1 else [])
            assert create(weir, "bjensen@example.com")[0] == 201
            assert len(weir.journal()) == 1

        def test_one_process_for_all(weir_session):
            assert ports == {weir_session.url}
            assert len(weir_session.resources()) == 1
    """)
    session.runpytest().assert_outcomes(passed=3)


def test_the_marker_says_what_a_test_begins_with(session: pytest.Pytester) -> None:
    session.makepyfile("""
        import pytest
        from scim_client import USER

        pytestmark = pytest.mark.weir(people=2)

        @pytest.mark.weir(deviations=["list.no-match-404"])
        def test_of_function_and_module(weir):
            assert weir.deviations == ["list.no-match-404"]
            assert len(weir.resources("User")) == 2

        @pytest.mark.weir(people=0, data=[{"schemas": [USER], "userName": "ada@example.com"}])
        def test_the_nearest_counts(weir):
            assert [one["userName"] for one in weir.resources()] == ["ada@example.com"]

        @pytest.mark.weir(target="aquera", arguments=["--journal", "heads"])
        def test_another_target(weir, weir_session):
            assert weir.target == "aquera" and weir_session.target == "rfc"
            assert len(weir.accounts()) == 2
            weir.control.text("GET", "health")
    """)
    session.runpytest("--strict-markers").assert_outcomes(passed=3)


def test_a_marker_with_an_unknown_word_is_an_error(session: pytest.Pytester) -> None:
    session.makepyfile("""
        import pytest

        @pytest.mark.weir(deviation=["list.no-match-404"])
        def test_misspelt(weir):
            pass
    """)
    result = session.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*unexpected keyword argument 'deviation'*"])


def test_a_failed_test_shows_what_was_sent(session: pytest.Pytester) -> None:
    session.makepyfile("""
        import pytest
        from scim_client import create

        @pytest.mark.weir(deviations=["list.no-match-404"])
        def test_fails(weir):
            for number in range(22):
                create(weir, f"person{number}@example.com")
            assert not "all is well"
    """)
    result = session.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*SCIM exchanges*", "deviations: list.no-match-404", "… 2 before", "POST /scim/v2/Users -> 201"]
    )


def test_endpoints_of_a_test_end_with_it(session: pytest.Pytester) -> None:
    session.makepyfile("""
        started = []

        def test_starts(weir_start):
            started.append(weir_start("aquera", people=1))
            started.append(weir_start())
            assert all(endpoint.is_running for endpoint in started)

        def test_are_gone():
            assert not any(endpoint.is_running for endpoint in started)
    """)
    session.runpytest().assert_outcomes(passed=2)


def test_an_endpoint_of_ones_own_is_checked(session: pytest.Pytester) -> None:
    session.makepyfile("""
        import pytest

        def test_conforms(weir, weir_check):
            weir_check(weir.url, token=weir.token, only=["create.resource"]).assert_conforms()

        @pytest.mark.weir(deviations=["uniqueness.not-enforced"])
        def test_does_not(weir, weir_check):
            weir_check(weir.url, token=weir.token, only=["create.duplicate-user-name"]).assert_conforms()
    """)
    result = session.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["E *fail create.duplicate-user-name: *", "E *expected  409 with a SCIM Error*"])


def test_target_and_flags_are_settings(session: pytest.Pytester) -> None:
    session.makeini("[pytest]\nweir_target = aquera\nweir_arguments = --seed 7 --bearer chosen\n")
    session.makepyfile("""
        def test_settings(weir):
            assert (weir.target, weir.token) == ("aquera", "chosen")
    """)
    session.runpytest().assert_outcomes(passed=1)
    result = session.runpytest("--weir-target", "rfc")
    result.stdout.fnmatch_lines(["*assert ('rfc', 'chosen')*"])


def test_a_binary_that_is_not_there_is_named(session: pytest.Pytester) -> None:
    session.makepyfile("def test_any(weir): pass")
    result = session.runpytest("--weir-binary", "/nowhere/weir")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*BinaryNotFound: the binary that was given is /nowhere/weir*"])


def test_each_worker_has_an_endpoint_of_its_own(session: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    session.makepyfile("""
        import pytest

        @pytest.mark.parametrize("round", range(6))
        def test_alone(weir, round):
            assert weir.resources() == []
            weir.add_people(1)
            assert len(weir.resources("User")) == 1
    """)
    session.runpytest("-n", "2").assert_outcomes(passed=6)
