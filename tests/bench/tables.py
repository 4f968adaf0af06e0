#!/usr/bin/env python3
"""How fast the engine reads a table natively, beside polars' read_csv of the same file in the same run: 13 columns of a
survey, all typed; and what it takes to listen to the comments besides, which polars does not do. `cargo xtask bench tables
[ROWS]` builds what it needs and runs it.

    python3 tests/bench/tables.py READ_TABLE FOLDER [ROWS]

READ_TABLE is the built example of that name, FOLDER is where the file of ROWS rows (default 1,000,000: 137 MB) is made once.
The two take turns, so that what the machine does meanwhile is shared. It ends with 1 when Candor's median for the same job, all
columns typed, is more than 1.3 times polars'. Where polars is not installed it says so and shows Candor alone."""
import datetime, json, os, random, statistics, subprocess, sys, time

RUNS = 7
ASKED = 1.3
COLUMNS = "respondent_id,ts,agent_id,store,nps,csat,q1,q2,q3,q4,q5,duration_ms,comment"
WORDS = (
    "the staff was very helpful and friendly but checkout took far too long today i asked for help twice product arrived "
    "late again great service thank you agent told me to give ten otherwise they lose bonus price ok quality poor returns "
    "easy parking bad phone support slow clean store nice people would come back"
).split()


def make(path, rows):
    """A seeded export: the same rows give the same bytes. Of the comments 5 % are quoted for a comma, 0.5 % have doubled
    quotation marks, 0.2 % a line break; 1 % of the scores are empty; 25 of 500 agents are pressured."""
    chance = random.Random(20261121)
    pressured = set(chance.sample(range(500), 25))
    honest = chance.choices(range(11), weights=[3, 1, 2, 2, 2, 5, 6, 12, 19, 18, 30], k=65536)
    pushed = chance.choices(range(11), weights=[1, 0, 0, 0, 0, 0, 1, 1, 3, 22, 72], k=65536)
    items = chance.choices(range(1, 6), weights=[5, 8, 17, 35, 35], k=65536)
    lengths = [int(min(600000, max(1500, chance.lognormvariate(10.3, 0.7)))) for _ in range(65536)]
    start = datetime.datetime(2025, 1, 1)
    with open(path + ".part", "w", newline="") as file:
        file.write(COLUMNS + "\n")
        for row in range(rows):
            agent, at = chance.randrange(500), chance.randrange(65536)
            when = start + datetime.timedelta(minutes=525600 * row // rows, seconds=at % 60)
            first, second = chance.randrange(len(WORDS) - 12), (at * 31) % (len(WORDS) - 7)
            comment = " ".join(WORDS[first : first + 6] + WORDS[second : second + 6])
            kind = chance.random()
            if kind < 0.05:
                comment = '"' + comment.replace(" ", ", ", 1) + '"'
            elif kind < 0.055:
                comment = '"he said ""' + comment + '"""'
            elif kind < 0.057:
                comment = '"' + comment.replace(" ", "\n", 1) + '"'
            empty = chance.random()
            score = "" if empty < 0.01 else (pushed if agent in pressured else honest)[at]
            csat = "" if 0.01 <= empty < 0.02 else items[at * 7 + 1 & 65535]
            rest = ",".join(str(items[at + item & 65535]) for item in range(1, 6))
            length = lengths[at * 3 + 11 & 65535] // (3 if agent in pressured else 1)
            name = f"{row * 2654435761 & 0xFFFFFFFFFFFF:012x}"
            file.write(
                f"{name},{when:%Y-%m-%dT%H:%M:%S}Z,A{agent:04d},store-{agent % 60:02d},{score},{csat},{rest},{length},{comment}\n"
            )
    os.replace(path + ".part", path)


def main():
    program, folder = sys.argv[1], sys.argv[2]
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"survey-{rows}.csv")
    if not os.path.exists(path):
        print(f"making {path}", file=sys.stderr)
        make(path, rows)
    try:
        import polars
    except ImportError:
        polars = None
        print("polars is not installed, so Candor is measured alone.")
    ours, heard, theirs, groups = [], [], [], {"Candor": [], "polars": []}
    for _ in range(RUNS):
        for times, options in [(heard, []), (ours, ["--unheard"])]:
            run = subprocess.run([program, path, *options], capture_output=True, check=True, text=True)
            found = json.loads(run.stdout)
            if (found["rows"], found["columns"], found["skipped"]) != (rows, 13, 0):
                sys.exit(f"Candor read {found}")
            times.append(found["seconds"])
        groups["Candor"].append(found["group_by"])
        if polars:
            started = time.perf_counter()
            frame = polars.read_csv(path)
            theirs.append(time.perf_counter() - started)
            if frame.shape != (rows, 13):
                sys.exit(f"polars read {frame.shape}")
            started = time.perf_counter()
            answer = frame.group_by("agent_id").agg(polars.col("nps").count(), polars.col("nps").mean().alias("mean"))
            groups["polars"].append(time.perf_counter() - started)
            if (answer.height, answer["nps"].sum()) != (found["groups"], found["rated"]):
                sys.exit(f"polars groups {answer}, Candor {found}")
            del frame, answer
    size = os.path.getsize(path) / 1e6
    print(f"{rows:,} rows, 13 columns, {size:,.0f} MB; {os.cpu_count()} processors; medians of {RUNS} runs in turn\n")
    print("| | s | least–most | MB/s | × polars |\n|---|---|---|---|---|")
    measured = [
        ("Candor, all columns typed", ours),
        ("Candor, and comments listened to", heard),
        ("polars read_csv", theirs),
    ]
    for name, times in measured:
        if times:
            median = statistics.median(times)
            ratio = f"{median / statistics.median(theirs):.2f}" if theirs else ""
            print(f"| {name} | {median:.3f} | {min(times):.3f}–{max(times):.3f} | {size / median:,.0f} | {ratio} |")
    for name, times in groups.items():
        if times:
            print(f"| {name}, rating by unit of loaded columns | {statistics.median(times):.4f} | {min(times):.4f}–{max(times):.4f} | | |")
    if theirs and statistics.median(ours) > ASKED * statistics.median(theirs):
        sys.exit(1)


main()
