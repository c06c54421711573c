import { RecordingStream, TimeColumn } from "@rerun-ts/core";
import { timesOfPlatform } from "@rerun-ts/test-support/common/platform-times";
import { describe, expect, it } from "vitest";

function setTime(value: unknown): void {
  new RecordingStream("times", { strict: true }).setTime("t", value as never);
}

const stored = ({ bytes }: TimeColumn): bigint => new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true);

describe.each(["timestamp", "duration"] as const)("as a %s", (kind) => {
  it.each(timesOfPlatform())("$name", ({ make, remedy, ...expected }) => {
    const column = (): TimeColumn => TimeColumn[kind]("t", [make()] as never);
    const nanos = expected[kind];
    if (nanos === undefined) {
      expect(column).toThrow(remedy);
      expect(column).toThrow(/^`values` must be /);
      expect(() => setTime({ [kind]: make() })).toThrow(/^`t` must be /);
      return;
    }
    expect(stored(column())).toBe(nanos);
    setTime({ [kind]: make() });
  });
});

it.each(timesOfPlatform().filter(({ remedy }) => remedy.source !== "none"))(
  "$name as a time is a timestamp, or refused with the name of the timeline",
  ({ make, timestamp }) => {
    if (timestamp === undefined) expect(() => setTime(make())).toThrow(/^`t` must be /);
    else setTime(make());
  },
);

it.each<[string, unknown]>([
  ["a Date", new Date()],
  ["a list", [1]],
  ["bytes", new Uint8Array(2)],
  ["a URL", new URL("https://example.com/")],
  ["an Error", new Error("failed")],
  ["a String object", Object("frame")],
  ["a Map", new Map([["frame", 1]])],
])("%s instead of times by timeline is refused, not taken as no times", (_, times) => {
  const recording = new RecordingStream("times", { strict: true });
  expect(() => recording.setTime(times as never)).toThrow(/must be an object of times by timeline name/);
});
