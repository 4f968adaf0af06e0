"""Makes the fixtures of the readers of heavy formats, and what independent readers find in them.

    pip install pandas openpyxl pyarrow pyreadstat xlsxwriter
    python analyzer/formats/fixtures.py

Files are written with pyreadstat, pyarrow, openpyxl and XlsxWriter (a few SPSS files by hand, because no writer makes
big-endian or Windows-1252 ones any more) and read again with pyreadstat, pyarrow and openpyxl. What these find stands beside each
file as CSV, in the form that candor-cells documents. Tests use the committed files only. The data are made up.
"""

import datetime as dt
import json
import random
import struct
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import xlsxwriter

HERE = Path(__file__).parent


def number(x):
    """As ECMAScript writes it."""
    if x != x:
        return ""
    if x in (float("inf"), float("-inf")):
        return "inf" if x > 0 else "-inf"
    if x == 0:
        return "0"
    if 1e-6 <= abs(x) < 1e21:
        text = format(Decimal(repr(float(x))), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, exponent = repr(float(x)).split("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}"


def fraction(text):
    """ISO format with 3 or 6 digits of a second, as few as it needs."""
    return text.removesuffix("000") if "." in text else text


def duration(seconds):
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    text = sign + "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    return text + (f"{rest}S" if rest or not whole else "")


def cell(value):
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, dt.datetime):
        text = value.replace(tzinfo=None).isoformat()
        return fraction(text) + ("Z" if value.tzinfo else "")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return fraction(value.isoformat())
    if isinstance(value, dt.timedelta):
        return duration(value.total_seconds())
    if isinstance(value, list):
        return "[" + ",".join("null" if v is None else json.dumps(cell(v), ensure_ascii=False) if quoted(v) else cell(v) for v in value) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def quoted(value):
    return isinstance(value, (str, dt.date, dt.time))


def expect(path, names, rows, empty_before=(), empty_lines=0):
    """`empty_before`: positions in rows before which an empty line stands; `empty_lines`: such lines before the names."""
    lines = [",".join(map(quote, names))]
    for at, row in enumerate(rows):
        lines += [""] * (at in empty_before)
        # An empty line would be no row.
        lines.append(",".join(quote(cell(value)) for value in row) or '""')
    text = "\n" * empty_lines + "".join(line + "\n" for line in lines)
    path.with_name(path.name + ".csv").write_bytes(text.encode())


def quote(text):
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in '",\n\r') else text


# ---- SPSS ----

SPSS = HERE / "sav" / "fixtures"


def expect_sav(path, **options):
    frame, _ = pyreadstat.read_sav(path, **options)
    rows = []
    for row in frame.itertuples(index=False):
        rows.append([None if isinstance(v, float) and v != v else v.to_pydatetime() if isinstance(v, pd.Timestamp) else v for v in row])
    expect(path, list(frame.columns), rows)


def survey(n, seed):
    r = random.Random(seed)
    words = ["friendly", "slow", "ümlaut", "naïve “quote”", "a, b", 'say "hi"', "two\nlines", "日本語", ""]
    day = dt.datetime(2026, 11, 22, 13, 5, 7)
    rows = {
        "id": [float(i + 1) for i in range(n)],
        "recommend": [r.choice([float(k) for k in range(11)] + [99.0, float("nan")]) for _ in range(n)],
        "effort": [r.choice([1.0, 2.5, 902.0, -1.25, 1e300, 1e-7, 0.1 + 0.2]) for _ in range(n)],
        "store": [r.choice(["Leeds", "York", "Köln", "NA"]) for _ in range(n)],
        "why": [" ".join(r.choice(words) for _ in range(r.randint(0, 5))).rstrip() for _ in range(n)],
        "story": [("é" * r.choice([0, 10, 127, 128, 300, 1000]) + "x" * r.randint(0, 3)).rstrip() for _ in range(n)],
        "day": [(day + dt.timedelta(days=r.randint(-20000, 20000))).date() for _ in range(n)],
        "at": [day + dt.timedelta(seconds=r.randint(-10**8, 10**8)) for _ in range(n)],
        "clock": [dt.time(r.randint(0, 23), r.randint(0, 59), r.randint(0, 59)) for _ in range(n)],
        "a_rather_long_variable_name": [float(r.randint(0, 1)) for _ in range(n)],
    }
    return pd.DataFrame(rows)


def sav():
    SPSS.mkdir(exist_ok=True)
    options = dict(
        column_labels={"recommend": "How likely are you to recommend us? (0–10)", "why": "Why?"},
        variable_value_labels={"recommend": {0.0: "Not at all", 10.0: "Extremely", 99.0: "No answer"}, "store": {"Köln": "Cologne"}},
        missing_ranges={"recommend": [99.0], "effort": [{"lo": 900.0, "hi": 999.0}, -1.25], "store": ["NA"]},
    )
    for name, n, how in [
        ("plain.sav", 60, dict(row_compress=False)),
        ("bytecode.sav", 60, dict(row_compress=True)),
        ("blocks.zsav", 400, dict(compress=True)),
    ]:
        pyreadstat.write_sav(survey(n, name), SPSS / name, **options, **how)
        expect_sav(SPSS / name)
    for name, order, page in [("big_endian_1252.sav", ">", 1252), ("little_endian_1251.sav", "<", 1251)]:
        (SPSS / name).write_bytes(by_hand(order, page))
        expect_sav(SPSS / name)


def by_hand(order, page):
    """A file such as SPSS 12 wrote on a Unix machine: no UTF-8, no record of the encoding but its code page."""
    codec = f"cp{page}"
    word = {1252: "Käse – 5 €", 1251: "Очень хорошо"}[page]
    p = lambda kind, *values: struct.pack(order + kind, *values)
    out = b"$FL2" + b"@(#) SPSS DATA FILE made by hand".ljust(60) + p("iiiii", 2, 5, 1, 0, 4) + p("d", 100.0)
    out += b"22 Nov 26" + b"13:05:07" + b"".ljust(64) + b"\0\0\0"
    f8_2, a12, date = 5 << 16 | 8 << 8 | 2, 1 << 16 | 12 << 8, 20 << 16 | 11 << 8
    label = word.encode(codec)
    pad = lambda text, to: text + b"\0" * (-len(text) % to)
    out += p("iiiiii", 2, 0, 1, -3, f8_2, f8_2) + b"SCORE   " + p("i", len(label)) + pad(label, 4) + p("ddd", 90.0, 1.7976931348623157e308, -1.0)
    out += p("iiiiii", 2, 12, 0, 1, a12, a12) + b"UNIT    " + b"x".ljust(8)
    out += p("iiiiii", 2, -1, 0, 0, 0, 0) + b"        "
    out += p("iiiiii", 2, 0, 0, 0, date, date) + b"DAY     "
    text = b"top"
    out += p("ii", 3, 1) + p("d", 10.0) + bytes([len(text)]) + text + b" " * 4 + p("iii", 4, 1, 1)
    out += p("iiii", 7, 3, 4, 8) + p("iiiiiiii", 12, 0, 0, 0, 1, 1, 1 if order == ">" else 2, page)
    out += p("iiii", 7, 4, 8, 3) + p("ddd", -1.7976931348623157e308, 1.7976931348623157e308, -1.7976931348623155e308)
    out += p("ii", 999, 0)
    day = (dt.date(2026, 11, 22) - dt.date(1582, 10, 14)).days * 86400.0
    raw = lambda text: text.encode(codec).ljust(16)[:16]
    # One command for each element: score, two of the unit, day.
    out += bytes([110, 253, 253, 253, 253, 253, 254, 253]) + raw(word[:12]) + p("d", day) + p("d", 2.5) + raw("x")[:8] + p("d", -day)
    out += bytes([190, 253, 254, 255, 255, 254, 254, 255]) + b"North   "
    return out + bytes([252]) + b"\0" * 7


# ---- Parquet ----

PARQUET = HERE / "parquet" / "fixtures"


def expect_parquet(path, table=None):
    table = pq.read_table(path) if table is None else table
    names, columns = [], []
    for name, column in zip(table.column_names, table.columns):
        flatten(name, column.to_pylist(), column.type, names, columns)
    expect(path, names, zip(*columns))


def flatten(name, values, kind, names, columns):
    if pa.types.is_struct(kind):
        for field in kind:
            flatten(f"{name}.{field.name}", [None if v is None else v[field.name] for v in values], field.type, names, columns)
        return
    if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        values = [None if v is None else v.hex() for v in values]
    if pa.types.is_float32(kind):
        # The shortest decimal of 32 bits.
        import numpy
        values = [None if v is None else float(str(numpy.float32(v))) for v in values]
    if pa.types.is_time(kind) or pa.types.is_timestamp(kind):
        values = [None if v is None else v for v in values]
    names.append(name)
    columns.append(values)


def answers(n, seed):
    r = random.Random(seed)
    maybe = lambda f: [None if r.random() < 0.1 else f() for _ in range(n)]
    at = dt.datetime(2026, 11, 22, 13, 5, 7, 123000)
    return pa.table(
        {
            "id": pa.array(range(n), pa.int64()),
            "score": pa.array(maybe(lambda: r.randint(0, 10)), pa.int8()),
            "count": pa.array(maybe(lambda: r.randint(0, 2**32 - 1)), pa.uint32()),
            "huge": pa.array(maybe(lambda: r.randint(0, 2**64 - 1)), pa.uint64()),
            "small": pa.array(maybe(lambda: r.randint(-(2**31), 2**31 - 1)), pa.int32()),
            "wide": pa.array(maybe(lambda: r.randint(-(2**63), 2**63 - 1)), pa.int64()),
            "ratio": pa.array(maybe(lambda: r.choice([r.random(), 1e300, -1e-7, 3.0, float("inf"), float("nan")])), pa.float64()),
            "single": pa.array(maybe(lambda: round(r.random(), 3)), pa.float32()),
            "ok": pa.array(maybe(lambda: r.random() < 0.5), pa.bool_()),
            "agent": pa.array(maybe(lambda: r.choice(["A1", "A2", "Zoë", "x,y"])), pa.string()),
            "why": pa.array(maybe(lambda: r.choice(["", "two\nlines", 'say "hi"', "日本語"]) + "w" * r.randint(0, 20)), pa.string()),
            "day": pa.array(maybe(lambda: at.date() + dt.timedelta(days=r.randint(-9999, 9999))), pa.date32()),
            "at": pa.array(maybe(lambda: at + dt.timedelta(milliseconds=r.randint(0, 10**10))), pa.timestamp("ms")),
            "utc": pa.array(maybe(lambda: at + dt.timedelta(microseconds=r.randint(0, 10**13))), pa.timestamp("us", "UTC")),
            "clock": pa.array(maybe(lambda: dt.time(r.randint(0, 23), 5, 9, 250000)), pa.time64("us")),
            "price": pa.array(maybe(lambda: Decimal(r.randint(-(10**9), 10**9)).scaleb(-2)), pa.decimal128(12, 2)),
            "key": pa.array(maybe(lambda: bytes([255, r.randint(0, 255), 1])), pa.binary(3)),
        }
    )


def parquet():
    PARQUET.mkdir(exist_ok=True)
    for codec in ["none", "snappy", "gzip", "lz4", "brotli", "zstd"]:
        version = "2.0" if codec in ("gzip", "zstd") else "1.0"
        path = PARQUET / f"{codec}.parquet"
        pq.write_table(answers(150, codec), path, compression=codec, data_page_version=version, row_group_size=64, store_schema=False)
        expect_parquet(path)
    table = answers(300, "delta")
    path = PARQUET / "delta.parquet"
    encodings = {name: "DELTA_BINARY_PACKED" for name in ["id", "small", "wide", "at", "day"]}
    encodings |= {"agent": "DELTA_BYTE_ARRAY", "why": "DELTA_LENGTH_BYTE_ARRAY", "ratio": "BYTE_STREAM_SPLIT", "single": "BYTE_STREAM_SPLIT"}
    pq.write_table(table, path, compression="snappy", use_dictionary=False, column_encoding=encodings, data_page_version="2.0", data_page_size=512)
    expect_parquet(path)
    path = PARQUET / "pages.parquet"
    pq.write_table(answers(600, "pages"), path, compression="snappy", data_page_size=200, write_batch_size=50, dictionary_pagesize_limit=400)
    expect_parquet(path)
    r = random.Random("nested")
    some = lambda f: None if r.random() < 0.15 else f()
    kind = pa.struct([("agent", pa.string()), ("place", pa.struct([("city", pa.string()), ("zip", pa.int32())]))])
    rows = [some(lambda: {"agent": some(lambda: "A1"), "place": some(lambda: {"city": "Köln", "zip": some(lambda: 50667)})}) for _ in range(200)]
    picks = [some(lambda: [some(lambda: r.choice(["a", "b", 'c"d', "e\\f"])) for _ in range(r.randint(0, 4))]) for _ in range(200)]
    marks = [some(lambda: [r.randint(0, 5) for _ in range(r.randint(0, 3))]) for _ in range(200)]
    table = pa.table({"meta": pa.array(rows, kind), "picks": pa.array(picks, pa.list_(pa.string())), "marks": pa.array(marks, pa.list_(pa.int16()))})
    path = PARQUET / "nested.parquet"
    pq.write_table(table, path, compression="snappy", data_page_size=100, write_batch_size=16, row_group_size=120)
    expect_parquet(path)
    path = PARQUET / "int96.parquet"
    at = dt.datetime(2026, 11, 22, 13, 5, 7, 250000)
    table = pa.table({"at": pa.array([at, None, dt.datetime(1969, 12, 31, 23, 59, 59)], pa.timestamp("ns"))})
    pq.write_table(table, path, use_deprecated_int96_timestamps=True)
    expect_parquet(path, pa.table({"at": table["at"].cast(pa.timestamp("us"))}))


# ---- XLSX ----

XLSX = HERE / "xlsx" / "fixtures"


def expect_xlsx(path, sheet=None, empty_before=(), skip=0):
    book = openpyxl.load_workbook(path, data_only=True)
    sheet = book[sheet] if sheet else book.worksheets[0]
    rows = []
    for row in list(sheet.iter_rows())[skip:]:
        out = []
        for c in row:
            value = c.value
            # openpyxl makes every date a datetime at midnight.
            if isinstance(value, dt.datetime) and value.time() == dt.time():
                value = value.date()
            if isinstance(value, int) and not isinstance(value, bool):
                value = str(value)
            # How XML keeps a carriage return (ECMA-376 part 1, 22.9.2.19), which openpyxl leaves as it is.
            if isinstance(value, str):
                value = value.replace("_x000D_", "\r")
            out.append(value)
        if any(value is not None for value in out):
            rows.append(out)
    expect(path, [cell(v) for v in rows[0]], rows[1:], empty_before, skip)


def xlsx():
    XLSX.mkdir(exist_ok=True)
    r = random.Random("xlsx")
    names = ["id", "score", "agent", "why", "day", "at", "clock", "took", "ok", "share", "long id"]
    at = dt.datetime(2026, 11, 22, 13, 5, 7)

    def row(i):
        some = lambda v: None if r.random() < 0.1 else v
        return [
            i,
            some(r.randint(0, 10)),
            some(r.choice(["A1", "Zoë", "x,y", " padded "])),
            some(r.choice(["two\nlines", 'say "hi"', "<b>&amp;</b>", "日本語 𝄞"]) + "w" * r.randint(0, 9)),
            some((at + dt.timedelta(days=r.randint(-30000, 30000))).date()),
            some(at + dt.timedelta(seconds=r.randint(0, 10**8))),
            some(dt.time(r.randint(0, 23), r.randint(0, 59), r.randint(0, 59))),
            some(dt.timedelta(seconds=r.randint(0, 10**6))),
            some(r.random() < 0.5),
            some(r.choice([r.random(), 0.1 + 0.2, 1e300, 1e-7, -2.5])),
            12345678901234567,
        ]

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Responses"
    sheet.append(names)
    for i in range(120):
        sheet.append(row(i))
        sheet.cell(sheet.max_row, 8).number_format = "[h]:mm:ss"
    book.create_sheet("Notes").append(["ignore me"])
    book.save(XLSX / "openpyxl.xlsx")
    expect_xlsx(XLSX / "openpyxl.xlsx")

    # Gaps: names in the third row, an empty row between responses, a date system of 1904, inline strings, formulas.
    path = XLSX / "gaps.xlsx"
    book = xlsxwriter.Workbook(str(path), {"date_1904": True, "constant_memory": True})
    sheet = book.add_worksheet("First")
    date = book.add_format({"num_format": "d. mmm yyyy"})
    money = book.add_format({"num_format": '#,##0.00 "days"'})
    bold = book.add_format({"bold": True})
    sheet.write_row(2, 0, ["day", "paid", "sum", "word", "rich"])
    for at, line in enumerate([4, 5, 7, 8, 9]):
        sheet.write_datetime(line, 0, dt.datetime(2026, 11, 20 + at), date)
        sheet.write_number(line, 1, 10.5 * at, money)
        sheet.write_formula(line, 2, "=1+1", None, [2, "text", True, "", 2.5][at])
        sheet.write_string(line, 3, ["tab\there", "x", "CR\rLF", "é", "end"][at])
        sheet.write_rich_string(line, 4, "plain ", bold, f"bold {at}", " plain")
    hidden = book.add_worksheet("Second")
    hidden.write_row(0, 0, ["other", "sheet"])
    hidden.write_row(1, 0, [1, 2])
    book.close()
    expect_xlsx(path, empty_before=(0, 2), skip=2)

    path = XLSX / "shared.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["agent", "score", "why"])
    for i in range(50):
        sheet.write_row(i + 1, 0, [r.choice(["A1", "B2", "C3"]), r.randint(0, 10), "because " + "x" * (i % 7)])
    book.close()
    expect_xlsx(path)


if __name__ == "__main__":
    sav()
    parquet()
    xlsx()
