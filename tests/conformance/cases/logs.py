import json
import logging

import numpy as np
import rerun as rr


def console_lines(rec: rr.RecordingStream) -> None:
    lines = [
        ("TRACE", "trace"),
        ("DEBUG", "debug"),
        ("INFO", "one of 2 true"),
        ("INFO", json.dumps({"name": "größe 😀", "list": [1, 2.5, None, {"empty": {}}]}, ensure_ascii=False)),
        ("WARN", "warn 1 a\nb"),
        ("ERROR", ""),
        ("ERROR", "Assertion failed: 3 left"),
    ]
    for level, text in lines:
        rec.log("logs/console", rr.TextLog(text, level=level))
    rec.set_time("frame", sequence=7)
    rec.log(rr.new_entity_path(["logs", "a b"]), rr.TextLog("at a frame", level="INFO"))


def pino_lines(rec: rr.RecordingStream) -> None:
    logging.addLevelName(1, "chatter")
    handler = rr.LoggingHandler("logs/python")
    levels = [(10, "debug"), (20, "info"), (30, "warn"), (40, "error"), (50, "fatal"), (1, "chatter")]
    with rec:
        for module in ["app", "app.db", r"app.db.größe\ 1"]:
            for number, name in levels:
                record = logging.LogRecord(module, number, "", 0, "it is %s", (name,), None)
                record.module = module
                handler.emit(record)


def pino_fields(rec: rr.RecordingStream) -> None:
    rec.set_time("logged", timestamp=np.datetime64(1_700_000_000_123, "ms"))
    rec.log("logs", rr.TextLog('slow ms=1200 query="select 1" tags=["a", {"b": null}]', level="INFO"))
    rec.log("logs/net", rr.TextLog("late request=7", level="WARN"))
