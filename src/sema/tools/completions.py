"""Shell completions, generated from the tables of options and commands."""

from __future__ import annotations

from collections.abc import Callable

from sema.tools.cli import COMMANDS
from sema.tools.options import OPTIONS

_BASH = """\
_sema() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
    [[ $before == '=' ]] && before=${{COMP_WORDS[COMP_CWORD-2]}}
    case $before in
{cases}
    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W '{options}' -- "$word"))
    elif (( COMP_CWORD == 1 )); then
        COMPREPLY=($(compgen -W '{commands}' -- "$word") $(compgen -f -- "$word"))
    else
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}}
complete -o filenames -F _sema sema"""

_ZSH = """\
#compdef sema
_sema() {{
    local -a commands=(
{commands}
    )
    _arguments \\
{options}
        '1: :{{_describe command commands; _files}}' \\
        '*:argument:_files'
}}
compdef _sema sema"""


def bash() -> str:
    """A completion function for bash."""
    cases = [
        f"        {'|'.join(option.names)}) "
        f"COMPREPLY=($(compgen -W '{' '.join(option.choices)}' -- \"${{word#=}}\")); return ;;"
        for option in OPTIONS
        if option.choices
    ]
    names = [name for option in OPTIONS for name in option.names]
    return _BASH.format(
        cases="\n".join(cases), options=" ".join(names), commands=" ".join(COMMANDS)
    )


def zsh() -> str:
    """A completion function for zsh."""
    commands = [f"        '{name}:{text}'" for name, text in COMMANDS.items()]
    options = []
    for option in OPTIONS:
        for name in option.names:
            values = f":{option.value}:({' '.join(option.choices)})" if option.choices else ""
            if option.value and not values:
                values = f":{option.value}:_files"
            equals = "=" if option.value and name.startswith("--") else ""
            text = option.text.replace(":", "\\:")
            options.append(f"        '{name}{equals}[{text}]{values}' \\")
    return _ZSH.format(commands="\n".join(commands), options="\n".join(options))


def fish() -> str:
    """Completion commands for fish."""
    lines = [
        f"complete -c sema -n __fish_use_subcommand -a {name} -d '{text}'"
        for name, text in COMMANDS.items()
    ]
    for option in OPTIONS:
        spellings = " ".join(
            f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names
        )
        values = f" -x -a '{' '.join(option.choices)}'" if option.choices else ""
        if option.value and not values:
            values = " -r"
        lines.append(f"complete -c sema {spellings}{values} -d '{option.text}'")
    return "\n".join(lines)


SHELLS: dict[str, Callable[[], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
