"""Names of the language that Sema for Python does not have, and what to use instead.

A program that mentions one gets an error that says so, unless it defines the name itself.
"""

from __future__ import annotations

from sema.errors import EvalError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.errors import SemaError, UnboundError

LEFT_TO_PYTHON: dict[str, tuple[str, str]] = {
    "Compression and archives": (
        "zipfile, tarfile, gzip",
        """
        gzip/compress gzip/decompress tar/create tar/extract zip/create zip/extract
        zip/list
        """,
    ),
    "Diffs and patches": (
        "difflib",
        """
        diff/apply diff/hunks diff/parse diff/stat diff/unified patch/apply-file
        """,
    ),
    "Git": (
        "subprocess, pygit2",
        """
        git/changed-files git/current-branch git/diff git/diff-files git/ignore-matches?
        git/recent-files git/root git/status
        """,
    ),
    "Hardware: serial ports and PIO": (
        "pyserial",
        """
        pio/assemble pio/delay pio/in pio/irq pio/jmp pio/mov pio/nop pio/out pio/pull
        pio/push pio/set pio/side pio/wait serial/close serial/list serial/open
        serial/read-line serial/send serial/write
        """,
    ),
    "Markdown and HTML": (
        "markdown-it-py, html.parser",
        """
        html/parse html/select html/select-text html/text markdown/frontmatter
        markdown/headings markdown/to-html
        """,
    ),
    "OpenTelemetry": (
        "opentelemetry",
        """
        otel/configure otel/event otel/retrieval-span otel/set-attribute
        otel/set-attributes otel/set-status otel/span otel/tool-span otel/with-session
        with-session with-span
        """,
    ),
    "PDF": (
        "pypdf",
        """
        pdf/extract-text pdf/extract-text-pages pdf/metadata pdf/page-count
        """,
    ),
    "Pseudo-terminals": (
        "pty, pexpect",
        """
        pty/close pty/exit-code pty/kill pty/read pty/resize pty/running? pty/spawn
        pty/wait pty/write
        """,
    ),
    "Secrets and personal data": (
        "detect-secrets, presidio",
        """
        pii/detect redact/spans secret/detect secret/redact
        """,
    ),
    "Terminal control": (
        "prompt_toolkit, blessed",
        """
        event/select io/read-key io/read-key-timeout io/tty-raw! io/tty-restore!
        io/with-raw-mode term/bell term/clear term/clear-below term/clear-line
        term/cursor-home term/cursor-position term/disable-bracketed-paste
        term/disable-focus-events term/disable-kitty-keys! term/disable-mouse
        term/enable-bracketed-paste term/enable-focus-events term/enable-kitty-keys!
        term/enable-mouse term/enter-alt-screen term/flush term/hide-cursor
        term/leave-alt-screen term/move-to term/query-cursor-position
        term/query-kitty-keys term/query-primary-da term/query-secondary-da
        term/restore-cursor term/save-cursor term/set-title term/show-cursor
        term/spinner-start term/spinner-stop term/spinner-update
        term/supports-kitty-keys? term/with-alt-screen term/with-bracketed-paste
        term/with-focus-events term/with-kitty-keys term/with-mouse term/write-at
        time/tick
        """,
    ),
    "Watching files": (
        "watchdog",
        """
        fs/unwatch fs/watch fs/watch-events
        """,
    ),
    "Web server and WebSockets": (
        "aiohttp, websockets",
        """
        http/created http/error http/file http/html http/no-content http/not-found
        http/ok http/redirect http/router http/serve http/stream http/text
        http/websocket route/prefix ws/close ws/connect ws/connected? ws/listen ws/ping
        ws/recv ws/recv-timeout ws/send
        """,
    ),
}
"""Groups of names: the Python modules that do the same, and the names."""

OUT_OF_SCOPE: dict[str, str] = {
    "Language models": """
        llm/auto-configure llm/batch llm/budget-remaining llm/cache-clear llm/cache-key
        llm/cache-stats llm/cassette-eject llm/cassette-load llm/cassette-save llm/chat
        llm/classify llm/clear-budget llm/compare llm/complete llm/configure
        llm/configure-embeddings llm/current-provider llm/default-provider
        llm/define-provider llm/embed llm/extract llm/extract-from-image
        llm/io-sleep-once llm/last-usage llm/list-providers llm/pmap llm/pricing-status
        llm/providers llm/rerank llm/reset-usage llm/send llm/session-usage
        llm/set-budget llm/set-default llm/set-pricing llm/similarity llm/stream
        llm/summarize llm/token-count llm/token-estimate llm/with-budget llm/with-cache
        llm/with-cassette llm/with-fallback llm/with-rate-limit
    """,
    "Conversations, messages, prompts": """
        conversation/add-message conversation/cost conversation/filter conversation/find
        conversation/fork conversation/insert conversation/last-reply
        conversation/length conversation/map conversation/map-role conversation/messages
        conversation/model conversation/models-used conversation/new conversation/remove
        conversation/replace conversation/say conversation/say-as conversation/search
        conversation/set-system conversation/stats conversation/system
        conversation/token-count conversation/turns conversation?
        message/content message/role message/with-image message? prompt/append
        prompt/concat prompt/diff prompt/difference prompt/fill prompt/intersection
        prompt/messages prompt/set-system prompt/slots prompt/union prompt?
    """,
    "Agents and tools": """
        agent/max-turns agent/model agent/name agent/run agent/system agent/tools
        agent? defagent deftool route/from-tools tool/description tool/name
        tool/parameters tool? tools->routes
    """,
    "Agent memory": """
        memory/append memory/messages memory/open memory/recall-fact memory/remember
    """,
    "Embeddings and vector store": """
        embedding/->list embedding/length embedding/list->embedding embedding/ref
        vector-store/add vector-store/count vector-store/create vector-store/delete
        vector-store/open vector-store/save vector-store/search vector/cosine-similarity
        vector/distance vector/dot-product vector/normalize
    """,
    "Model Context Protocol": """
        mcp/call mcp/close mcp/connect mcp/tools mcp/tools->sema
    """,
    "Workflows": """
        defworkflow workflow/check workflow/checkpoint
        workflow/mcp-handle workflow/phase workflow/run workflow/run-form workflow/step
        workflow/tool-call
    """,
    "Model telemetry": """
        otel/llm-span otel/llm-usage
    """,
    "Browser": """
        web/user-agent web/user-agent-data
    """,
}
"""What is not part of Sema for Python at all, by group. Its names are unbound like any others."""


def explained(error: UnboundError) -> SemaError:
    """The error that an unbound name shall raise: another one, or the same with a hint, if the
    language knows the name."""
    name = error.details["name"]
    for modules, names in LEFT_TO_PYTHON.values():
        if name in names.split():
            return EvalError(
                f"{name} is not available in Sema for Python",
                hint=f"Python has it ({modules}): a host can define it for its programs",
            )
    for group, names in OUT_OF_SCOPE.items():
        if name in names.split():
            error.hint = f"{group[0].lower()}{group[1:]}: not part of Sema for Python"
    return error
