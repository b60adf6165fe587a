"""SQLite databases, which programs name by handles of their own choice."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Any

from sema.errors import EvalError, SemaIOError
from sema.reader.printer import display
from sema.stdlib.outside import given_up
from sema.stdlib.registry import builtin
from sema.vm.limits import spend_units
from sema.vm.maps import Map
from sema.vm.values import intern_keyword, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeVar

    from sema.embed.namespace import Context
    from sema.embed.sandbox import Sandbox

    Result = TypeVar("Result")

_FAILURES = (sqlite3.Error, sqlite3.Warning, OverflowError, ValueError)


class _Database:
    """A connection, which one call at a time uses."""

    def __init__(self, path: str) -> None:
        # Transactions are begun and ended by the program alone.
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._lock = Lock()

    def use(self, name: str, action: Callable[[sqlite3.Cursor], Result]) -> Result:
        """What the action makes of a cursor. Raises SemaIOError for what SQLite refuses."""
        with self._lock, given_up(self._interrupt):
            try:
                cursor = self._connection.cursor()
                try:
                    return action(cursor)
                finally:
                    cursor.close()
            except _FAILURES as error:
                raise SemaIOError(f"{name}: {error}") from error

    def _interrupt(self) -> None:
        with suppress(sqlite3.ProgrammingError):
            self._connection.interrupt()

    def confine(self, sandbox: Sandbox) -> None:
        """Let statements do only what the sandbox allows."""
        connection = self._connection
        connection.execute("PRAGMA temp_store = MEMORY")
        if sandbox.memory is not None:
            # What SQLite allocates nobody else counts.
            (page_size,) = connection.execute("PRAGMA page_size").fetchone()
            connection.execute(f"PRAGMA max_page_count = {max(1, sandbox.memory // page_size)}")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(1, sandbox.memory // 8))
        connection.set_progress_handler(_spend_steps, _STEPS)
        connection.set_authorizer(partial(_authorize, sandbox))

    def close(self) -> None:
        self._connection.close()


_STEPS = 1000  # of SQLite's own machine, between two looks at the limits
_HARMLESS_PRAGMAS = frozenset(
    "foreign_keys table_info table_xinfo table_list index_list index_info index_xinfo "
    "foreign_key_list user_version application_id integrity_check quick_check".split()
)
_FUNCTIONS_OUTSIDE = frozenset(("load_extension", "readfile", "writefile", "edit"))
# Some of them can be told a moment, but SQLite does not say what they were told.
_FUNCTIONS_OF_TIME = frozenset(
    "date time datetime julianday unixepoch strftime timediff current_date current_time "
    "current_timestamp".split()
)


def _spend_steps() -> None:
    spend_units(_STEPS)


def _authorize(
    sandbox: Sandbox, action: int, first: str | None, second: str | None, *_rest: str | None
) -> int:
    """SQLite's question whether a statement may do something."""
    allowed = True
    if action == sqlite3.SQLITE_ATTACH:
        allowed = first == ":memory:" or (
            bool(first)
            and sandbox.denied("fs-read fs-write") is None
            and sandbox.allows(str(first))
        )
    elif action == sqlite3.SQLITE_PRAGMA:
        allowed = first in _HARMLESS_PRAGMAS
    elif action == sqlite3.SQLITE_FUNCTION:
        allowed = second not in _FUNCTIONS_OUTSIDE and (
            second not in _FUNCTIONS_OF_TIME or sandbox.denied("clock") is None
        )
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


class Databases:
    """The databases that an interpreter has opened, by handle; closed when they are dropped."""

    def __init__(self) -> None:
        self._by_handle: dict[str, _Database] = {}

    def open(
        self,
        name: str,
        handle: str,
        path: str,
        settings: Sequence[str],
        sandbox: Sandbox | None,
    ) -> None:
        """Open a database unless the handle has one. Raises SemaIOError."""
        if handle in self._by_handle:
            return
        try:
            database = _Database(path)
        except _FAILURES as error:
            raise SemaIOError(f"{name} {path}: {error}") from error
        try:
            for setting in settings:
                database.use(f"{name} {path}", partial(_execute, sql=f"PRAGMA {setting}"))
            if sandbox is not None:
                database.confine(sandbox)
        except SemaIOError:
            database.close()
            raise
        self._by_handle[handle] = database

    def find(self, name: str, handle: str) -> _Database:
        """The database of a handle given to ``name``. Raises EvalError."""
        database = self._by_handle.get(handle)
        if database is None:
            raise EvalError(f"{name}: no open database '{handle}'")
        return database

    def close(self, handle: str) -> None:
        """Close the database of a handle, if it has one."""
        database = self._by_handle.pop(handle, None)
        if database is not None:
            database.close()

    def __del__(self) -> None:
        for database in self._by_handle.values():
            database.close()


def _database(context: Context, name: str, handle: str) -> _Database:
    return context.kept(Databases).find(name, handle)


# --- Opening and closing --------------------------------------------------------------------------


@builtin(
    "db/open",
    doc="Opens a database file, which is made if there is none; its handle, which is the path "
    "unless one is given in front of it.",
    example='(db/open "main" "data.db")',
    capability="fs-read fs-write",
    tier="T2",
    blocking=True,
    owned=True,
)
def open_file(context: Context, handle: str, path: str | None = None) -> str:
    if path is None:
        path = handle
    if context.sandbox is not None:
        path = context.sandbox.checked_path("db/open", path)
    settings = ("journal_mode = WAL", "foreign_keys = ON")
    context.kept(Databases).open("db/open", handle, path, settings, context.sandbox)
    return handle


@builtin(
    "db/open-memory",
    doc="Opens a database in memory; its handle.",
    example='(db/open-memory) => ":memory:"',
    tier="T2",
    owned=True,
)
def open_memory(context: Context, handle: str = ":memory:") -> str:
    settings = ("foreign_keys = ON",)
    context.kept(Databases).open("db/open-memory", handle, ":memory:", settings, context.sandbox)
    return handle


@builtin(
    "db/close",
    doc="Closes a database, if it is open.",
    example='(db/close "no such handle") => nil',
    tier="T2",
    blocking=True,
    owned=True,
)
def close(context: Context, handle: str) -> None:
    context.kept(Databases).close(handle)


# --- Statements -----------------------------------------------------------------------------------


def _parameter(value: Any) -> Any:
    """What SQLite keeps for a value."""
    if value is None or type(value) in (bool, float, str, bytes):
        return value
    if type(value) is int and -(1 << 63) <= value < 1 << 63:
        return value
    return display(value)


def _execute(cursor: sqlite3.Cursor, sql: str, parameters: Sequence[Any] = ()) -> None:
    cursor.execute(sql, [_parameter(value) for value in parameters])


def _rows(cursor: sqlite3.Cursor) -> Iterator[Map]:
    """The rows that are left, as maps of the columns' names."""
    names = [intern_keyword(column[0]) for column in cursor.description or ()]
    return (Map.from_pairs(zip(names, row, strict=True)) for row in cursor)


@builtin(
    "db/exec",
    doc="Executes a statement that returns no rows, with values for its `?`; how many rows it "
    "has changed.",
    example='(db/exec "main" "delete from people where age > ?" 99)',
    tier="T2",
    blocking=True,
    owned=True,
)
def execute(context: Context, handle: str, sql: str, *parameters: Any) -> int:
    def action(cursor: sqlite3.Cursor) -> int:
        before = cursor.connection.total_changes
        _execute(cursor, sql, parameters)
        if cursor.description is not None:
            raise SemaIOError("db/exec: the statement returns rows: use db/query")
        # SQLite's module does not count for all kinds of statements.
        return max(cursor.rowcount, 0) or cursor.connection.total_changes - before

    return _database(context, "db/exec", handle).use("db/exec", action)


@builtin(
    "db/exec-batch",
    doc="Executes several statements, without values.",
    example='(db/exec-batch "main" "create table a (x); create table b (y);")',
    tier="T2",
    blocking=True,
    owned=True,
)
def execute_batch(context: Context, handle: str, sql: str) -> None:
    def action(cursor: sqlite3.Cursor) -> None:
        for statement in _statements(sql):
            cursor.execute(statement)
            cursor.fetchall()

    _database(context, "db/exec-batch", handle).use("db/exec-batch", action)


def _statements(sql: str) -> Iterator[str]:
    """The statements of a text one by one; ``executescript`` would end a transaction."""
    statement = ""
    for piece in sql.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    yield statement


@builtin(
    "db/query",
    doc="The rows of a statement, with values for its `?`, as maps of the columns' names.",
    example='(db/query "main" "select name from people where age > ?" 30)',
    tier="T2",
    blocking=True,
    owned=True,
)
def query(context: Context, handle: str, sql: str, *parameters: Any) -> Any:
    def action(cursor: sqlite3.Cursor) -> Any:
        _execute(cursor, sql, parameters)
        return make_list(_rows(cursor))

    return _database(context, "db/query", handle).use("db/query", action)


@builtin(
    "db/query-one",
    doc="The first row of a statement, nil if it has none.",
    example='(db/query-one "main" "select count(*) as n from people")',
    tier="T2",
    blocking=True,
    owned=True,
)
def query_one(context: Context, handle: str, sql: str, *parameters: Any) -> Map | None:
    def action(cursor: sqlite3.Cursor) -> Map | None:
        _execute(cursor, sql, parameters)
        return next(_rows(cursor), None)

    return _database(context, "db/query-one", handle).use("db/query-one", action)


@builtin(
    "db/last-insert-id",
    doc="The number of the row that was inserted last.",
    example='(db/last-insert-id (db/open-memory "new")) => 0',
    tier="T2",
    blocking=True,
    owned=True,
)
def last_insert_id(context: Context, handle: str) -> int:
    def action(cursor: sqlite3.Cursor) -> int:
        (number,) = cursor.execute("SELECT last_insert_rowid()").fetchone()
        return int(number)

    return _database(context, "db/last-insert-id", handle).use("db/last-insert-id", action)


@builtin(
    "db/tables",
    doc="The names of a database's tables in order.",
    example='(db/tables (db/open-memory "empty")) => ()',
    tier="T2",
    blocking=True,
    owned=True,
)
def tables(context: Context, handle: str) -> Any:
    def action(cursor: sqlite3.Cursor) -> Any:
        found = cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' "
            "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        )
        return make_list([name for (name,) in found])

    return _database(context, "db/tables", handle).use("db/tables", action)
