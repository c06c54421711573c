import * as rr from "@rerun-ts/node";
import { recordings } from "../harness/case.ts";

const I64_MAX = 2n ** 63n - 1n;
const I64_MIN = -(2n ** 63n);

function logAt(rec: rr.RecordingStream, timeline: string, ...values: rr.types.TimeValue[]): void {
  for (const value of values) {
    rec.setTime(timeline, value);
    rec.log("row", new rr.Scalars(0));
  }
}

export function sequences(rec: rr.RecordingStream): void {
  logAt(rec, "frame", 0, 1, 1000, -1, 99_999_999_999, 12n, { sequence: 2 ** 53 - 1 }, { sequence: -5n });
}

export function durations(rec: rr.RecordingStream): void {
  logAt(rec, "elapsed", { duration: 0 }, { duration: 3 }, { duration: 1.5 }, { duration: -0.25 }, { duration: 7n });
  logAt(rec, "elapsed", { duration: { seconds: 2.5 } }, { duration: { millis: 2.5 } }, { duration: { micros: 2.5 } });
  logAt(rec, "elapsed", { duration: { nanos: 25n } }, { duration: { nanos: 25 } }, { duration: { seconds: 3n } });
}

export function timestamps(rec: rr.RecordingStream): void {
  logAt(rec, "when", new Date(1_700_000_000_123), { timestamp: new Date(0) }, { timestamp: 1_700_000_000 });
  logAt(rec, "when", { timestamp: 1_700_000_000.123456789 }, { timestamp: 1_700_000_000_123_456_789n });
  logAt(rec, "when", { epochNanoseconds: 1_700_000_000_123_456_789n }, { timestamp: { millis: 1_700_000_000_123 } });
  logAt(rec, "when", { timestamp: { micros: 1_700_000_000_123_456 } }, { timestamp: { nanos: 1n } });
}

export function beforeNineteenSeventy(rec: rr.RecordingStream): void {
  logAt(rec, "when", new Date("1969-12-31T23:59:59.999Z"), new Date("1900-01-01T00:00:00Z"), { timestamp: -1.5 });
  logAt(rec, "when", { timestamp: -1 }, { timestamp: -1n }, { timestamp: { millis: -1 } });
}

/** Halves are rounded to even, as in Python and IEEE 754. */
export function roundedNanoseconds(rec: rr.RecordingStream): void {
  for (const nanos of [0.5, 1.5, 2.5, 3.5, 0.49, 0.51, -0.5, -1.5, -2.5, 1234567.5, 7654321.5]) {
    logAt(rec, "elapsed", { duration: nanos / 1e9 });
  }
  for (const seconds of [0.1, 0.2, 0.3, 1 / 3, 2 / 3, 1e-9, 1e-10, 123456.789, 1e6 + 1e-6, 9e9 + 0.5]) {
    logAt(rec, "elapsed", { duration: seconds });
    logAt(rec, "when", { timestamp: seconds });
  }
}

/** The smallest integer marks static data in Rerun, so it becomes the next one. */
export function limits(rec: rr.RecordingStream): void {
  logAt(rec, "frame", I64_MAX, I64_MIN + 1n, I64_MIN, 2n ** 62n, -(2n ** 32n), 2n ** 32n, 2n ** 31n, -(2n ** 31n));
  logAt(rec, "elapsed", { duration: I64_MAX }, { duration: I64_MIN }, { duration: 9_223_372_036 });
  logAt(rec, "when", { timestamp: I64_MAX }, { timestamp: I64_MIN }, { timestamp: -9_223_372_036 });
}

export function severalTimelines(rec: rr.RecordingStream): void {
  rec.setTime("frame", 1);
  rec.log("one", new rr.Scalars(1));
  rec.setTime("when", new Date(5000));
  rec.log("two", new rr.Scalars(2));
  rec.setTime({ frame: 2, elapsed: { duration: 0.5 } });
  rec.log("three", new rr.Scalars(3));
  rec.log("one", new rr.Scalars(4));
}

export function timesOfOneRow(rec: rr.RecordingStream): void {
  rec.setTime("frame", 1);
  rec.log("row", new rr.Scalars(1), { time: { frame: 7, elapsed: { duration: 2 } } });
  rec.log("row", new rr.Scalars(2));
  const at = rec.at({ frame: 8, sensor: 100 });
  rec.setTime("frame", 2);
  at.log("row", new rr.Scalars(3));
  at.at({ sensor: 101 }).log("row", new rr.Scalars(4));
  rec.log("row", new rr.Scalars(5));
}

export function disabledAndReset(rec: rr.RecordingStream): void {
  rec.setTime({ frame: 1, step: 2 });
  rec.log("row", new rr.Scalars(1));
  rec.disableTimeline("frame");
  rec.log("row", new rr.Scalars(2));
  rec.disableTimeline("unknown");
  rec.setTime("frame", 3);
  rec.log("row", new rr.Scalars(3));
  rec.resetTime();
  rec.log("row", new rr.Scalars(4));
  rec.setTime("step", 5);
  rec.log("row", new rr.Scalars(5));
}

export function backAndForth(rec: rr.RecordingStream): void {
  logAt(rec, "frame", 5, 3, 3, 4, -2, 100, 0);
  rec.resetTime();
  logAt(rec, "elapsed", { duration: 1 }, { duration: 0.5 }, { duration: 2 });
}

export function names(rec: rr.RecordingStream): void {
  const unusual = ["my-index v1.2", "_lead", "a:b", "a/b", "größe", "時間", "😀", "\uffee", "\\", '"', "x".repeat(300)];
  for (const [index, name] of unusual.entries()) {
    rec.setTime(name, index);
    rec.log("row", new rr.Scalars(index));
  }
}

export function staticRows(rec: rr.RecordingStream): void {
  rec.setTime("frame", 1);
  rec.log("row", new rr.Scalars(1), { static: true });
  rec.log("both", new rr.Scalars(2));
  rec.log("both", new rr.TextLog("at all times"), { static: true });
  rec.log("overwritten", new rr.Scalars(3), { static: true });
  rec.log("overwritten", new rr.Scalars(4), { static: true });
}

export const withLogTick = recordings([{ logTick: true }], (rec) => {
  rec.log("row", new rr.Scalars(1));
  rec.log("row", new rr.Scalars(2), { static: true });
  rec.sendProperty("operator", new rr.TextLog("Ada"));
  rec.sendRecordingName("ticks");
  rec.sendColumns("columns", rr.TimeColumn.sequence("frame", [1, 2]), rr.Scalars.columns({ scalars: [1, 2] }));
  rec.setTime("frame", 1);
  rec.log("row", new rr.Scalars(3));
  rec.resetTime();
  rec.log("row", new rr.Scalars(4));
});

export const withoutLogTime = recordings([{ logTime: false }], (rec) => {
  rec.setTime("frame", 1);
  rec.log("row", new rr.Scalars(1));
  rec.setTime("frame", 2);
  rec.log("row", new rr.Scalars(2));
});

/** A row without times is static, with and without the option. */
export const withoutAnyTime = recordings([{ logTime: false }], (rec) => {
  rec.log("row", new rr.Scalars(1));
  rec.setTime("frame", 1);
  rec.log("row", new rr.TextLog("later"));
});

export const logTickAlone = recordings([{ logTime: false, logTick: true }], (rec) => {
  for (let index = 0; index < 5; index++) rec.log(index % 2 === 0 ? "even" : "odd", new rr.Scalars(index));
});

export const logTickSwitchedOffAndOn = recordings([{ logTime: false, logTick: true }], (rec) => {
  rec.setTime("frame", 7);
  for (const enabled of [true, false, true, true, false]) {
    rec.setLogTickEnabled(enabled);
    rec.log("row", new rr.Scalars(enabled ? 1 : 0));
  }
  rec.sendRecordingStartTime(1_700_000_000_123_456_789n);
});
