"""A gzip file as the bytes inside it, refused as soon as it decodes to more than an honest file could.

The standard library's reader does not say how much it has consumed, and a bomb is told by that: hence zlib directly.
The whole is decoded once to be measured, which is cheap, before the first byte is parsed, which is not.
Several members in a row are one file (RFC 1952, section 2.2); anything else after a member is damage.
"""

import io
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

from curation.errors import FileRefused
from curation.intake.limits import decoded_max

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK_BYTES: Final = 64 * 1024
_BUFFER_BYTES: Final = 256 * 1024
_GZIP_WINDOW: Final = 31


class _Gunzip(io.RawIOBase):
    """The decoded bytes of a gzip stream. `readinto` fills the whole buffer but at the end."""

    def __init__(self, stored: BinaryIO) -> None:
        self._stored = stored
        self._member = zlib.decompressobj(_GZIP_WINDOW)
        self._input = b""
        self._consumed = 0
        self._decoded = 0
        self._finished = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view) and not self._finished:
            part = self._decode(len(view) - filled)
            view[filled : filled + len(part)] = part
            filled += len(part)
        return filled

    def _decode(self, length_max: int) -> bytes:
        if self._member.eof and not self._next_member():
            self._finished = True
            return b""
        fresh = self._more()
        try:
            part = self._member.decompress(self._input, length_max)
        except zlib.error:
            raise FileRefused("damaged-gzip", "the gzip data are damaged", "Compress or upload it again") from None
        self._input = self._member.unconsumed_tail or self._member.unused_data
        if not part and not fresh and not self._input and not self._member.eof:
            raise FileRefused("damaged-gzip", "the gzip data end too early", "Compress or upload it again")
        self._decoded += len(part)
        if self._decoded > decoded_max(self._consumed - len(self._input)):
            raise FileRefused(
                "decoded-too-large",
                f"{self._consumed} bytes of gzip decode to more than {self._decoded - 1}",
                "Send the file without compression, or in parts",
            )
        return part

    def _more(self) -> bool:
        if self._input:
            return True
        self._input = self._stored.read(_CHUNK_BYTES)
        self._consumed += len(self._input)
        return bool(self._input)

    def _next_member(self) -> bool:
        if not self._more():
            return False
        self._member = zlib.decompressobj(_GZIP_WINDOW)
        return True


def gunzipped(stored: BinaryIO) -> io.BufferedReader:
    """A reader of the decoded bytes of a seekable file; raises `FileRefused` (damaged-gzip, decoded-too-large)."""
    measured = _Gunzip(stored)
    scratch = bytearray(_BUFFER_BYTES)
    while measured.readinto(scratch):
        pass
    stored.seek(0)
    return io.BufferedReader(_Gunzip(stored), _BUFFER_BYTES)
