import { mergeRrd, openRrd } from "@rerun-ts/reading";
import { RecordingStream, isRerunError } from "@rerun-ts/core";
import { collect } from "@rerun-ts/test-support/common/collect";
import { Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";

function record(applicationId: string, recordingId: string, rows: number): Uint8Array {
  const recording = new RecordingStream(applicationId, { recordingId });
  const memory = recording.memoryRecording();
  for (let frame = 0; frame < rows; frame++) recording.log("a", new Scalars(frame), { time: { frame } });
  return memory.drainAsBytes();
}

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return isRerunError(error) ? error.code : String(error);
  }
}

describe("a recording of a file", () => {
  it("that the file does not have is not found", async () => {
    const file = await openRrd(record("app", "one", 1));
    expect(codeOf(() => file.recording("two"))).toBe("NOT_FOUND");
    expect(() => file.recording("two")).toThrow('the file has no recording "two"; it has: "one"');
    expect(() => file.recording({ applicationId: "other" })).toThrow(
      'the file has no recording {"applicationId":"other"}; it has: recording "one" of "app"',
    );
  });

  it("is not chosen by its position", async () => {
    const file = await openRrd(record("app", "one", 1));
    expect(() => file.recording(0 as never)).toThrow(
      "`recording` must be an id, or an object { recordingId, applicationId, kind }, got 0",
    );
  });

  it("is chosen by its application if another one has the same id", async () => {
    const bytes = await collect(mergeRrd([record("left", "same", 1), record("right", "same", 2)]));
    for (const mode of ["lazy", "stream"] as const) {
      const file = await openRrd(bytes, { mode });
      expect(codeOf(() => file.recording("same"))).toBe("INVALID_ARGUMENT");
      expect(() => file.recording("same")).toThrow(
        'the file has 2 recordings that fit "same"; choose one by `applicationId`; ' +
          'it has: recording "same" of "left", recording "same" of "right"',
      );
      const rows = ["left", "right"].map((applicationId) => {
        return file.recording({ recordingId: "same", applicationId }).timeRange("frame");
      });
      expect(rows).toEqual([
        { start: 0n, end: 0n },
        { start: 0n, end: 1n },
      ]);
      expect(file.recordings.map((info) => file.recording(info).timeRange("frame")?.end)).toEqual([0n, 1n]);
    }
  });

  it("must be chosen if there are several", async () => {
    const several = await openRrd(await collect(mergeRrd([record("app", "one", 1), record("app", "two", 1)])));
    expect(() => several.recording({})).toThrow(
      'the file has 2 recordings; choose one by `recordingId`; it has: "one", "two"',
    );
  });

  it("says which program logged it, whether or not the footer is used", async () => {
    const bytes = record("app", "one", 1);
    for (const mode of ["lazy", "stream"] as const)
      expect((await openRrd(bytes, { mode })).recordings[0]?.source).toMatch(/^rerun-ts \d/);
  });
});
