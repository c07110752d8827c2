"""Makes a theatre log of past cases, with everything that such logs have wrong with them.

Usage: make_log.py FILE SEED ROWS

Writes FILE, in the shape that hospitals export: American dates on a 12-hour clock, no time zone, a
byte-order mark, line ends of both kinds, quotes where none are needed. Some plans overlap, some
patients come in before the last one has left, some never leave. Prints what is in it as JSON.
"""

import csv
import datetime
import io
import json
import random
import sys

HEADER = ["Encounter ID", "Date", "OR Suite", "Service", "Remark", "Booked Time (min)", "OR Schedule",
          "Wheels In", "Start Time", "End Time", "Wheels Out"]
SERVICES = ["Podiatry", "Orthopedics", "Ophthalmology", "Urology", "General, minor", 'ENT "day"', "Plastic"]
THEATRES = [f"{number}" for number in range(1, 9)]
DAY_MINUTES = 24 * 60


def american(day, minute):
    moment = datetime.datetime.combine(day, datetime.time()) + datetime.timedelta(minutes=minute)
    hour = moment.hour % 12 or 12
    return f"{moment.month}/{moment.day}/{moment:%y} {hour}:{moment:%M} {moment:%p}"


def cases_of_a_day(chance, day):
    for theatre in THEATRES:
        planned = chance.choice([7 * 60, 7 * 60 + 30, 8 * 60])
        free = planned
        while planned < 15 * 60:
            booked = chance.choice([20, 30, 45, 60, 75, 90, 120, 180])
            late = chance.randint(-5, 12)
            wheels_in = max(planned + late, free + chance.randint(0, 25))
            if chance.random() < 0.01:
                wheels_in = free - chance.randint(1, 20)  # before the last one has left
            wheels_in = max(wheels_in, 6 * 60)
            took = max(5, int(booked * chance.uniform(0.6, 1.5)))
            start = wheels_in + took // 5
            end = wheels_in + took * 4 // 5
            wheels_out = wheels_in + took
            if wheels_out >= DAY_MINUTES:
                break
            known_out = chance.random() >= 0.01
            yield (theatre, booked, planned, wheels_in, start, end, wheels_out if known_out else None)
            free = max(free, wheels_out)
            planned += booked + chance.choice([0, 5, 15, 30, 150])
            if chance.random() < 0.005:
                planned -= 20  # a plan that overlaps


def main(path, seed, wanted):
    chance = random.Random(seed)
    rows, day, encounter = [], datetime.date(2023, 1, 2), 10000
    first = day
    while len(rows) < wanted:
        # No weekends: the nights in which clocks change are left to the tests of time zones.
        if day.weekday() < 5:
            last = day
            for theatre, booked, planned, *moments in cases_of_a_day(chance, day):
                if len(rows) == wanted:
                    break
                encounter += 1
                times = [american(day, planned)] + ["" if m is None else american(day, m) for m in moments]
                rows.append([str(encounter), f"{day.month}/{day.day}/{day:%y}", theatre, chance.choice(SERVICES),
                             "nothing to keep", str(booked)] + times)
        day += datetime.timedelta(days=1)

    # What cannot be understood: each is refused alone.
    spoiled = []
    for column, value in [(5, "-30"), (5, "0"), (5, "soon"), (6, ""), (7, "31/31/23 7:00 AM")]:
        row = list(chance.choice(rows))
        encounter += 1
        row[0], row[column] = str(encounter), value
        spoiled.append(row)
    spoiled.append(list(rows[17]))  # an encounter that was there already
    for row in spoiled:
        rows.insert(chance.randint(100, len(rows)), row)

    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate([HEADER] + rows):
            text = io.StringIO()
            quoting = csv.QUOTE_ALL if chance.random() < 0.1 else csv.QUOTE_MINIMAL
            csv.writer(text, quoting=quoting, lineterminator="").writerow(row)
            file.write(text.getvalue())
            if number < len(rows):
                file.write(chance.choice(["\r\n", "\n"]))
                if chance.random() < 0.002:
                    file.write("\r\n")
    print(json.dumps({"rows": len(rows), "refused": len(spoiled), "first": str(first), "last": str(last)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
