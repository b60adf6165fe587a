"""The profiler's page in a real browser: what is to be seen, by mouse and by keyboard.

Screenshots are left in ``build/screenshots``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from selenium.webdriver import ActionChains, Chrome, ChromeOptions, Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from sema.tools.profiler.page import page
from sema.tools.profiler.run import Program, compare_strategies, profile_program

SCREENSHOTS = Path(__file__).parent.parent.parent / "build" / "screenshots"
PROGRAM = """\
(define (adder k) (fn (x) (+ x k)))
(define functions (map (fn (k) (eval (list 'fn '(x) (list '+ 'x k)))) (range 8)))
(define (sweep n)
  (let ((left functions))
    (while (> n 0)
      (when (null? left) (set! left functions))
      ((car left) n)
      (set! left (cdr left))
      (set! n (- n 1)))))
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(define (closures n) (while (> n 0) ((adder n) n) (set! n (- n 1))))
(define text "<b>no markup</b> & </script>")
(sweep 1000)
(fib 20)
(closures 50)
(string-length text)
"""
HOT = """\
(define (add x y)
  (+ x y))
(define (turn n xs)
  (if (= n 0)
      0
      (begin (add (car xs) n)
             (turn (- n 1) xs))))
(turn 300000 '(1))
(turn 300000 '(0.5))
"""
CONTRAST = """
const luminance = (color) => {
  const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const back = luminance(getComputedStyle(document.body).backgroundColor);
const texts = document.querySelectorAll(".call, .mark[role], .legend span, td, th, .faint, p, a");
return [...texts].map((element) => {
  const front = luminance(getComputedStyle(element).color);
  return (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
});
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    options = ChromeOptions()
    for word in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "window-size=1400,1000"):
        options.add_argument(f"--{word}")
    driver = Chrome(options=options, service=Service(which("chromedriver")))
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    yield driver
    driver.quit()


def show(browser: Chrome, directory: Path, text: str, compare: bool = False) -> None:
    """Profile a program and open its page."""
    source = directory / "program.sema"
    source.write_text(text)
    program = Program(str(source), [])
    profile, status = profile_program(program, "patched")
    assert status == 0
    if compare:
        profile.strategies = compare_strategies(program)
    written = directory / "page.html"
    written.write_text(page(profile), encoding="utf-8")
    browser.get(written.as_uri())
    assert [entry["message"] for entry in browser.get_log("browser")] == []


@pytest.fixture
def shown(browser: Chrome, tmp_path: Path) -> Chrome:
    show(browser, tmp_path, PROGRAM, compare=True)
    return browser


@pytest.fixture
def compiled(browser: Chrome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chrome:
    """The page of a program that becomes machine code, which is left at a guard."""
    monkeypatch.setattr("sema.tools.profiler.run.HOT_AFTER", 1)
    show(browser, tmp_path, HOT)
    return browser


def mark(browser: Chrome, line: int) -> WebElement:
    """The mark of machine code on a line."""
    return browser.find_element(By.ID, f"guards-{line}")


def call(browser: Chrome, line: int, text: str) -> WebElement:
    """The first call on a line whose head is this text."""
    found = browser.find_elements(By.CSS_SELECTOR, f"[data-line='{line}'] .call")
    return next(element for element in found if element.text == text)


def details(browser: Chrome) -> str:
    return browser.find_element(By.ID, "details").text


def press(browser: Chrome, *keys: str) -> None:
    ActionChains(browser).send_keys(*keys).perform()


def test_source_is_shown_as_it_is(shown: Chrome) -> None:
    rows = shown.find_elements(By.CSS_SELECTOR, "#source .row > span")
    assert [row.get_property("textContent") for row in rows] == PROGRAM.split("\n")
    shown.save_screenshot(str(SCREENSHOTS / "profile-page.png"))


def test_calls_are_coloured_by_state_and_sized_by_calls(shown: Chrome) -> None:
    states = {
        (10, "(fib"): "monomorphic",
        (11, "("): "same-code",
        (7, "("): "megamorphic",
        (16, "(string-length"): "native",
    }
    colours = set()
    for (line, text), state in states.items():
        element = call(shown, line, text)
        assert state in (element.get_attribute("class") or "").split()
        colours.add(element.value_of_css_property("color"))
    assert len(colours) == len(states)
    sizes = [
        float(call(shown, *place).value_of_css_property("font-size").rstrip("px"))
        for place in ((10, "(fib"), (7, "("), (13, "(sweep"))
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1] * 1.2


def test_pointing_shows_and_clicking_keeps(shown: Chrome) -> None:
    ActionChains(shown).move_to_element(call(shown, 10, "(fib")).perform()
    assert details(shown).startswith("monomorphic\n")
    assert "program.sema:10:34" in details(shown)
    assert "10,945" in details(shown)
    assert "+ CALLG_MONO" in details(shown)
    assert "- CALLG " in details(shown)
    call(shown, 7, "(").click()
    assert details(shown).startswith("megamorphic\n")
    ActionChains(shown).move_to_element(call(shown, 10, "(fib")).perform()
    assert details(shown).startswith("megamorphic\n")
    assert "8 different lambdas made by eval" in details(shown)
    press(shown, Keys.ESCAPE)
    ActionChains(shown).move_to_element(call(shown, 16, "(string-length")).perform()
    assert details(shown).startswith("native\n")


def test_keyboard(shown: Chrome) -> None:
    shown.execute_script("document.querySelector('#source .call').focus()")
    press(shown, Keys.END)
    assert "program.sema:16:1\n" in details(shown)
    press(shown, Keys.ARROW_UP)
    assert "program.sema:15:1\n" in details(shown)
    press(shown, Keys.HOME, Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
    assert shown.switch_to.active_element.get_attribute("data-site") is not None
    focusable = shown.find_elements(By.CSS_SELECTOR, "#source [tabindex='0']")
    assert len(focusable) == 1


def column(browser: Chrome, number: int) -> list[str]:
    cells = browser.find_elements(By.CSS_SELECTOR, f"#sites tbody td:nth-child({number})")
    return [cell.text for cell in cells]


def test_table_sorts_and_filters(shown: Chrome) -> None:
    def calls() -> list[int]:
        return [int(text.replace(",", "")) for text in column(shown, 2)]

    assert calls() == sorted(calls(), reverse=True)
    heads = shown.find_elements(By.CSS_SELECTOR, "#sites th")
    heads[1].find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert calls() == sorted(calls())
    assert heads[1].get_attribute("aria-sort") == "ascending"
    heads[4].find_element(By.TAG_NAME, "button").click()
    assert column(shown, 5) == sorted(column(shown, 5))
    assert heads[1].get_attribute("aria-sort") is None
    search = shown.find_element(By.CSS_SELECTOR, "input[type=search]")
    search.send_keys("megamorphic")
    assert set(column(shown, 5)) == {"megamorphic"}
    shown.find_element(By.LINK_TEXT, column(shown, 1)[-1]).click()
    assert details(shown).startswith("megamorphic\n")


def test_chart_of_strategies(shown: Chrome) -> None:
    chart = shown.find_element(By.ID, "chart")
    names = ("none", "vm", "site", "patched")
    assert all(name in chart.text for name in names)
    assert len(chart.find_elements(By.CSS_SELECTOR, ".bar-time")) == 4
    assert len(chart.find_elements(By.CSS_SELECTOR, ".bar-thrash")) == 2


def test_lines_of_machine_code_are_marked(compiled: Chrome) -> None:
    assert mark(compiled, 2).text.endswith(" ◆")
    assert "left" in (mark(compiled, 2).get_attribute("class") or "").split()
    assert mark(compiled, 7).text == "◇"
    assert compiled.find_elements(By.ID, "guards-5") == []
    ActionChains(compiled).move_to_element(mark(compiled, 2)).perform()
    assert details(compiled).startswith("Machine code\n")
    assert "program.sema:2\n" in details(compiled)
    assert "kind of r0 add 00" in details(compiled)
    assert "learnt: float" in details(compiled)
    call(compiled, 6, "(add").click()
    assert "\nGuards of machine code\n" in details(compiled)
    assert re.search(r"^redefined turn 00\d\d CALLG, never failed, in ", details(compiled), re.M)


def test_marks_by_keyboard(compiled: Chrome) -> None:
    compiled.execute_script("document.querySelector('#source [tabindex=\\'0\\']').focus()")
    press(compiled, Keys.HOME)
    assert compiled.switch_to.active_element.get_attribute("id") == "guards-2"
    press(compiled, Keys.ENTER, Keys.ARROW_DOWN)
    assert compiled.switch_to.active_element.get_attribute("id") == "guards-4"
    assert "program.sema:4\n" in details(compiled)


def test_table_of_guards(compiled: Chrome) -> None:
    facts = compiled.find_element(By.ID, "machine-code").text
    assert "compilations\n" in facts
    assert "kind " in facts
    rows = compiled.find_elements(By.CSS_SELECTOR, "#guards tbody tr")
    cells = [[cell.text for cell in row.find_elements(By.TAG_NAME, "td")] for row in rows]
    exits = [int(row[4].replace(",", "")) for row in cells]
    assert exits == sorted(exits, reverse=True)
    (kind,) = (row for row in cells if row[3] == "kind of r0" and row[6])
    assert kind[0].endswith("program.sema:2:3")
    assert (kind[1], kind[2].split()[1], kind[6]) == ("add", "ADD", "float")
    compiled.find_element(By.LINK_TEXT, kind[0]).click()
    assert details(compiled).startswith("Machine code\n")
    assert "chosen" in (mark(compiled, 2).get_attribute("class") or "").split()


def in_scheme(browser: Chrome, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(shown: Chrome, scheme: str) -> None:
    in_scheme(shown, scheme)
    ratios = shown.execute_script(CONTRAST)
    assert len(ratios) > 50
    assert min(ratios) >= 4.5
    shown.execute_script("document.getElementById('sites').scrollIntoView()")
    shown.save_screenshot(str(SCREENSHOTS / f"profile-page-{scheme}.png"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_of_machine_code(compiled: Chrome, scheme: str) -> None:
    in_scheme(compiled, scheme)
    assert min(compiled.execute_script(CONTRAST)) >= 4.5
    mark(compiled, 2).click()
    compiled.save_screenshot(str(SCREENSHOTS / f"machine-code-{scheme}.png"))
    compiled.execute_script("document.getElementById('machine-code').scrollIntoView()")
    compiled.save_screenshot(str(SCREENSHOTS / f"machine-code-guards-{scheme}.png"))


def test_theme_can_be_changed(shown: Chrome) -> None:
    def background() -> str:
        return shown.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")

    before = background()
    shown.find_element(By.ID, "theme").click()
    assert background() != before
    shown.find_element(By.ID, "theme").click()
    assert background() == before


def test_nothing_is_loaded(shown: Chrome) -> None:
    loaded = shown.execute_script("return performance.getEntriesByType('resource').length")
    assert loaded == 0
    assert "http" not in shown.page_source.replace("http-equiv", "").replace(
        "http://www.w3.org/2000/svg", ""
    )


def test_ten_thousand_lines(browser: Chrome, tmp_path: Path) -> None:
    functions = "\n".join(f"(define (f{i} x)\n  (list x\n    (+ x {i})))" for i in range(3200))
    calls = "\n".join(f"(f{i} 1)" for i in range(400))
    show(browser, tmp_path, f"{functions}\n{calls}\n")
    assert browser.execute_script("return document.querySelectorAll('.row').length") == 10_001
    assert browser.execute_script("return performance.now()") < 20_000
    browser.execute_script("document.querySelector('#source .call').focus()")
    press(browser, Keys.END)
    assert "program.sema:10000:1\n" in details(browser)
    last = browser.find_element(By.CSS_SELECTOR, "[data-line='10000'] .call")
    assert last.is_displayed()
    inside = "const r = arguments[0].getBoundingClientRect(), s = document"
    inside += ".getElementById('source').getBoundingClientRect(); return r.top >= s.top"
    assert browser.execute_script(f"{inside} && r.bottom <= s.bottom;", last)
    browser.save_screenshot(str(SCREENSHOTS / "profile-page-long.png"))
