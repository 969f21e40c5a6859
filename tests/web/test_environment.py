"""What the environment may say of an installation, and what is safe without saying anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodfaeste.errors import Refused
from fodfaeste.web.config.environment import keep_loops, read_environment


def test_without_a_word_there_is_a_database_and_keys_in_the_data_folder(tmp_path: Path) -> None:
    found = read_environment({"FODFAESTE_DATA": str(tmp_path / "data")})
    assert found.database["NAME"] == tmp_path / "data" / "fodfaeste.sqlite3"
    assert found.hosts == ("localhost", "127.0.0.1", "[::1]")
    assert len(found.secret_key) > 50
    assert found.secret_key != found.field_key
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o077 == 0


def test_keys_are_made_once(tmp_path: Path) -> None:
    variables = {"FODFAESTE_DATA": str(tmp_path)}
    assert read_environment(variables) == read_environment(variables)


def test_without_a_data_folder_it_is_at_home(tmp_path: Path) -> None:
    assert read_environment({"XDG_DATA_HOME": str(tmp_path)}).data == tmp_path / "fodfaeste"


def test_postgresql_by_its_address(tmp_path: Path) -> None:
    found = read_environment(
        {
            "FODFAESTE_DATA": str(tmp_path),
            "DATABASE_URL": "postgresql://app:se%40cret@db.example.invalid:5433/fod",
            "FODFAESTE_OWNER_DATABASE_URL": "postgresql://owner@db.example.invalid/fod",
            "FODFAESTE_HOSTS": "fod.example.invalid, other.example.invalid",
            "FODFAESTE_TLS": "1",
        }
    )
    said = {name: found.database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert said == {"NAME": "fod", "USER": "app", "PASSWORD": "se@cret", "HOST": "db.example.invalid", "PORT": "5433"}
    assert found.owner["USER"] == "owner"
    assert found.hosts == ("fod.example.invalid", "other.example.invalid")
    assert found.tls


def test_sqlite_by_its_address(tmp_path: Path) -> None:
    found = read_environment({"FODFAESTE_DATA": str(tmp_path), "DATABASE_URL": "sqlite:////srv/fod.sqlite3"})
    assert found.database["NAME"] == Path("/srv/fod.sqlite3")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("DATABASE_URL", "mysql://db/fod", "DATABASE_URL does not name a database .* 'mysql'"),
        ("DATABASE_URL", "postgresql://db", "DATABASE_URL does not name a database"),
        ("FODFAESTE_TLS", "yes", "FODFAESTE_TLS is 'yes'"),
    ],
)
def test_what_cannot_be_understood_is_named(tmp_path: Path, variable: str, value: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read_environment({"FODFAESTE_DATA": str(tmp_path), variable: value})


def test_a_folder_of_published_files_has_to_be_there(tmp_path: Path) -> None:
    variables = {"FODFAESTE_DATA": str(tmp_path / "data"), "FODFAESTE_PUBLISHED": str(tmp_path / "published")}
    with pytest.raises(Refused, match=r"FODFAESTE_PUBLISHED is .*published.*no such folder"):
        read_environment(variables)
    (tmp_path / "published").mkdir()
    assert read_environment(variables).published == tmp_path / "published"
    assert read_environment({"FODFAESTE_DATA": str(tmp_path)}).published is None


def test_compiled_loops_are_kept_with_the_data_where_the_package_cannot_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables: dict[str, str] = {}
    keep_loops(variables, tmp_path, tmp_path)
    assert variables == {}
    # Whoever runs the tests may be allowed everything.
    monkeypatch.setattr("os.access", lambda *_: False)
    keep_loops(variables, tmp_path, tmp_path)
    assert variables == {"NUMBA_CACHE_DIR": str(tmp_path / "loops")}
    variables["NUMBA_CACHE_DIR"] = "elsewhere"
    keep_loops(variables, tmp_path, tmp_path)
    assert variables == {"NUMBA_CACHE_DIR": "elsewhere"}
