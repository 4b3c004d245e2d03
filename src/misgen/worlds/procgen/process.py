"""A child process that answers requests: started, timed, and never left behind."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

import numpy as np

from misgen.concepts.errors import OwnFailureError
from misgen.worlds.procgen import wire

__all__ = ["Child", "command_of"]

PATIENCE = 5.0
"""Seconds a child has to end by itself once its stdin is closed."""
SHOWN_LINES = 3
"""Of what a child that died had to say."""


class Child:
    """One process that speaks `wire`. If it dies, hangs or babbles, an `OwnFailureError` says so, and the process is gone."""

    def __init__(self, command: Sequence[str], *, what: str) -> None:
        self.what = what
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._errors}
        try:
            self._process = subprocess.Popen(list(command), env=environment, bufsize=0, **pipes)  # type: ignore[call-overload]
        except OSError as error:
            self._errors.close()
            raise OwnFailureError(
                f"{what} could not be started: {error}. Install it anew: misgen doctor --install-procgen"
            ) from None

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def ask(
        self, do: str, arrays: Mapping[str, np.ndarray] | None = None, *, timeout: float, **request: object
    ) -> tuple[dict[str, object], dict[str, np.ndarray]]:
        """Send one request and wait for its answer, at most `timeout` seconds."""
        if not self.is_running:
            self._fail("is not running any more")
        until = time.monotonic() + timeout
        self._send(wire.pack({"do": do, **request}, dict(arrays or {})), until)
        words, payload = self._lengths(self._receive(wire.LENGTHS.size, until))
        body = self._receive(words, until), self._receive(payload, until)
        try:
            answer, results = wire.unpack(*body)
        except (ValueError, KeyError, TypeError):
            self._fail("answered with something that is no message")
        if answer.get("error"):
            raise OwnFailureError(f"{self.what} could not {do}: {answer['error']}")
        return answer, results

    def close(self) -> None:
        """End the process, kindly and then not; safe to call twice."""
        with contextlib.suppress(OSError):
            self._pipe("stdin").close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._pipe("stdout").close()
        self._errors.close()

    def _pipe(self, name: str) -> IO[bytes]:
        pipe = getattr(self._process, name)
        assert pipe is not None
        return pipe

    def _send(self, message: bytes, until: float) -> None:
        """Write in pieces: a child that has stopped reading must not stop us."""
        number = self._pipe("stdin").fileno()
        os.set_blocking(number, False)
        rest = memoryview(message)
        while rest:
            if not select.select([], [number], [], max(0.0, until - time.monotonic()))[1]:
                self._kill("took no more requests in time")
            try:
                rest = rest[os.write(number, rest[: 1 << 16]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                self._fail("ended unexpectedly")

    def _receive(self, length: int, until: float) -> bytes:
        number, pieces, missing = self._pipe("stdout").fileno(), [], length
        while missing:
            if not select.select([number], [], [], max(0.0, until - time.monotonic()))[0]:
                self._kill("did not answer in time")
            piece = os.read(number, min(missing, 1 << 20))
            if not piece:
                self._fail("ended unexpectedly")
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)

    def _lengths(self, prefix: bytes) -> tuple[int, int]:
        try:
            return wire.lengths(prefix)
        except ValueError:
            self._kill("answered with something that is no message")

    def _kill(self, how: str) -> NoReturn:
        self._process.kill()
        self._fail(how)

    def _fail(self, how: str) -> NoReturn:
        """Raise, with the child's last words; it is ended first, so that nothing is left behind."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        if self.is_running:
            self._process.kill()
        status, words = self._process.wait(), self._last_words()
        said = f" Its last words: {words}" if words else ""
        raise OwnFailureError(f"{self.what} {how} (exit status {status}).{said}")

    def _last_words(self) -> str:
        if self._errors.closed:
            return ""
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - 4096))
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return " | ".join(line.strip() for line in lines[-SHOWN_LINES:])


def command_of(python: Path, server: Path) -> list[str]:
    """How the server is started: isolated, so that no file beside it is taken for a module of its own."""
    return [str(python), "-I", "-u", str(server)]
