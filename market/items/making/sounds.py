"""Waveforms: 200 peaks that a page draws, and the same as a drawing."""

import sys
from array import array
from pathlib import Path

from market.items.making.outputs import Made, Output
from market.items.subprocesses import ONLY_SOUNDS, run_tool

PEAKS = 200
SAMPLES_PER_SECOND = 4000
DECODE_SECONDS = 120
MAX_SECONDS = 1800  # of sound that is looked at
BAR, HEIGHT = 3, 64


def make_audio(path: Path, *, seconds: float) -> Made:
    """The author's excerpt as it is; the check found it sound."""
    return Made([Output("preview.mp3", path, "audio/mpeg")], {"seconds": seconds})


def make_waveform(path: Path, folder: Path, *, seconds: float) -> Made:
    peaks = peaks_of(path)
    target = folder / "waveform.svg"
    target.write_text(_drawing(peaks), encoding="utf-8")
    drawing = Output("waveform.svg", target, "image/svg+xml", PEAKS * BAR, HEIGHT)
    return Made([drawing], {"peaks": peaks, "seconds": seconds})


def peaks_of(path: Path) -> list[float]:
    """The loudest moment of each of 200 equal parts, 0 to 1, relative to the loudest of all."""
    command = [
        "ffmpeg", "-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe",
        *ONLY_SOUNDS,
        "-i", f"file:{path}", "-t", str(MAX_SECONDS), "-map", "0:a:0", "-ac", "1",
        "-ar", str(SAMPLES_PER_SECOND), "-f", "s16le", "pipe:1",
    ]  # fmt: skip
    samples = array("h")
    raw = run_tool(command, seconds=DECODE_SECONDS)
    samples.frombytes(raw[: len(raw) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    total = len(samples)
    parts = [samples[total * part // PEAKS : total * (part + 1) // PEAKS] for part in range(PEAKS)]
    loudest = [max((abs(sample) for sample in part), default=0) for part in parts]
    most = max(loudest) or 1
    return [round(one / most, 3) for one in loudest]


def _drawing(peaks: list[float]) -> str:
    bars = []
    for number, peak in enumerate(peaks):
        height = max(2, round(peak * HEIGHT))
        top = (HEIGHT - height) // 2
        bars.append(f"M{number * BAR} {top}h2v{height}h-2z")
    size = f'viewBox="0 0 {PEAKS * BAR} {HEIGHT}" width="{PEAKS * BAR}" height="{HEIGHT}"'
    path = f'<path fill="currentColor" d="{"".join(bars)}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{path}</svg>\n'
