import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { mergeRrd, openRrd, optimizeRrd, splitRrd, type RrdSource } from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { Scalars } from "@rerun-ts/types";
import { describe, expect, it, onTestFinished } from "vitest";

async function readAll(parts: AsyncIterable<unknown>): Promise<void> {
  for await (const part of parts) void part;
}

function recorded(): Uint8Array {
  const recording = new RecordingStream("names");
  const memory = recording.memoryRecording();
  recording.log("a", new Scalars(1));
  return memory.drainAsBytes();
}

describe("a source that is no recording", () => {
  it("is named in the error if it has a name", async () => {
    const folder = makeTemporaryFolder();
    onTestFinished(() => folder.remove());
    const path = join(folder.path, "notes.rrd");
    await writeFile(path, "just some notes, not a recording");
    const whole = recorded();
    const calls: ((source: RrdSource) => Promise<unknown>)[] = [
      openRrd,
      (source) => readAll(mergeRrd([whole, source])),
      (source) => readAll(optimizeRrd([whole, source])),
      (source) => readAll(splitRrd(source, { timeline: "log_time", parts: 2 })),
    ];
    const reason = 'the data is not a Rerun recording: it begins with "just"';
    for (const call of calls) {
      const named = { code: "INVALID_FORMAT", message: `${path}: ${reason}` };
      await expect(call(path)).rejects.toMatchObject(named);
      await expect(call(pathToFileURL(path))).rejects.toMatchObject(named);
      const bytes = new TextEncoder().encode("just some notes");
      await expect(call(bytes)).rejects.toMatchObject({ message: reason });
      await expect(call(new File([bytes], "a.rrd"))).rejects.toMatchObject({ message: `a.rrd: ${reason}` });
    }
  });
});

describe("a file that its program has closed", () => {
  it("rejects queries that still have to read with `CLOSED` and its name", async () => {
    const folder = makeTemporaryFolder();
    onTestFinished(() => folder.remove());
    const path = join(folder.path, "closed.rrd");
    await writeFile(path, recorded());
    const file = await openRrd(path);
    const query = file.recording().query({ index: "log_time" });
    await file.close();
    const message = `${path} was closed before it was read`;
    await expect(query.toTable()).rejects.toMatchObject({ code: "CLOSED", message });
  });
});
