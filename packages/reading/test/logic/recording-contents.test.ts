import { compareRrd, openRrd, recordingContents } from "@rerun-ts/reading";
import { CallbackSink, RecordingStream, TimeColumn } from "@rerun-ts/core";
import { Points3D, Scalars, TextLog } from "@rerun-ts/types";
import { expect, it } from "vitest";

function log(recording: RecordingStream): void {
  recording.log("notes", new TextLog("hello"), { static: true });
  for (const frame of [2, 1]) {
    recording.setTime("frame", frame);
    recording.setTime("time", { duration: frame });
    recording.log("arm", new Scalars(frame / 2));
  }
  recording.disableTimeline("time");
  recording.log("points", new Points3D([[1, 2, 3]], { radii: [] }));
}

const ROWS = {
  "/notes": [{ "TextLog:text": ["hello"] }],
  "/arm": [
    { frame: 2, time: 2_000_000_000n, "Scalars:scalars": [1] },
    { frame: 1, time: 1_000_000_000n, "Scalars:scalars": [0.5] },
  ],
  "/points": [{ frame: 1, "Points3D:positions": [[1, 2, 3]], "Points3D:radii": [] }],
};

it("recordingContents returns the rows of a recording in the order of its calls, again and again", async () => {
  for (const flushNumRows of [0, 1, 100]) {
    const recording = new RecordingStream("contents", { batcher: { flushNumRows } });
    log(recording);
    expect(await recordingContents(recording)).toEqual(ROWS);
    recording.log("more", new Scalars(1), { static: true });
    expect(await recordingContents(recording)).toEqual({ ...ROWS, "/more": [{ "Scalars:scalars": [1] }] });
    expect(await recordingContents(recording, { contents: "/arm", timelines: [] })).toEqual({
      "/arm": [{ "Scalars:scalars": [1] }, { "Scalars:scalars": [0.5] }],
    });
    const memory = recording.memoryRecording();
    expect((await compareRrd(recording, memory.drainAsBytes())).numDifferences).toBeGreaterThan(0);
  }
});

it("recordingContents reads files and readers, and refuses recordings whose data is elsewhere", async () => {
  const recording = new RecordingStream("contents");
  const memory = recording.memoryRecording();
  log(recording);
  const bytes = memory.drainAsBytes();
  expect(await recordingContents(bytes)).toEqual(ROWS);
  expect(await recordingContents((await openRrd(bytes)).recording())).toEqual(ROWS);
  expect(Object.keys(await recordingContents(bytes, { contents: "/__properties/**" }))).toEqual(["/__properties"]);

  await recording.setSink(new CallbackSink(() => {}));
  await expect(recordingContents(recording)).rejects.toThrow("must be a recording without sinks, got one with");
  await expect(recordingContents(bytes, { timelines: "frame" as never })).rejects.toThrow("`timelines` must be a list");
});

it("recordingContents returns the rows of a chunk with more rows than a call can have arguments", async () => {
  const rows = 200_000;
  const recording = new RecordingStream("contents");
  const memory = recording.memoryRecording();
  const frames = TimeColumn.sequence("frame", new Float64Array(rows));
  recording.sendColumns("arm", [frames], Scalars.columns({ scalars: new Float64Array(rows) }));
  expect((await recordingContents(memory.drainAsBytes()))["/arm"]).toHaveLength(rows);
});
