"""Tries inputs, a line of JSON each, until it is told no more; for ``fuzzer.py``."""

import base64
import faulthandler
import json
import os
import resource

from tests.fuzz.targets import verdict

ADDRESS_SPACE = 8 << 30


def main() -> None:
    faulthandler.enable()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.environ.pop("SEMA_NO_CACHE", None)
    if "ASAN_OPTIONS" not in os.environ:
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    questions = os.fdopen(os.dup(0))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    for line in questions:
        target, data = json.loads(line)
        problem = verdict(target, base64.b64decode(data))
        print(json.dumps(problem), file=answers, flush=True)


if __name__ == "__main__":
    main()
