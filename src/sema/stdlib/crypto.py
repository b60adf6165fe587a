"""Hashes, base64 and random identifiers."""

from __future__ import annotations

import hashlib
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

from sema.errors import EvalError
from sema.stdlib.registry import builtin

# --- Hashes ---------------------------------------------------------------------------------------


@builtin(
    "hash/md5",
    doc="The MD5 digest of a string in hexadecimal digits.",
    example='(hash/md5 "a") => "0cc175b9c0f1b6a831c399e269772661"',
    tier="T2",
)
def md5(s: str) -> str:
    return hashlib.md5(s.encode(), usedforsecurity=False).hexdigest()


@builtin(
    "hash/sha256",
    doc="The SHA-256 digest of a string in hexadecimal digits.",
    example='(string/take (hash/sha256 "a") 8) => "ca978112"',
    tier="T2",
)
def sha256(s: str) -> str:
    return hashlib.sha256(s.encode()).hexdigest()


@builtin(
    "hash/digest",
    doc="The SHA-256 digest of a string in hexadecimal digits.",
    example='(string/take (hash/digest "a") 8) => "ca978112"',
    tier="T2",
)
def digest(s: str) -> str:
    return sha256(s)


@builtin(
    "hash/hmac-sha256",
    doc="The HMAC of a message under a key, with SHA-256, in hexadecimal digits.",
    example='(string/take (hash/hmac-sha256 "key" "message") 8) => "6e9ef29b"',
    tier="T2",
)
def hmac_sha256(key: str, message: str) -> str:
    import hmac

    return hmac.digest(key.encode(), message.encode(), "sha256").hex()


# --- Base64 ---------------------------------------------------------------------------------------


def encoded(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")


def decoded(text: str, who: str) -> bytes:
    """The bytes that a text is the one base64 form of. Raises EvalError."""
    try:
        data = a2b_base64(text, strict_mode=True)
    except Base64Error as error:
        raise EvalError(f"{who}: {str(error).lower()}") from None
    except ValueError:  # not ASCII
        raise EvalError(f"{who}: only base64 data is allowed") from None
    if encoded(data) != text:
        raise EvalError(f"{who}: invalid last symbol")
    return data


@builtin(
    "base64/encode",
    doc="The bytes of a string in base64.",
    example='(base64/encode "hello") => "aGVsbG8="',
    tier="T2",
)
def encode(s: str) -> str:
    return encoded(s.encode())


@builtin(
    "base64/decode",
    doc="The string whose bytes are given in base64.",
    example='(base64/decode "aGVsbG8=") => "hello"',
    tier="T2",
)
def decode(s: str) -> str:
    try:
        return decoded(s, "base64/decode").decode()
    except UnicodeDecodeError as error:
        raise EvalError(f"base64/decode: invalid UTF-8 at byte {error.start}") from None


@builtin(
    "base64/encode-bytes",
    doc="A bytevector in base64.",
    example='(base64/encode-bytes #u8(0 255)) => "AP8="',
    tier="T2",
)
def encode_bytes(b: bytes) -> str:
    return encoded(b)


@builtin(
    "base64/decode-bytes",
    doc="The bytevector that is given in base64.",
    example='(base64/decode-bytes "AP8=") => #u8(0 255)',
    tier="T2",
)
def decode_bytes(s: str) -> bytes:
    return decoded(s, "base64/decode-bytes")


# --- Identifiers ----------------------------------------------------------------------------------


@builtin(
    "uuid/v4",
    doc="A random UUID.",
    example="(string-length (uuid/v4)) => 36",
    tier="T2",
)
def uuid_v4() -> str:
    from uuid import uuid4

    return str(uuid4())
