import rerun as rr


def text_log(rec: rr.RecordingStream) -> None:
    rec.log("plain", rr.TextLog("hello"))
    rec.log("all fields", rr.TextLog("hello", level="WARN", color=[255, 255, 0]))
    rec.log("own level", rr.TextLog("hello", level="Chatter"))
    rec.log("several", rr.TextLog(["one", "two"], level=["INFO", "ERROR"], color=[0xFF0000FF, 0x00FF00FF]))
    rec.log("empty", rr.TextLog(""))


def every_level(rec: rr.RecordingStream) -> None:
    level = rr.TextLogLevel
    for name in [level.CRITICAL, level.ERROR, level.WARN, level.INFO, level.DEBUG, level.TRACE]:
        rec.log("log", rr.TextLog(name, level=name))


def text_document(rec: rr.RecordingStream) -> None:
    rec.log("plain", rr.TextDocument("hello"))
    rec.log("markdown", rr.TextDocument("# Hello\n\n*world*", media_type=rr.MediaType.MARKDOWN), static=True)


def unicode(rec: rr.RecordingStream) -> None:
    texts = [
        "",
        "naïve café",
        "日本語のテキスト",
        "עברית ‏العربية",
        "😀👩‍👩‍👧‍👦🏳️‍🌈",
        "\U0010ffff\U00010000\uffff\ue000",
        "a\0b\u0001\u007f\u0085\u2028\u2029\ufeff",
        "e\u0301 \u00e9 \u1e9b\u0323",
        "\r\n\t\\\"'`${}%s",
    ]
    for text in texts:
        rec.log("one", rr.TextLog(text))
    rec.log("all", rr.TextLog(texts))
    rec.log("labels", rr.Points3D([[0, 0, 0]] * len(texts), labels=texts))


def every_length(rec: rr.RecordingStream) -> None:
    for length in range(71):
        rec.log("ascii", rr.TextLog("x" * length))
        rec.log("late accent", rr.TextLog("x" * length + "é"))
        rec.log("late emoji", rr.TextLog("x" * length + "😀"))


def long_texts(rec: rr.RecordingStream) -> None:
    rec.log("ascii", rr.TextDocument("0123456789" * 100_000))
    rec.log("japanese", rr.TextDocument("日本" * 50_000))
    rec.log("emoji", rr.TextDocument("a😀" * 50_000))


def lone_surrogates(rec: rr.RecordingStream) -> None:
    rec.log("high", rr.TextLog("a\ufffdb"))
    rec.log("low", rr.TextLog("a\ufffdb"))
    rec.log("reversed", rr.TextLog("\ufffd\ufffd"))
    rec.log("at the end", rr.TextLog("long enough for the other way of encoding " * 2 + "\ufffd"))
