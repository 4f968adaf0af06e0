"""What independent readers find in generated files: pandas in delimited texts; openpyxl, pyarrow and pyreadstat in files that it
writes itself. Started by `generated.rs`, with `pip install pandas openpyxl pyarrow pyreadstat xlsxwriter`:

    python analyzer/fuzz/tests/independent.py FOLDER

FOLDER/jobs.json has the seed, the delimited texts and how many files of each other format to make; FOLDER/expected.json gets
the cells of the texts, and each file of another format a CSV beside it, in the form that candor-cells documents.
"""

import csv
import datetime as dt
import json
import random
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "formats"))
import fixtures  # noqa: E402

FOLDER = Path(sys.argv[1])
EPOCH = pd.Timestamp(0, tz="UTC")


def table(job):
    rows = pd.read_csv(
        FOLDER / job["file"],
        sep=job["delimiter"],
        encoding=job["encoding"],
        header=None,
        names=range(job["width"]),
        index_col=False,
        dtype=str,
        keep_default_na=False,
    )
    times = {}
    for at, form in job["dates"].items():
        moments = pd.to_datetime(rows[int(at)][1:].str.strip(), format=form, errors="coerce", utc=True)
        times[at] = [None if pd.isna(m) else int((m - EPOCH) // pd.Timedelta("1ms")) for m in moments]
    # pandas makes cells that a row has not got empty ones, so Python's own reader counts them: beyond, there is None.
    with open(FOLDER / job["file"], encoding=job["encoding"], newline="") as lines:
        counts = [len(row) for row in csv.reader(lines, delimiter=job["delimiter"]) if row]
    assert len(counts) == len(rows), f"{job['file']}: {len(counts)} rows and {len(rows)}"
    cells = [[*row[:n], *[None] * (len(row) - n)] for row, n in zip(rows.itertuples(index=False), counts)]
    return {"file": job["file"], "cells": cells, "times": times}


def parquet(r, path):
    answers = fixtures.answers(r.choice([1, 7, 40, 150]), str(path.name))
    names = r.sample(answers.column_names, r.randint(1, len(answers.column_names)))
    pq.write_table(
        answers.select(names),
        path,
        compression=r.choice(["none", "snappy", "gzip", "lz4", "brotli", "zstd"]),
        data_page_version=r.choice(["1.0", "2.0"]),
        use_dictionary=r.random() < 0.6,
        row_group_size=r.choice([13, 64, 1000]),
        data_page_size=r.choice([64, 1000, 100000]),
        write_batch_size=r.choice([5, 50, 1000]),
        store_schema=r.random() < 0.5,
    )
    fixtures.expect_parquet(path, pq.read_table(path))


def sav(r, path):
    survey = fixtures.survey(r.choice([1, 9, 60]), str(path.name))
    names = r.sample(list(survey.columns), r.randint(1, len(survey.columns)))
    missing = {"recommend": [99.0], "effort": [{"lo": 900.0, "hi": 999.0}, -1.25], "store": ["NA"]}
    how = r.choice([dict(row_compress=False), dict(row_compress=True), dict(compress=True)])
    pyreadstat.write_sav(survey[names], path, missing_ranges={n: m for n, m in missing.items() if n in names}, **how)
    fixtures.expect_sav(path)


def xlsx(r, path):
    at = dt.datetime(2026, 11, 22, 13, 5, 7)
    kinds = [
        lambda: r.randint(-(10**6), 10**6),
        lambda: r.choice([r.random(), 0.1 + 0.2, 1e300, 1e-7, -2.5]),
        lambda: r.choice(["A1", "Zoë", "x,y", " padded ", 'say "hi"', "two\nlines", "<b>&amp;</b>", "日本語 𝄞", "007", "1"]),
        lambda: (at + dt.timedelta(days=r.randint(-30000, 30000))).date(),
        lambda: at + dt.timedelta(seconds=r.randint(0, 10**8)),
        lambda: dt.time(r.randint(0, 23), r.randint(0, 59), r.randint(0, 59)),
        lambda: r.random() < 0.5,
    ]
    columns = [r.choice(kinds) for _ in range(r.randint(1, 14))]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([f"column {n}" for n in range(len(columns))])
    for _ in range(r.choice([1, 12, 80])):
        # A row always has a cell, so that there are no gaps.
        row = [None if r.random() < 0.15 else make() for make in columns]
        sheet.append(row if any(value is not None for value in row) else [1])
    book.save(path)
    fixtures.expect_xlsx(path)


jobs = json.loads((FOLDER / "jobs.json").read_text())
for maker in [xlsx, parquet, sav]:
    for n in range(jobs["others"]):
        name = f"{n}.{maker.__name__}"
        # The same file whatever else is made.
        maker(random.Random(f"{jobs['seed']} {name}"), FOLDER / name)
(FOLDER / "expected.json").write_text(json.dumps([table(job) for job in jobs["tables"]], ensure_ascii=False))
