"""The checks, as an assertion."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from weir_scim import CheckFailed, Endpoint, check, start


@pytest.fixture(scope="module")
def right() -> Iterator[Endpoint]:
    with start() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def wrong() -> Iterator[Endpoint]:
    with start(deviations=["uniqueness.not-enforced"]) as endpoint:
        yield endpoint


def test_an_endpoint_that_conforms_passes(right: Endpoint) -> None:
    report = check(right.url, token=right.token, only=["create"])
    report.assert_conforms()
    assert report.conforms and report.wrong == () and report.causes == ()
    assert str(report).startswith("conforms: ")
    assert right.resources() == [], "the run left resources behind"


def test_a_finding_says_what_is_wrong_and_how_to_see_it_again(wrong: Endpoint) -> None:
    report = check(wrong.url, token=wrong.token, only=["create.duplicate-user-name"])
    with pytest.raises(AssertionError) as failure:
        report.assert_conforms()
    text = str(failure.value)
    assert text.startswith("1 of ")
    for part in [
        "start here:\n  POST of a new resource is answered 201 where it must be refused with 409 (create.duplicate-user-name)",
        "fail create.duplicate-user-name: A userName that is taken is refused with 409 uniqueness",
        "  HTTP status is 201, expected 409",
        "rule      RFC7643-4.1.1-02 (MUST): userName is unique over all Users of the provider",
        "expected  409 with a SCIM Error of scimType uniqueness",
        f"exchange  POST {wrong.url}/Users -> 201",
        f"repeat with: weir check {wrong.url}",
    ]:
        assert part in text
    assert wrong.token not in text and wrong.token not in str(report.record)


def test_a_run_is_narrowed(right: Endpoint) -> None:
    report = check(right.url, token=right.token, only=["create"], skip=["create.user-name*", "create.group"])
    names = [finding.name for finding in report.findings]
    assert "create.resource[User]" in names and "create.group" not in names


def test_basic_credentials_are_taken(right: Endpoint) -> None:
    assert check(right.url, basic=right.applications[0].basic, only=["create.resource"]).conforms


def test_the_baseline_accepts_what_is_known(wrong: Endpoint, tmp_path: Path) -> None:
    baseline = tmp_path / "weir.baseline.toml"
    only = ["create.duplicate-user-name"]
    found = check(wrong.url, token=wrong.token, only=only, arguments=["--update-baseline"], baseline=baseline)
    assert baseline.exists(), found
    report = check(wrong.url, token=wrong.token, only=only, baseline=baseline)
    assert report.conforms
    assert [finding.is_known for finding in report.findings if finding.verdict == "fail"] == [True]


def test_wrong_credentials_are_no_finding(right: Endpoint) -> None:
    with pytest.raises(CheckFailed, match="401") as failure:
        check(right.url, token="wrong")
    assert failure.value.status == 3


def test_an_endpoint_that_is_not_there_is_no_finding() -> None:
    with pytest.raises(CheckFailed, match="connection refused") as failure:
        check("http://127.0.0.1:1/scim/v2")
    assert failure.value.status == 3


def test_another_machine_is_written_to_only_if_that_is_allowed() -> None:
    with pytest.raises(CheckFailed, match="--yes") as failure:
        check("http://scim.example.com/v2", token="t")
    assert failure.value.status == 2


def test_a_level_that_does_not_exist_is_named(right: Endpoint) -> None:
    with pytest.raises(ValueError, match="must, should, note"):
        check(right.url, fail_on="may")  # type: ignore[arg-type]


def test_a_run_that_takes_too_long_is_ended(right: Endpoint) -> None:
    with pytest.raises(CheckFailed, match=r"was not done in 0\.01 s"):
        check(right.url, token=right.token, timeout=0.01)
