import { RecordingStream, TimeColumn, type RerunError, type TimePointLike, type TimeValue } from "@rerun-ts/core";
import { describe, expect, it, vi } from "vitest";
import { addNumber, setBigInt, setNumber, setScaled, toBigInt, type Int64 } from "../../dist/time/int64.js";
import { numbers } from "@rerun-ts/test-support/common/messages";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { observeRecording } from "@rerun-ts/test-support/common/recordings";

function int64(fill: (out: Int64) => void): bigint {
  const out = { lo: 0, hi: 0 };
  fill(out);
  return toBigInt(out);
}

describe("64-bit integers in two halves", () => {
  const SAMPLES = [0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32), 2 ** 32 + 5, 2 ** 53 - 1, -(2 ** 53) + 1];

  it.each(SAMPLES)("store %d from a number and from a bigint", (value) => {
    expect(int64((out) => setNumber(out, value))).toBe(BigInt(value));
    expect(int64((out) => setBigInt(out, BigInt(value)))).toBe(BigInt(value));
  });

  it.each([...SAMPLES.filter((value) => Math.abs(value) < 2 ** 33), 1_700_000_000_123, -999, 9_223_372_036])(
    "store a multiple of %d exactly",
    (value) => {
      const factor = Math.abs(value) < 9.2e9 ? 1e9 : 1e6;
      expect(int64((out) => setScaled(out, value, factor))).toBe(BigInt(value) * BigInt(factor));
    },
  );

  it("are added with a carry", () => {
    expect(int64((out) => addNumber(out, { lo: 0xffffffff, hi: 7 }, 2 ** 40 + 1))).toBe((8n << 32n) + (1n << 40n));
  });
});

/** The stored times of rows that are logged at these values of the timeline `t`. */
function timesOf(values: readonly TimeValue[]): readonly bigint[] {
  const recording = new RecordingStream("time", { strict: true });
  const memory = recording.memoryRecording();
  for (const value of values) recording.log("x", numbers(1), { time: { t: value } });
  return readChunks(memory.drainAsBytes()).flatMap(({ times }) => times.t ?? []);
}

describe("the time of a row", () => {
  it.each<[TimeValue, bigint]>([
    [42, 42n],
    [-42n, -42n],
    [{ sequence: 2 ** 53 - 1 }, 2n ** 53n - 1n],
    [{ sequence: 2n ** 63n - 1n }, 2n ** 63n - 1n],
    // The smallest value marks static data in Rerun.
    [-(2n ** 63n), -(2n ** 63n) + 1n],
    [{ duration: 1.5 }, 1_500_000_000n],
    [{ duration: -0.25 }, -250_000_000n],
    [{ duration: 9_000_000_001 }, 9_000_000_001_000_000_000n],
    // Half to even, as in Rerun.
    [{ duration: 2.5e-9 }, 2n],
    [{ duration: 3.5e-9 }, 4n],
    [{ duration: -2.5e-9 }, -2n],
    [{ duration: 5n }, 5n],
    [{ duration: { millis: 1.5 } }, 1_500_000n],
    [{ duration: { micros: 7n } }, 7_000n],
    [{ duration: { nanos: 3 } }, 3n],
    [{ duration: { seconds: 2n } }, 2_000_000_000n],
    [new Date("2024-01-02T03:04:05.678Z"), 1_704_164_645_678_000_000n],
    [new Date(-1), -1_000_000n],
    [{ timestamp: 1_700_000_000.123456789 }, 1_700_000_000_123_456_768n],
    [{ timestamp: 1_700_000_000 }, 1_700_000_000_000_000_000n],
    [{ timestamp: new Date(5) }, 5_000_000n],
    [{ timestamp: { epochNanoseconds: 9n } }, 9n],
    [{ epochNanoseconds: 123n }, 123n],
  ])("is stored as an integer: %o as %s", (value, expected) => {
    expect(timesOf([value])).toEqual([expected]);
  });

  it.each<[unknown, RegExp]>([
    [1.5, /an integer \(seconds\? pass `\{ duration \}`\), got 1.5/],
    [Number.NaN, /an integer.*got NaN/],
    [1_700_000_000_000, /at most 1e11.*milliseconds\? pass a `Date`; else `\{ sequence \}`.*got 1700000000000/],
    [2n ** 63n, /range of a signed 64-bit integer, got 9223372036854775808n/],
    [{ sequence: 1.5 }, /safe integer or a bigint, got 1.5/],
    [{ sequence: 2 ** 53 }, /safe integer/],
    [{ timestamp: 1_700_000_000_000 }, /at most 1e11 seconds since 1970 \(milliseconds\? pass a `Date`\)/],
    [{ duration: Infinity }, /finite/],
    [{ duration: 1e10 }, /64-bit integer in nanoseconds/],
    [{ duration: { hours: 1 } }, /\{ seconds \}, \{ millis \}/],
    [{ duration: { seconds: 1, millis: 1 } }, /\{ seconds \}, \{ millis \}/],
    [{ timestamp: "2024" }, /a Date.*got "2024"/],
    [new Date("no date"), /a valid Date, got an invalid Date/],
    [{ millis: 12 }, /e\.g\. \{ duration: \{ millis: 12 \} \}, got an object with millis/],
    [{ days: 1 }, /\{ sequence \}, \{ duration \} and \{ timestamp \}/],
    [{ sequence: 1, duration: 1 }, /\{ sequence \}, \{ duration \} and \{ timestamp \}/],
    ["now", /an integer, a Date.*got "now"/],
    [undefined, /got undefined/],
  ])("is reported and not changed if it is invalid: %o", (value, message) => {
    const warnings: RerunError[] = [];
    const recording = new RecordingStream("time", { onWarning: (warning) => warnings.push(warning) });
    const memory = recording.memoryRecording();
    recording.setTime("t", 7);
    recording.setTime("t", value as TimeValue);
    recording.setTime({ other: 1, t: value as TimeValue });
    recording.log("x", numbers(1));
    // `undefined` among several times means that this one is not set.
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ code: "INVALID_DATA", argument: "t" });
    expect(warnings[0]?.message).toMatch(message);
    const [chunk] = readChunks(memory.drainAsBytes());
    expect(chunk?.times).toMatchObject(value === undefined ? { t: [7n], other: [1n] } : { t: [7n] });
    recording.setStrictMode(true);
    expect(() => recording.setTime("t", value as TimeValue)).toThrow(message);
  });

  it.each(["sequence", "duration", "timestamp"])(
    "is rejected as a bare number on a timeline named `%s`, with a hint",
    (name) => {
      const recording = new RecordingStream("time", { strict: true });
      expect(() => recording.at({ [name]: 42 } as TimePointLike)).toThrow(/replaced by the name of your timeline/);
      expect(() => recording.setTime({ [name]: 42n } as TimePointLike)).toThrow(
        /replaced by the name of your timeline/,
      );
      expect(() => recording.setTime({ [name]: { sequence: 42 } } as TimePointLike)).not.toThrow();
    },
  );

  it("is reported and not changed if its kind differs from that of the timeline", () => {
    const warnings: RerunError[] = [];
    const recording = new RecordingStream("time", { onWarning: (warning) => warnings.push(warning) });
    const memory = recording.memoryRecording();
    recording.setTime("t", 1);
    recording.setTime("t", new Date(0));
    recording.at({ t: { duration: 1 } }).log("x", numbers(1));
    recording.log("y", numbers(1), { time: { t: { duration: 2 } } });
    recording.setTime("", 1);
    recording.setTime({ u: new Date(0) });
    recording.setTime("u", 5n);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /`t` must be a sequence, as before on this timeline, got a timestamp; the time is unchanged/,
      ),
      // The problem of the view is the same, and so is not reported again.
      expect.stringMatching(/`t` at `\/y` must be a sequence.*got a duration; nothing was logged/),
      expect.stringContaining('`timeline` must be a non-empty string, got ""; the time is unchanged'),
      expect.stringContaining("got a sequence (nanoseconds as a bigint? pass `{ timestamp }`); the time is unchanged"),
    ]);
    expect(readChunks(memory.drainAsBytes()).map(({ entityPath, times }) => [entityPath, times.t])).toEqual([
      ["/x", [1n]],
    ]);
  });

  it("is the current one until it is changed, disabled or reset, and always includes log_time", () => {
    const recording = new RecordingStream("time", { strict: true, batcher: { flushNumRows: 0 } });
    const memory = recording.memoryRecording();
    const timelinesOfRow = (): string[] => {
      recording.log("x", numbers(1));
      return Object.keys(readChunks(memory.drainAsBytes())[0]?.times ?? {});
    };
    expect(timelinesOfRow()).toEqual(["log_time"]);
    recording.setTime({ frame: 1, clock: new Date(0) });
    expect(timelinesOfRow()).toEqual(["clock", "frame", "log_time"]);
    recording.disableTimeline("frame");
    recording.disableTimeline("log_time");
    recording.disableTimeline("unknown");
    expect(timelinesOfRow()).toEqual(["clock", "log_time"]);
    recording.resetTime();
    expect(timelinesOfRow()).toEqual(["log_time"]);
  });

  it("is, in a view, the one when the view was created, with the times of the view", () => {
    const recording = new RecordingStream("time", { strict: true, logTime: false, batcher: { flushNumRows: 0 } });
    const memory = recording.memoryRecording();
    recording.setTime("frame", 1);
    const view = recording.at({ job: 7 });
    const inner = view.at({ job: 8, step: 1 });
    recording.setTime("frame", 2);
    view.log("a", numbers(1));
    inner.log("b", numbers(1));
    inner.log("c", numbers(1), { time: { step: 2 } });
    inner.log("d", numbers(1), { static: true });
    recording.log("e", numbers(1));
    expect(readChunks(memory.drainAsBytes()).map(({ entityPath, times }) => ({ entityPath, ...times }))).toEqual([
      { entityPath: "/a", frame: [1n], job: [7n] },
      { entityPath: "/b", frame: [1n], job: [8n], step: [1n] },
      { entityPath: "/c", frame: [1n], job: [8n], step: [2n] },
      { entityPath: "/d" },
      { entityPath: "/e", frame: [2n] },
    ]);
  });

  it("includes the wall-clock time, and the number of the call with `logTick`", () => {
    const recording = new RecordingStream("time", { logTick: true });
    const memory = recording.memoryRecording();
    // The clock of a recording follows that of the system when they differ by 50 ms.
    const before = BigInt(Date.now() - 60) * 1_000_000n;
    recording.log("x", numbers(1), { static: true });
    for (let row = 0; row < 3; row++) recording.log("x", numbers(row));
    const after = BigInt(Date.now() + 60) * 1_000_000n;
    const chunk = readChunks(memory.drainAsBytes()).find(({ isStatic }) => !isStatic);
    expect(chunk?.times.log_tick).toEqual([1n, 2n, 3n]);
    for (const time of chunk?.times.log_time ?? []) {
      expect(time).toBeGreaterThanOrEqual(before);
      expect(time).toBeLessThanOrEqual(after);
    }
  });
});

describe("the time of a row", () => {
  it("is that of now if the system clock was moved since the last row", async () => {
    const { recording } = observeRecording({ batcher: { flushTickMs: 1e6 } });
    const memory = recording.memoryRecording();
    recording.log("x", numbers(1));
    await recording.flush();
    const hours = 8 * 3_600_000;
    const later = Date.now() + hours;
    const moved = vi.spyOn(Date, "now").mockReturnValue(later);
    recording.log("x", numbers(2));
    moved.mockRestore();
    const [, time] = readChunks(memory.drainAsBytes()).flatMap(({ times }) => times.log_time ?? []);
    expect(Number((time as bigint) / 1_000_000n)).toBeGreaterThanOrEqual(later);
    await recording.close();
  });
});

describe("names of timelines", () => {
  it("may contain any character, and are never taken for several names", () => {
    const recording = new RecordingStream("names", { logTime: false });
    const memory = recording.memoryRecording();
    recording.setTime({ a: 1, b: 2 });
    recording.log("x", numbers(1));
    recording.resetTime();
    recording.setTime("a\0b", 7);
    recording.log("x", numbers(2));
    expect(readChunks(memory.drainAsBytes()).map(({ times }) => times)).toEqual([
      { a: [1n], b: [2n] },
      { "a\0b": [7n] },
    ]);
  });

  it("are refused with half of a character, which would make two of them the same", () => {
    const { recording, warnings } = observeRecording();
    recording.setTime("a\ud800", 1);
    recording.setTime({ "a\ud801": 1 });
    expect(warnings).toMatchObject([
      { code: "INVALID_DATA", message: expect.stringContaining("well-formed Unicode") },
      { code: "INVALID_DATA" },
    ]);
  });
});

describe("TimeColumn", () => {
  it("says how it is made to those who construct it as in Python", () => {
    const create = (): unknown => Reflect.construct(TimeColumn, ["frame", { sequence: [1, 2] }]);
    expect(create).toThrow("must be made by `TimeColumn.sequence`, `.duration` or `.timestamp`");
  });

  const valuesOf = ({ bytes }: TimeColumn): bigint[] => [...new BigInt64Array(bytes.slice().buffer)];

  it.each<[TimeColumn, string, bigint[]]>([
    [TimeColumn.sequence("t", [1, 2n, -3] as number[]), "sequence", [1n, 2n, -3n]],
    [TimeColumn.sequence("t", new Uint8Array([1, 2])), "sequence", [1n, 2n]],
    [TimeColumn.sequence("t", new BigInt64Array([5n, -(2n ** 63n)])), "sequence", [5n, -(2n ** 63n) + 1n]],
    [TimeColumn.sequence("t", new Set([3, 4])), "sequence", [3n, 4n]],
    [TimeColumn.duration("t", [0, 0.5, 1]), "duration", [0n, 500_000_000n, 1_000_000_000n]],
    [TimeColumn.duration("t", new Float64Array([1.5]), "millis"), "duration", [1_500_000n]],
    [TimeColumn.duration("t", new BigInt64Array([7n])), "duration", [7n]],
    [TimeColumn.duration("t", new BigInt64Array([7n]), "micros"), "duration", [7_000n]],
    [TimeColumn.timestamp("t", [new Date(1), new Date(2)]), "timestamp", [1_000_000n, 2_000_000n]],
    [TimeColumn.timestamp("t", [1_700_000_000_000], "millis"), "timestamp", [1_700_000_000_000_000_000n]],
    [TimeColumn.timestamp("t", []), "timestamp", []],
  ])("stores sequences, durations and timestamps of every accepted form (%#)", (column, kind, values) => {
    expect(column.kind).toBe(kind);
    expect(column.length).toBe(values.length);
    expect(valuesOf(column)).toEqual(values);
  });

  it("copies its values", () => {
    const values = new BigInt64Array([1n, 2n]);
    const column = TimeColumn.sequence("t", values);
    values[0] = 9n;
    expect(valuesOf(column)).toEqual([1n, 2n]);
  });

  it.each<[() => unknown, typeof TypeError | typeof RangeError, RegExp]>([
    [() => TimeColumn.sequence("", [1]), TypeError, /`name` must be the name of a timeline, got ""/],
    [
      () => TimeColumn.sequence("t", [1.5]),
      TypeError,
      /`values` must be a safe integer or a bigint, got 1.5 at index 0/,
    ],
    [() => TimeColumn.sequence("t", 5 as never), TypeError, /`values` must be an array/],
    [() => TimeColumn.sequence("t", [1n, 2n ** 64n]), RangeError, /`values` must be within.*at index 1/],
    [() => TimeColumn.timestamp("t", [1_700_000_000_000]), RangeError, /milliseconds/],
    [() => TimeColumn.duration("t", ["1"] as never), TypeError, /got "1" at index 0/],
    [() => TimeColumn.duration("t", [1], Object.create(null) as never), TypeError, /`unit` must be "seconds"/],
    [() => TimeColumn.duration("t", [1], "hours" as never), TypeError, /`unit` must be "seconds".*got "hours"/],
  ])("throws an error that names the argument for invalid arguments (%#)", (build, type, message) => {
    expect(build).toThrow(type);
    expect(build).toThrow(message);
  });
});

describe("the automatic timelines", () => {
  const timelines = (rrd: Uint8Array): string[] => readChunks(rrd).map(({ times }) => Object.keys(times).join());

  it("are switched off and on for later rows, with the times that are set", () => {
    const recording = new RecordingStream("automatic", { sendProperties: false, strict: true });
    const memory = recording.memoryRecording();
    recording.setTime("frame", 1);
    recording.log("a", numbers(1));
    recording.setLogTimeEnabled(false);
    recording.log("a", numbers(2));
    recording.setLogTickEnabled(true);
    recording.setTime("frame", 2);
    recording.log("a", numbers(3));
    recording.setLogTickEnabled(true);
    recording.setLogTimeEnabled(true);
    recording.log("a", numbers(4));
    const rrd = memory.drainAsBytes();
    expect(timelines(rrd)).toEqual(["frame,log_time", "frame", "frame,log_tick", "frame,log_tick,log_time"]);
    // Every call counts.
    expect(readChunks(rrd).flatMap(({ times }) => times["log_tick"] ?? [])).toEqual([2n, 3n]);
    expect(readChunks(rrd).flatMap(({ times }) => times["frame"] ?? [])).toEqual([1n, 1n, 2n, 2n]);
  });

  it("keep the times that a program has set itself under their names", () => {
    const { recording, warnings } = observeRecording({ sendProperties: false, logTime: false });
    const memory = recording.memoryRecording();
    recording.setTime("log_tick", { duration: 1 });
    recording.setLogTickEnabled(true);
    recording.setLogTickEnabled(false);
    recording.log("a", numbers(1));
    expect(readChunks(memory.drainAsBytes()).map(({ times }) => times)).toEqual([{ log_tick: [1_000_000_000n] }]);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("`log_tick` must be a duration, as before on this timeline"),
    ]);
  });

  it("are switched by booleans only", () => {
    const recording = new RecordingStream("automatic");
    for (const call of ["setLogTimeEnabled", "setLogTickEnabled"] as const)
      expect(() => recording[call]("no" as never)).toThrow('`enabled` must be true or false, got "no"');
    expect(() => recording.setStrictMode(1 as never)).toThrow("`strict` must be true or false, got 1");
    expect(recording.strictMode).toBe(false);
  });
});

it("a wrong start time of a recording is reported, and nothing is logged", () => {
  const { recording, warnings } = observeRecording({ sendProperties: false });
  const memory = recording.memoryRecording();
  recording.sendRecordingStartTime("yesterday" as never);
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/^`time` must be .* got "yesterday"/)]);
  expect(readChunks(memory.drainAsBytes())).toEqual([]);
});
