import * as rr from "@rerun-ts/node";

export function textLog(rec: rr.RecordingStream): void {
  rec.log("plain", new rr.TextLog("hello"));
  rec.log("all fields", new rr.TextLog("hello", { level: "WARN", color: [255, 255, 0] }));
  rec.log("own level", new rr.TextLog("hello", { level: "Chatter" }));
  rec.log("several", new rr.TextLog(["one", "two"], { level: ["INFO", "ERROR"], color: [0xff0000ff, 0x00ff00ff] }));
  rec.log("empty", new rr.TextLog(""));
}

export function everyLevel(rec: rr.RecordingStream): void {
  for (const level of ["CRITICAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"])
    rec.log("log", new rr.TextLog(level, { level }));
}

export function textDocument(rec: rr.RecordingStream): void {
  rec.log("plain", new rr.TextDocument("hello"));
  rec.log("markdown", new rr.TextDocument("# Hello\n\n*world*", { mediaType: "text/markdown" }), { static: true });
}

export function unicode(rec: rr.RecordingStream): void {
  const texts = [
    "",
    "naïve café",
    "日本語のテキスト",
    "עברית ‏العربية",
    "😀👩‍👩‍👧‍👦🏳️‍🌈",
    "\u{10ffff}\u{10000}\uffff\ue000",
    "a\0b\u0001\u007f\u0085\u2028\u2029\ufeff",
    "e\u0301 \u00e9 \u1e9b\u0323",
    "\r\n\t\\\"'`${}%s",
  ];
  for (const text of texts) rec.log("one", new rr.TextLog(text));
  rec.log("all", new rr.TextLog(texts));
  rec.log(
    "labels",
    new rr.Points3D(
      Array.from(texts, () => [0, 0, 0]),
      { labels: texts },
    ),
  );
}

/** Strings around the lengths at which the encoding changes. */
export function everyLength(rec: rr.RecordingStream): void {
  for (let length = 0; length <= 70; length++) {
    rec.log("ascii", new rr.TextLog("x".repeat(length)));
    rec.log("late accent", new rr.TextLog(`${"x".repeat(length)}é`));
    rec.log("late emoji", new rr.TextLog(`${"x".repeat(length)}😀`));
  }
}

export function longTexts(rec: rr.RecordingStream): void {
  rec.log("ascii", new rr.TextDocument("0123456789".repeat(100_000)));
  rec.log("japanese", new rr.TextDocument("日本".repeat(50_000)));
  rec.log("emoji", new rr.TextDocument("a😀".repeat(50_000)));
}

/** Lone surrogates: Python cannot write them, and the encoders of the platform replace them. */
export function loneSurrogates(rec: rr.RecordingStream): void {
  rec.log("high", new rr.TextLog("a\ud83db"));
  rec.log("low", new rr.TextLog("a\ude00b"));
  rec.log("reversed", new rr.TextLog("\ude00\ud83d"));
  rec.log("at the end", new rr.TextLog(`${"long enough for the other way of encoding ".repeat(2)}\ud83d`));
}
