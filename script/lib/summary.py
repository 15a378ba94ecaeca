"""Add up pytest's reports: summary.py SECONDS REPORT.xml ...

Prints one line like pytest's own last one. Ends with 1 if anything failed, a report is missing
or empty, or a test was skipped: a skipped test has shown nothing.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

WIDTH = 80


def counts(report: Path) -> dict[str, int]:
    if not report.exists():
        return {"error": 1}
    found = {"failed": 0, "passed": 0, "skipped": 0, "error": 0}
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 (pytest's own output)
        outcomes = {child.tag for child in case}
        # A test may pass and its teardown fail: pytest then counts both.
        found["error"] += "error" in outcomes
        if "failure" in outcomes:
            found["failed"] += 1
        elif "skipped" in outcomes:
            found["skipped"] += 1
        elif "error" not in outcomes:
            found["passed"] += 1
    return found if any(found.values()) else {"error": 1}


def line(total: dict[str, int], seconds: int) -> str:
    words = {"error": "error" if total["error"] == 1 else "errors"}
    parts = [f"{number} {words.get(kind, kind)}" for kind, number in total.items() if number]
    clock = (
        f" ({seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02})" if seconds > 59 else ""
    )
    return f" {', '.join(parts)} in {seconds:.2f}s{clock} ".center(WIDTH, "=")


def main(seconds: str, *reports: str) -> int:
    total = {"failed": 0, "passed": 0, "skipped": 0, "error": 0}
    for report in reports:
        for kind, number in counts(Path(report)).items():
            total[kind] += number
        if not Path(report).exists():
            print(f"pytest wrote no report {Path(report).name}: it ended early, see above")
    print(line(total, int(seconds)))
    return int(any(total[kind] for kind in ("failed", "skipped", "error")))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
