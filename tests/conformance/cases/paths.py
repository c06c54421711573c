import rerun as rr


def _log_to(rec: rr.RecordingStream, paths: list[str]) -> None:
    for path in paths:
        rec.log(path, rr.TextLog(path))


def texts(rec: rr.RecordingStream) -> None:
    _log_to(rec, ["a", "/a", "a/", "//a//b/", "a b", r"a\ b", "", "/", r"a\/b", "a.b/c", r"C:\Users\x.jpg"])
    _log_to(rec, ["hallå/där!", r"a\nb", r"a\u{262E}", r"a\u{zz}", r"a\u262E", "x\\", "a\tb", "a\nb", "a\rb"])
    _log_to(rec, ["__properties/foo", "/__reserved", "a[#3]", "a:b", "😀", r"\__x", r"a\x", "e\u0301", "½", "$"])
    _log_to(rec, [r"a\\b", "A/B/../c", "./a", "a-b_c", "日本/語", "☮", "a'b\"c", "100%", "\u00a0", "  ", "\\", "\\\\"])
    _log_to(
        rec, [r"a\u{1F600}b", r"\u{0}", r"\u{110000}", r"\u{d800}", r"\u{0041}", r"\u{", r"\u{}", "\u0001"]
    )
    _log_to(rec, [r"a\\/b", r"a\\\/b", r"a\\\\/b", r"a\\/", r"\\/", r"a/\/b"])


def parts(rec: rr.RecordingStream) -> None:
    paths = [["world", 42, "image!"], ["a/b", "c"], [], ["a b"], ["/"], [-1, 2**64], ["..", "."], ["\t", "\n"]]
    for path in paths:
        rec.log(rr.new_entity_path(path), rr.TextLog(",".join(map(str, path))))


BLOCKS = [
    (0x0001, 0x024F),
    (0x0300, 0x036F),
    (0x0400, 0x04FF),
    (0x2000, 0x2064),
    (0x2150, 0x2188),
    (0x2460, 0x24FF),
    (0x3041, 0x3096),
    (0xFF01, 0xFF9F),
    (0x1F600, 0x1F64F),
]


def every_character(rec: rr.RecordingStream) -> None:
    for first, last in BLOCKS:
        for start in range(first, last + 1, 32):
            part = "".join(map(chr, range(start, min(start + 32, last + 1))))
            rec.log(rr.new_entity_path([part]), rr.Scalars(start))


def many_entities(rec: rr.RecordingStream) -> None:
    for index in range(100):
        rec.log(f"world/robot {index % 10}/joint {index}", rr.Scalars(index))
