# reference: values.md 6, 7
"""Strings, characters, formatting, symbols, type questions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

CALLS = r"""
str => ""
str "a" 1 nil #\a ("b") 2.0 :k => "a1nil#\\a(\"b\")2.0:k"
string/join ("a" b 1) ", " => "a, b, 1"
string/join nil "," => ! expected list or vector, got nil
format "~a ~s ~% ~~ ~x ~A" "a" "b" => "a \"b\" \n ~ ~x "
format "~a" 1 2 => "1"
format "~" => "~"
string/repeat "ab" 0 => ""
make-string "a" -1 => ! string/repeat: expected a non-negative integer, got -1
string-length "äöü😀" => 4
string-length 5 => ! expected string, got int
string-ref "abc" 1 => #\b
string-ref "abc" 3 => ! string-ref: index 3 out of bounds (string length 3)
string-ref "abc" -1 => ! string-ref: index must be non-negative, got -1
substring "hello" 1 3 => "el"
substring "hello" 1 => "ello"
string/empty? nil => ! expected string, got nil
string/contains? "hello" "" => #t
string/contains? "hello" #\h => ! expected string, got char
string/index-of "hello" "z" => nil
string/split "a,b,,c" "," => ("a" "b" "" "c")
string/split "ab" "" => ("" "a" "b" "")
string/split "" "," => ("")
string/split "" "" => ("" "")
string/lines "a\r\nb\n\nc\n" => ("a" "b" "" "c")
string/lines "" => ()
string/chars "ab" => (#\a #\b)
string/codepoints "ab" => (97 98)
list->string (#\a #\b) => "ab"
list->string ("a") => ! expected char, got string
list->string [#\a] => ! expected list, got vector
string/from-codepoints [97 98] => "ab"
string/from-codepoints (55296) => ! string/from-codepoints: invalid codepoint 55296
string/byte-length "é" => 2
string/width "日本" => 4
string/number? "inf" => #t
string/number? "+5" => #t
string/number? "1/2" => #f
string/number? " 1" => #f
string/take "hello" 2 => "he"
string/take "hello" -2 => "lo"
string/take "hello" -9 => "hello"
string/before "a.b.c" "." => "a"
string/before "abc" "." => "abc"
string/before-last "a.b.c" "." => "a.b"
string/after "a.b.c" "." => "b.c"
string/after-last "a.b.c" "." => "c"
string/between "a[b]c" "[" "]" => "b"
string/between "a[b" "[" "]" => "b"
string/between "ab" "[" "]" => ""
string/chop-start "hello" "he" => "llo"
string/ensure-end "a" "b" => "ab"
string/wrap "a" "*" => "*a*"
string/wrap "a" "<" ">" => "<a>"
string/unwrap "*a*" "*" => "a"
string/unwrap "*" "*" => "*"
string/words "XMLFile_nameHere2-x" => ("XML" "File" "name" "Here2" "x")
string/word-wrap "aa bb  cc" 5 => ("aa bb" "cc")
string/word-wrap "abcdefg" 3 => ("abc" "def" "g")
string/word-wrap "a\n\nb" 5 => ("a" "" "b")
string/capitalize "hELLO" => "Hello"
string/title-case "hello  wORLD" => "Hello World"
string/snake-case "helloWorld" => "hello_world"
string/camel-case "hello-big world" => "helloBigWorld"
string/pascal-case "hello world" => "HelloWorld"
string/headline "helloWorld" => "Hello World"
string/upper "straße" => "STRASSE"
string-ci=? "STRASSE" "straße" => #t
string/replace "aaa" "a" "b" => "bbb"
string/replace "ab" "" "-" => "-a-b-"
string/replace-last "hello" "l" "L" => "helLo"
string/remove "hello" "l" => "heo"
string/reverse "abc" => "cba"
string/pad-left "7" 3 "0" => "007"
string/pad-right "7" 3 => "7  "
string/pad-left "7" -1 => ! string/pad: expected a non-negative integer, got -1
string/truncate-width "hello" 4 "…" => "hel…"
string/truncate-width "日本語" 5 => "日本"
string/normalize "e\u0301" :nfc => "é"
string/normalize "a" "x" => ! string/normalize: unknown form x
string->symbol "a b" => a b
symbol->string :a => ! expected symbol, got keyword
keyword->string :a => "a"
string->keyword "k" => :k
char->integer #\a => 97
char->integer "a" => ! expected char, got string
integer->char 97 => #\a
integer->char 55296 => ! integer->char: invalid codepoint 55296
integer->char -1 => ! integer->char: invalid codepoint -1
string->char "ab" => ! string->char: expected a string of one character, got 2
char-upcase #\ß => #\S
char-numeric? #\½ => #t
char-alphabetic? #\1 => #f
char-alphabetic? #\Ⓐ => #t
char-alphabetic? #\Ⅷ => #t
char-alphabetic? #\_ => #f
char<? #\a #\b => #t
char-ci=? #\a #\A => #t
char=? #\a "a" => ! expected char, got string
type 1 => :int
type 1/2 => :rational
type (1) => :list
type {} => :map
type nil => :nil
type #u8(1) => :bytevector
type 1+2i => :complex
nil? () => #f
null? () => #t
null? [] => #f
list? nil => #f
pair? () => #f
integer? 2.0 => #t
integer? inf => #f
exact-integer? 2.0 => #f
rational? 0.5 => #f
exact? "a" => #f
inexact? 1+2.0i => #t
real? 1+2i => #f
complex? 1 => #t
not 0 => #f
eq? 1 1.0 => #f
equal? (1 {:a [2]}) (1 {:a [2]}) => #t
equal? (1) [1] => #f
assert nil => ! assertion failed
assert #f "no" => ! no
assert= 1 2 => ! assertion failed: expected 1, got 2
error "a" 5 => ! a
error => ! error called with no message
error (1 "b") => ! (1 "b")
raise "x" => ! "x"
raise {:type :eval :message "again"} => ! again
raise {:type :odd :message "x"} => ! {:message "x" :type :odd}
read "(1 2) 3" => (1 2)
read "" => nil
read-many "1 (2)" => (1 (2))
read/all "" => ()
"""
ROWS = [row.rsplit(" => ", 1) for row in CALLS.strip().splitlines()]


@pytest.mark.parametrize(("call", "expected"), ROWS)
def test_call(call: str, expected: str, outcome: Callable[[str], str]) -> None:
    assert outcome(call) == expected
