"""Sums up JUnit's XML reports: the slowest tests, those that failed, were skipped, or passed only when they
were run again, and the numbers.

Exits with 1 unless there are tests and each of them passed.
"""

import sys
import xml.etree.ElementTree as xml

SLOWEST = 15


def main(files):
    cases = [case for file in files for case in xml.parse(file).getroot().iter("testcase")]
    failed = [case for case in cases if has(case, "failure", "error")]
    skipped = [case for case in cases if has(case, "skipped")]
    unsteady = [case for case in cases if has(case, "flakyFailure", "flakyError")]
    passed = len(cases) - len(failed) - len(skipped)

    print("\nslowest tests:")
    for case in sorted(cases, key=seconds, reverse=True)[:SLOWEST]:
        print(f"{seconds(case):9.2f} s  {name(case)}")
    for case in unsteady:
        print(f"unsteady: {name(case)}: {why(case)}")
    for case in failed:
        print(f"failed: {name(case)}")
    for case in skipped:
        print(f"skipped: {name(case)}: {case.find('skipped').get('message', '')}")
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped", flush=True)
    return 0 if passed and not failed and not skipped else 1


def has(case, *outcomes):
    return any(case.find(outcome) is not None for outcome in outcomes)


def why(case):
    first = next(node for node in case if node.tag in ("flakyFailure", "flakyError"))
    return (first.get("message") or first.get("type", "")).partition("\n")[0]


def seconds(case):
    return float(case.get("time", "0").replace(",", ""))


def name(case):
    return f"{case.get('classname', '').rpartition('.')[2]}.{case.get('name')}"


sys.exit(main(sys.argv[1:]))
