"""ffmpeg and ffprobe on strangers' files: no shell, little memory, an end."""

import shutil
import subprocess
from collections.abc import Sequence

MEMORY_BYTES = 2 * 1024**3
# What ffmpeg may take a file for. It looks behind an ID3 tag and would take a playlist there for
# its orders: to read other files of this host.
ONLY_SOUNDS = ("-format_whitelist", "mp3,wav,flac,aiff")
ONLY_FILMS = ("-format_whitelist", "mov,mp4,matroska,webm")


class ToolFailed(Exception):
    """The tool found the input bad, or ran into its limits."""


class ToolMissing(Exception):
    """The tool is not installed: the operator's matter, not the author's."""


def run_tool(command: Sequence[str], *, seconds: int) -> bytes:
    """What the tool printed. Raises ToolFailed, ToolMissing."""
    if shutil.which(command[0]) is None:
        raise ToolMissing(command[0])
    limits: list[str] = []
    if shutil.which("prlimit"):
        limits = ["prlimit", f"--as={MEMORY_BYTES}", f"--cpu={seconds}", "--core=0"]
    try:
        done = subprocess.run(  # noqa: S603  # fixed programs; paths are our own temporary files
            [*limits, *command],
            capture_output=True,
            timeout=seconds,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise ToolFailed(f"{command[0]} ran longer than {seconds} s") from error
    except subprocess.CalledProcessError as error:
        tail = error.stderr.decode("utf-8", "replace")[-500:]
        raise ToolFailed(f"{command[0]}: {tail}") from error
    return done.stdout
