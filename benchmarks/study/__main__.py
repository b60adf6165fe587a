"""``python -m benchmarks.study``: measure everything anew and write the study."""

from __future__ import annotations

import argparse
import json

from benchmarks.study.measure import measure_all
from benchmarks.study.render import DATA, DIRECTORY, PAGE, plots, render


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study", description=__doc__)
    parser.add_argument("--render", action="store_true", help="only write what was measured before")
    if not parser.parse_args().render:
        DIRECTORY.mkdir(exist_ok=True)
        text = json.dumps(measure_all(), indent=1, ensure_ascii=False)
        DATA.write_text(f"{text}\n", encoding="utf-8")
    results = json.loads(DATA.read_text(encoding="utf-8"))
    PAGE.write_text(render(results), encoding="utf-8")
    for name, picture in plots(results).items():
        (DIRECTORY / name).write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
