"""A stock list.

Names from an array of strings by index arrays, totals per item, and the list as JSON and as CSV,
as scripts write them.
"""

import csv
import io
import json

import numpy as np


def stock_report(items, amounts, prices):
    names = np.array(["bolt", "nut", "screw", "washer", "spring"])
    labels = names[items]
    totals = np.zeros(len(names))
    np.add.at(totals, items, amounts * prices[items])
    order = np.argsort(totals)[::-1]
    table = {str(names[i]): round(float(totals[i]), 2) for i in order}
    short = names[np.bincount(items, amounts, minlength=len(names)) < 20]
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    for label, amount in zip(labels[:5], amounts, strict=False):
        writer.writerow([label, amount, f"{prices[items[0]]:.2f}"])
    return json.dumps(table), page.getvalue(), ", ".join(short), json.dumps(amounts.tolist())


def inputs(rng):
    items = np.where(rng.random(30) < 0.4, 2, rng.integers(0, 5, 30))
    return items, rng.integers(0, 9, 30), np.array([0.25, 0.125, 0.5, 0.0, 2.0])
