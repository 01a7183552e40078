"""Settings of the service: from the environment, from the file of the data folder, from what is given; and nonsense."""

from __future__ import annotations

import pytest

from slimreel.errors import UsageError
from slimreel.settings.service import ServiceSettings, read_service_settings


def test_what_is_given_wins_over_the_environment_and_that_over_the_file(tmp_path, monkeypatch):
    (tmp_path / "slimreel.toml").write_text('port = 1\nhost = "a"\nprice_edit = 7\n', encoding="utf-8")
    monkeypatch.setenv("SLIMREEL_HOST", "b")
    monkeypatch.setenv("SLIMREEL_PORT", "2")
    found = read_service_settings({"data": tmp_path, "port": 3})
    assert (found.port, found.host, found.price_edit) == (3, "b", 7)


def test_the_data_folder_is_absolute_so_that_a_worker_finds_the_same(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_service_settings().data == tmp_path / "slimreel-data"


@pytest.mark.parametrize("text", ["1", "true", "Yes", "on"])
def test_switches_are_said_as_people_say_them(text, tmp_path, monkeypatch):
    monkeypatch.setenv("SLIMREEL_REQUIRE_ATTRIBUTION", text)
    assert read_service_settings({"data": tmp_path}).require_attribution is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PRICE_EDIT", "-1"),
        ("PLAN_EXPORT", "perhaps"),
        ("FETCH", "maybe"),
        ("RENDER_HOURS", "long"),
    ],
)
def test_nonsense_is_refused_by_the_name_of_its_variable(name, value, tmp_path, monkeypatch):
    monkeypatch.setenv(f"SLIMREEL_{name}", value)
    with pytest.raises(UsageError, match=f"SLIMREEL_{name}") as caught:
        read_service_settings({"data": tmp_path})
    assert caught.value.fields["field"] == name.lower()


def test_an_unknown_name_in_the_file_is_refused(tmp_path):
    (tmp_path / "slimreel.toml").write_text("prot = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="prot"):
        read_service_settings({"data": tmp_path})


def test_secrets_are_not_shown():
    assert "hush" not in repr(ServiceSettings(secret="hush"))
