"""Every report over a theatre log, made again from its printed definitions.

Usage: figures.py FILE FIRST LAST WINDOW IDLE
       FIRST and LAST are civil dates, WINDOW is such as 420-930 (minutes after midnight), IDLE minutes

Written apart from the suite, without looking at how it does it, so that two can be compared. Slow
and simple on purpose: minutes in rooms are counted one by one. Prints JSON.
"""

import csv
import datetime
import itertools
import json
import sys
from collections import defaultdict

EPOCH = datetime.datetime(2000, 1, 1)


def minute(text):
    """Minutes since an epoch, of a time on an American 12-hour clock; None of nothing."""
    if not text:
        return None
    return int((datetime.datetime.strptime(text, "%m/%d/%y %I:%M %p") - EPOCH).total_seconds() // 60)


def date_of(minutes):
    return (EPOCH + datetime.timedelta(minutes=minutes)).date()


def midnight(day):
    return int((datetime.datetime.combine(day, datetime.time()) - EPOCH).total_seconds() // 60)


def read(path):
    """The rows that can be understood, each encounter once."""
    seen, cases = set(), []
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            try:
                case = {
                    "theatre": row["OR Suite"].strip(),
                    "procedure": row["Service"].strip(),
                    "booked": int(row["Booked Time (min)"]),
                    "planned": minute(row["OR Schedule"]),
                    "in": minute(row["Wheels In"]),
                    "out": minute(row["Wheels Out"]),
                }
            except ValueError:
                continue
            if case["booked"] < 1 or case["planned"] is None or row["Encounter ID"] in seen:
                continue
            seen.add(row["Encounter ID"])
            cases.append(case)
    return cases


def percentile(values, percent):
    values = sorted(values)
    position = (len(values) - 1) * percent / 100
    below = int(position)
    if below + 1 == len(values):
        return values[below]
    return values[below] + (position - below) * (values[below + 1] - values[below])


def mean(values):
    return sum(values) / len(values) if values else 0


def per_theatre(cases, figures):
    """`figures` of all cases together, under no name, and of those of each theatre."""
    theatres = sorted({case["theatre"] for case in cases})
    return {"": figures(cases)} | {t: figures([c for c in cases if c["theatre"] == t]) for t in theatres}


def utilisation(stays, window, idle):
    opens, closes = window
    by_day = defaultdict(list)
    for stay in stays:
        by_day[stay["theatre"], date_of(stay["in"])].append(stay)
    rooms = defaultdict(set)
    for stay in stays:
        rooms[stay["theatre"]].update(range(stay["in"], stay["out"]))
    figures = dict.fromkeys(["availableMin", "inRoomMin", "turnoverMin", "overrunMin", "earlyFinishMin"], 0)
    figures["days"] = len(by_day)
    for (theatre, day), of_day in by_day.items():
        start, end = midnight(day) + opens, midnight(day) + closes
        room = rooms[theatre]
        figures["availableMin"] += end - start
        figures["inRoomMin"] += sum(1 for m in range(start, end) if m in room)
        first, last = min(s["in"] for s in of_day), max(s["out"] for s in of_day)
        empty = [m for m in range(first, last) if m not in room]
        # Runs of empty minutes are gaps; a long one is idle time.
        for _, run in itertools.groupby(enumerate(empty), lambda pair: pair[1] - pair[0]):
            gap = [m for _, m in run]
            if len(gap) <= idle:
                figures["turnoverMin"] += sum(1 for m in gap if start <= m < end)
        figures["overrunMin"] += max(0, last - end)
        figures["earlyFinishMin"] += max(0, end - last)
    available = figures["availableMin"]
    figures["raw"] = figures["inRoomMin"] / available if available else 0
    figures["adjusted"] = (figures["inRoomMin"] + figures["turnoverMin"]) / available if available else 0
    pairs = itertools.groupby(sorted(stays, key=lambda s: (s["theatre"], s["in"])), lambda s: s["theatre"])
    figures["overlappingPairs"] = sum(overlaps(list(of_theatre)) for _, of_theatre in pairs)
    return figures


def overlaps(stays):
    count = 0
    for index, stay in enumerate(stays):
        for other in stays[index + 1:]:
            if other["in"] >= stay["in"] + 2 * 24 * 60:
                break
            count += max(stay["in"], other["in"]) < min(stay["out"], other["out"])
    return count


def turnover(stays, idle):
    by_day = defaultdict(list)
    for stay in stays:
        by_day[stay["theatre"], date_of(stay["in"])].append((stay["in"], stay["out"]))
    gaps = []
    for of_day in by_day.values():
        of_day.sort()
        gaps += [after[0] - before[1] for before, after in zip(of_day, of_day[1:])]
    counted = [gap for gap in gaps if 0 <= gap <= idle]
    figures = {"count": len(counted), "negatives": sum(g < 0 for g in gaps), "idleGaps": sum(g > idle for g in gaps)}
    if counted:
        figures |= {"meanMin": mean(counted), "medianMin": percentile(counted, 50), "p90Min": percentile(counted, 90),
                    "minMin": min(counted), "maxMin": max(counted)}
    return figures


def on_time(cases):
    firsts = {}
    for case in cases:
        if case["in"] is None:
            continue
        key = case["theatre"], date_of(case["planned"])
        firsts[key] = min(firsts.get(key, (10**12, 0)), (case["planned"], case["in"]))
    delays = [wheels_in - planned for planned, wheels_in in firsts.values()]
    graces = {f"onTime{grace}": sum(delay <= grace for delay in delays) for grace in (0, 5, 10, 15)}
    return {"firstCases": len(delays), "meanDelayMin": mean(delays)} | graces


def durations(stays):
    def figures(of):
        actual = [s["out"] - s["in"] for s in of]
        errors = [s["out"] - s["in"] - s["booked"] for s in of]
        near = sum(abs(e) * 100 <= s["booked"] * 15 for e, s in zip(errors, of))
        row = {"cases": len(of), "meanBookedMin": mean([s["booked"] for s in of]), "meanActualMin": mean(actual),
               "biasMin": mean(errors), "meanAbsoluteErrorMin": mean([abs(e) for e in errors]),
               "within15Percent": near / len(of) if of else 0}
        if len(of) >= 5:
            row |= {"suggestedMedianMin": percentile(actual, 50), "suggestedP80Min": percentile(actual, 80)}
        return row

    procedures = sorted({stay["procedure"] for stay in stays})
    return {"": figures(stays)} | {p: figures([s for s in stays if s["procedure"] == p]) for p in procedures}


def main(path, first, last, window, idle):
    first, last = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    window = tuple(int(part) for part in window.split("-"))
    cases = read(path)
    planned = [case for case in cases if first <= date_of(case["planned"]) <= last]
    stays = [case for case in cases
             if case["in"] is not None and case["out"] is not None and first <= date_of(case["in"]) <= last]
    print(json.dumps({
        "accepted": len(cases),
        "utilisation": per_theatre(stays, lambda of: utilisation(of, window, int(idle))),
        "turnover": per_theatre(stays, lambda of: turnover(of, int(idle))),
        "on-time-starts": per_theatre(planned, on_time),
        "duration-accuracy": durations(stays),
        "cancellations": {"completed": len(planned), "cancelled": 0, "aborted": 0, "postponed": 0,
                          "cancellationRate": 0, "dayOfSurgeryRate": 0},
    }))


if __name__ == "__main__":
    main(*sys.argv[1:])
