"""Compares answers to queries of recordings with those of Rerun: `compare_releases.py REQUEST.json ANSWER.json`.

The request is a list of `{file, query, table}` as that of query_oracle.py; the answer has the problem of each, or null.
"""

from __future__ import annotations

import json
import sys

from query_oracle import answer, load


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        requests = json.load(file)
    answers = [answer(request) for request in requests]
    # The program stays for other tests.
    load.cache_clear()
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump([found.get("problem", found.get("error", "there is no answer")) for found in answers], file)


if __name__ == "__main__":
    main(*sys.argv[1:])
