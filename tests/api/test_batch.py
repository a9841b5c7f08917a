"""Files of rows scored as jobs: the books' own scores, what is wrong by row, and a job that outlives its process."""

from __future__ import annotations

import csv
import io
import socket
import time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from api import batch as doors
from api.service import Service
from tools.batch import worker as work
from tools.batch.jobs import JOBS, LEASE, Jobs
from tools.batch.reading import csv_rows
from tools.batch.worker import Worker

CSV, PARQUET = {"Content-Type": "text/csv"}, {"Content-Type": "application/vnd.apache.parquet"}


@pytest.fixture(scope="module")
def features(service: Service) -> tuple[str, ...]:
    version = work.service_model(service.workspace, service.local, "credit")[0]
    return service.workspace.stored_model(service.local, "credit", version).features


@pytest.fixture(scope="module")
def borrowers(service: Service, features) -> list[dict[str, Any]]:
    """Features and scores of the borrowers, as they lie in the books."""
    names = ", ".join(f'f."{name}"' for name in features)
    sql = f"""SELECT customer_id, {names}, s.probability_of_default AS expected, s.score, s.band
              FROM books.features.customer_monthly AS f JOIN semantic.borrowers AS s USING (customer_id, as_of)
              ORDER BY customer_id LIMIT 120"""
    return service.workspace.query(service.local, sql).dicts()


def sheet(rows: list[dict[str, Any]], features, delimiter: str = ",") -> bytes:
    made = io.StringIO()
    writer = csv.writer(made, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["customer_id", *features, "note"])
    writer.writerows([row["customer_id"], *(row[name] for name in features), "x"] for row in rows)
    return made.getvalue().encode()


def ended(ask, job_id: str, role: str = "risk_manager") -> dict[str, Any]:
    until = time.monotonic() + 120
    while (told := ask("GET", f"/api/v1/jobs/{job_id}", role).json())["state"] in ("queued", "running"):
        assert time.monotonic() < until, told
        time.sleep(0.05)
    return told


def scored(ask, content: bytes, headers=CSV, form: str = "csv") -> tuple[dict[str, Any], bytes]:
    taken = ask("POST", "/api/v1/batch/credit", content=content, headers=headers)
    assert taken.status_code == 202, taken.text
    job_id = taken.json()["job_id"]
    assert taken.headers["location"] == f"/api/v1/jobs/{job_id}"
    job = ended(ask, job_id)
    assert (job["state"], job["progress"]) == ("done", 1.0), job
    return job, ask("GET", f"/api/v1/jobs/{job_id}/result?format={form}").content


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_file_of_the_books_features_scores_as_the_books_do(ask, borrowers, features, delimiter: str) -> None:
    job, content = scored(ask, sheet(borrowers, features, delimiter))
    told = read(content)
    assert [each["customer_id"] for each in told] == [each["customer_id"] for each in borrowers]
    assert [each["row"] for each in told] == [str(at) for at in range(1, len(borrowers) + 1)]
    for mine, books in zip(told, borrowers, strict=True):
        assert float(mine["probability"]) == pytest.approx(books["expected"], abs=1e-9)
        assert (int(mine["score"]), mine["band"], mine["error"]) == (books["score"], books["band"], "")
    assert (job["rows"], job["rows_wrong"], job["unused"]) == (len(borrowers), 0, ["note"])


def test_parquet_goes_in_and_comes_out(ask, borrowers, features) -> None:
    rows = [{name: row[name] for name in ("customer_id", *features)} for row in borrowers]
    table = pa.Table.from_pylist([{**row, "branch": "x", "note": 1} for row in rows])
    sink = io.BytesIO()
    parquet.write_table(table, sink)
    job, content = scored(ask, sink.getvalue(), PARQUET, "parquet")
    assert job["unused"] == ["branch", "note"]
    told = parquet.read_table(io.BytesIO(content)).to_pylist()
    assert [each["probability"] for each in told] == pytest.approx([each["expected"] for each in borrowers], abs=1e-9)


def test_what_is_wrong_is_said_of_its_row_and_the_others_are_scored(ask, borrowers, features) -> None:
    lines = sheet(borrowers[:6], features).decode().splitlines()
    first = features[0]
    lines[1] = lines[1].replace(f",{borrowers[0][first]},", ",Vinay,", 1)
    lines[2] += ",one more"
    lines[3] = lines[3].partition(",")[0] + "," + ",".join(["inf", *lines[3].split(",")[2:]])
    lines[4] = "," + lines[4].partition(",")[2]
    lines[5] = lines[5].partition(",")[0] + "," * (len(features) + 1)
    job, content = scored(ask, "\n".join(lines).encode())
    told = read(content)
    assert [each["error"] for each in told] == [
        f"{first}: is no number", f"{len(features) + 3} fields, expected {len(features) + 2}",
        f"{first}: is no number", "customer_id: is missing", "no figure is known", "",
    ]  # fmt: skip
    assert [bool(each["probability"]) for each in told] == [False] * 5 + [True]
    assert float(told[5]["probability"]) == pytest.approx(borrowers[5]["expected"], abs=1e-9)
    assert (job["rows"], job["rows_wrong"]) == (6, 5)
    assert b"Vinay" not in content


def test_no_cell_of_a_result_is_a_formula(ask, borrowers, features) -> None:
    ids = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", 'a"b,c', "plain"]
    rows = [{**borrowers[0], "customer_id": each} for each in ids]
    _, content = scored(ask, sheet(rows, features))
    told = [each["customer_id"] for each in read(content)]
    assert told == ["'=HYPERLINK(1)", "'+1", "'-1", "'@SUM(A1)", "'\tx", 'a"b,c', "plain"]


#: What is sent, its media type, status, what is said.
REFUSED = (
    (b"customer_id,x\n1,2\n", "text/csv", 422, "The file lacks the columns"),
    (b"", "text/csv", 422, "The file is empty"),
    (b"\xff\xfe\x00\n", "text/csv", 422, "is not UTF-8"),
    (b"no line of names", "text/csv", 422, "expected CSV with a heading"),
    (b"PAR1 nonsense", PARQUET["Content-Type"], 422, "not a readable Parquet file"),
    (b"{}", "application/json", 415, "Send the file itself"),
)


@pytest.mark.parametrize(("content", "media", "status", "said"), REFUSED)
def test_a_file_that_cannot_be_scored_is_turned_away_at_the_door(
    ask, service: Service, content: bytes, media: str, status: int, said: str
) -> None:
    before = len(service.jobs.listed(ask("GET", "/api/v1/me").json()["name"]))
    told = ask("POST", "/api/v1/batch/credit", content=content, headers={"Content-Type": media})
    assert (told.status_code, said in told.json()["detail"]) == (status, True), told.text
    assert len(service.jobs.listed(ask("GET", "/api/v1/me").json()["name"])) == before


def test_a_model_that_scores_no_files_is_not_there(ask) -> None:
    told = ask("POST", "/api/v1/batch/goals", content=b"x", headers=CSV)
    assert told.status_code == 404
    assert "There are: churn, credit." in told.json()["detail"]


def test_a_file_beyond_the_limit_is_turned_away_before_it_is_read(address: str, keys, service: Service) -> None:
    host, port = address.removeprefix("http://").split(":")
    too_much = service.workspace.settings.batch_bytes + 1
    with socket.create_connection((host, int(port)), timeout=30) as raw:
        raw.sendall(
            f"POST /api/v1/batch/credit HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: text/csv\r\n"
            f"Authorization: Bearer {keys['analyst']}\r\nContent-Length: {too_much}\r\n\r\n".encode()
        )
        assert raw.recv(200).split(b" ")[1] == b"413"


@pytest.fixture
def halted(service: Service):
    """The worker stands still; the test sets it going again."""
    service.batch.stop()
    yield service
    service.batch.start()


def queued(ask, monkeypatch: pytest.MonkeyPatch, service: Service, content: bytes) -> str:
    """A job that nobody works on yet."""
    monkeypatch.setattr(service.batch, "call", lambda: None)
    told = ask("POST", "/api/v1/batch/credit", content=content, headers=CSV).json()
    assert (told["state"], told["progress"]) == ("queued", 0.0)
    return told["job_id"]


def test_a_job_is_its_callers_own_and_can_be_cancelled(ask, halted, monkeypatch, borrowers, features) -> None:
    job_id = queued(ask, monkeypatch, halted, sheet(borrowers[:3], features))
    assert job_id in {each["job_id"] for each in ask("GET", "/api/v1/jobs").json()["jobs"]}
    for method, path in (("GET", ""), ("GET", "/result"), ("DELETE", "")):
        assert ask(method, f"/api/v1/jobs/{job_id}{path}", "analyst").status_code == 404
    early = ask("GET", f"/api/v1/jobs/{job_id}/result")
    assert (early.status_code, early.json()["type"]) == (409, "urn:munshi:problem:unfinished")
    folder = halted.batch.pieces(job_id).folder
    files = [path.read_bytes() for path in folder.iterdir()]
    assert files
    assert not any(features[0].encode() in each or borrowers[0]["customer_id"].encode() in each for each in files)
    assert ask("DELETE", f"/api/v1/jobs/{job_id}").status_code == 204
    assert ask("GET", f"/api/v1/jobs/{job_id}").json()["state"] == "cancelled"
    assert not folder.exists()
    assert ask("DELETE", f"/api/v1/jobs/{job_id}").status_code == 204
    assert ask("GET", f"/api/v1/jobs/{job_id}").status_code == 404


def test_a_job_goes_on_where_an_earlier_process_left_it(ask, halted, monkeypatch, borrowers, features) -> None:
    monkeypatch.setattr(doors, "PIECE_BYTES", 8_000)
    job_id = queued(ask, monkeypatch, halted, sheet(borrowers, features))
    first = Worker(halted.workspace, halted.jobs)
    plain, seen = work.scored, []

    def once(*args: Any) -> Any:
        first._stopping.set()
        seen.append(args[2])
        return plain(*args)

    with monkeypatch.context() as patched:
        patched.setattr(work, "scored", once)
        first._take(halted.jobs.claim(first._me))
    told = ask("GET", f"/api/v1/jobs/{job_id}").json()
    assert (told["state"], seen) == ("queued", [1])
    assert 0 < told["progress"] < 1
    halted.batch.start()
    assert ended(ask, job_id)["rows"] == len(borrowers)
    rows = read(ask("GET", f"/api/v1/jobs/{job_id}/result").content)
    assert [each["customer_id"] for each in rows] == [each["customer_id"] for each in borrowers]
    assert [int(each["row"]) for each in rows] == list(range(1, len(borrowers) + 1))


def test_a_job_of_a_process_that_died_is_taken_over(ask, halted, monkeypatch, borrowers, features) -> None:
    job_id = queued(ask, monkeypatch, halted, sheet(borrowers[:3], features))
    jobs: Jobs = halted.jobs
    assert jobs.claim("a process that dies").job_id == job_id
    assert jobs.claim("another") is None
    with halted.workspace.control.writing() as connection:
        late = JOBS.update().where(JOBS.c.job_id == job_id).values(changed_at=time.time() - LEASE - 1)
        connection.execute(late)
    halted.batch.start()
    assert ended(ask, job_id)["state"] == "done"


def test_rows_of_another_width_keep_their_places() -> None:
    rows = csv_rows(b"a,1\nb\nc,3,4\nd,4\n", ",", ("customer_id", "x"), ("x",))
    assert rows.ids.to_pylist() == ["a", None, None, "d"]
    assert rows.faults.to_pylist() == [None, "1 fields, expected 2", "3 fields, expected 2", None]
    assert rows.figures["x"].to_pylist() == [1.0, None, None, 4.0]
