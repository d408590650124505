"""What may be asked of the tables in SQL: one question that only reads, and of nothing but them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.errors import UsageError
from curation.ledger.store import Store
from tests.ledger.ledger_sample import fill


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with fill(tmp_path_factory.mktemp("filled")).store() as store:
        yield store


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM records",
        "SELECT 1; DROP TABLE records",
        "COPY records TO 'out.csv'",
        "SET memory_limit = '9GB'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "INSTALL httpfs",
        "ATTACH 'other.duckdb'",
        "SELECT nothing FROM records",
        "EXPLAIN ANALYZE DELETE FROM records",
        "SELEC",
        "",
    ],
)
def test_a_query_only_reads_and_only_this(filled: Store, sql: str) -> None:
    before = filled.fingerprints()
    with pytest.raises(UsageError):
        filled.query(sql)
    assert filled.fingerprints() == before


# Each is one SELECT, so it is the database itself that has to refuse: no file is read, none written, nothing reached.
REACHING_OUT = (
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_csv_auto(['{file}', '{file}'])",
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_blob('{file}')",
    "SELECT * FROM read_json('{file}')",
    "SELECT * FROM read_json_objects('{file}')",
    "SELECT * FROM read_ndjson_auto('{file}')",
    "SELECT * FROM read_parquet('{file}')",
    "SELECT * FROM parquet_metadata('{file}')",
    "SELECT * FROM parquet_schema('{file}')",
    "SELECT * FROM sniff_csv('{file}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM read_csv('http://127.0.0.1:9/a.csv')",
    "SELECT * FROM 'https://127.0.0.1:9/a.parquet'",
    "SELECT * FROM read_parquet('s3://bucket/a.parquet')",
    "SELECT * FROM sqlite_scan('{file}', 'a')",
    "SELECT * FROM postgres_scan('host=127.0.0.1', 'public', 'a')",
    "SELECT * FROM st_read('{file}')",
    "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')",
    "SELECT * FROM query_table('{file}')",
    "SELECT * FROM records WHERE text IN (SELECT content FROM read_text('{file}'))",
    "SELECT (SELECT max(content) FROM read_text('{file}'))",
    "SELECT getenv('HOME')",
    "FROM duckdb_secrets() SELECT 1/0 FROM read_text('{file}')",
)
ORDERS = (
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "COPY records FROM '{file}'",
    "EXPORT DATABASE '{folder}/out'",
    "IMPORT DATABASE '{folder}'",
    "ATTACH '{folder}/other.duckdb'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{file}'",
    "CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "CREATE TABLE a AS SELECT * FROM read_text('{file}')",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA enable_logging",
    "CALL enable_profiling()",
    "PREPARE a AS SELECT * FROM read_text('{file}')",
    "VACUUM",
    "CHECKPOINT",
    "PIVOT records ON label USING count(*)",
)


@pytest.mark.parametrize("sql", [*REACHING_OUT, *ORDERS])
def test_no_file_is_reached_and_no_network(
    tmp_path: Path, sql: str, filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "beside"
    folder.mkdir()
    file = folder / "secret.txt"
    file.write_text("a secret word\n")
    monkeypatch.setenv("HOME", "/home/secret")
    with pytest.raises(UsageError) as told:
        filled.query(sql.format(file=file, folder=folder))
    assert "secret word" not in str(told.value)
    assert "/home/secret" not in str(told.value)
    assert filled.counts("questions").rows > 0
    assert [path.name for path in folder.iterdir()] == ["secret.txt"]


def test_a_query_takes_parameters_and_hostile_text_stays_text(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    said = "Robert'); DROP TABLE records;-- \u202e <script> \U0001f600 =HYPERLINK()"
    ledger.submit("bobby", [(said, "heart")])
    with ledger.store() as store:
        (row,) = store.query("SELECT text FROM records WHERE text = ?", [said])
        assert row == {"text": said}


def test_the_page_of_queries_runs(filled: Store) -> None:
    page = Path(__file__).parents[2] / "docs" / "sql.md"
    queries = re.findall(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert len(queries) >= 10
    for query in queries:
        assert filled.query(query), query
