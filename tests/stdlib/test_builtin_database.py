"""Databases and key-value stores in real files."""

from __future__ import annotations

import gc
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import sema

Run = Callable[[str], str]


def test_a_database_in_a_file(run: Run, tmp_path: Path) -> None:
    assert run('(db/open "main" "data.db")') == '"main"'
    assert run('(db/open "main" "other.db")') == '"main"'
    assert not (tmp_path / "other.db").exists()
    run('(db/exec "main" "create table t (x)")')
    run('(db/exec "main" "insert into t values (?)" #u8(1 2))')
    assert run('(:journal_mode (db/query-one "main" "pragma journal_mode"))') == '"wal"'
    assert run('(:foreign_keys (db/query-one "main" "pragma foreign_keys"))') == "1"
    assert run('(db/close "main")') == "nil"
    with sqlite3.connect(tmp_path / "data.db") as connection:
        assert connection.execute("select x from t").fetchall() == [(b"\1\2",)]
    connection.close()
    assert run('(db/open "data.db")') == '"data.db"'
    assert run('(db/query "data.db" "select x from t")') == "({:x #u8(1 2)})"


def test_databases_that_cannot_be_opened(run: Run, tmp_path: Path) -> None:
    assert run('(db/open "none/data.db")') == (
        "IO error: db/open none/data.db: unable to open database file"
    )
    (tmp_path / "text").write_text("This is no database, only some text that is long enough." * 20)
    assert run('(db/open "text")') == "IO error: db/open text: file is not a database"
    assert run('(db/tables "text")') == "Eval error: db/tables: no open database 'text'"


def test_databases_belong_to_their_interpreter_and_go_with_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sema.Interpreter()
    other.eval('(db/open-memory) (db/open "data.db")')
    other.eval('(db/exec "data.db" "create table t (x)")')
    assert run('(db/tables ":memory:")') == "Eval error: db/tables: no open database ':memory:'"
    del other
    gc.collect()
    assert not [path for path in os.listdir("/proc/self/fd") if _is_open(path, tmp_path)]


def _is_open(descriptor: str, directory: Path) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}").startswith(str(directory))
    except OSError:
        return False


ENDLESS = (
    "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) as m from n"
)


def test_a_query_that_is_given_up_ends(run: Run) -> None:
    run("(db/open-memory)")
    started = time.monotonic()
    assert run(
        f"""(let ((endless (async (db/query ":memory:" "{ENDLESS}"))))
              (async/sleep 50)
              (list (async/cancel endless) (:x (db/query-one ":memory:" "select 1 as x"))))"""
    ) == "(#t 1)"  # fmt: skip
    assert time.monotonic() - started < 20


def test_tasks_share_a_database(run: Run) -> None:
    run('(db/open "data.db")')
    run('(db/exec "data.db" "create table t (x)")')
    run("""(async/map (fn (i) (db/exec "data.db" "insert into t values (?)" i)) (range 50))""")
    assert run('(:s (db/query-one "data.db" "select sum(x) as s from t"))') == "1225"


# --- Key-value stores -----------------------------------------------------------------------------


def test_a_store(run: Run, tmp_path: Path) -> None:
    assert run('(kv/open "s" "s.json")') == '"s"'
    assert not (tmp_path / "s.json").exists()
    assert run('(list (kv/get "s" "a") (kv/keys "s"))') == "(nil ())"
    assert run('(kv/set "s" "b" {:x [1 2.5 "é"] :y nil})') == '{:x [1 2.5 "é"] :y nil}'
    assert run('(kv/set "s" "a" :word)') == ":word"
    assert run('(list (kv/get "s" "b") (kv/get "s" "a"))') == '({:x (1 2.5 "é") :y nil} "word")'
    assert run('(kv/keys "s")') == '("a" "b")'
    assert run('(list (kv/delete "s" "a") (kv/delete "s" "a"))') == "(#t #f)"
    assert run('(kv/close "s")') == "nil"
    assert run('(begin (kv/open "again" "s.json") (kv/get "again" "b"))') == (
        '{:x (1 2.5 "é") :y nil}'
    )


def test_what_json_cannot_express_is_stored_as_text(run: Run) -> None:
    run('(kv/open "s" "s.json")')
    assert run('(kv/set "s" "f" car)') == "<native-fn car>"
    run(r'(kv/set "s" "l" (list #\a math/nan car 1/2 (hashmap/new :k math/infinity)))')
    assert run('(list (kv/get "s" "f") (kv/get "s" "l"))') == (
        '("<native-fn car>" ("#\\\\a" nil "<native-fn car>" "1/2" {:k nil}))'
    )


def test_what_is_wrong_with_stores(run: Run, tmp_path: Path) -> None:
    for call in ('kv/get "s" "k"', 'kv/set "s" "k" 1', 'kv/delete "s" "k"', 'kv/keys "s"'):
        assert run(f"({call})") == f"Eval error: {call.split()[0]}: kv store 's' not open"
    assert run('(kv/close "s")') == "nil"
    (tmp_path / "bad").write_text("{")
    assert run('(kv/open "s" "bad")').startswith("IO error: kv/open bad: ")
    (tmp_path / "list").write_text("[1]")
    assert run('(kv/open "s" "list")') == "IO error: kv/open list: not a JSON object"
    assert run('(begin (kv/open "s" "none/s.json") (kv/set "s" "k" 1))') == (
        "IO error: kv/set none/s.json: no such file or directory"
    )
    assert run('(kv/get "s" "k")') == "nil"
    assert run('(kv/get "s" :k)') == "Type error: expected string, got keyword"
