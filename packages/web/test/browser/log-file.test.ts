import { RecordingStream, logFileFromContents, setGlobalRecording, files } from "@rerun-ts/web";
import { expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

it("logFileFromContents logs a File and bytes", async () => {
  const recording = new RecordingStream("page", { strict: true });
  const memory = recording.memoryRecording();
  setGlobalRecording(recording);
  await recording.logFileFromContents("notes.md", new File(["# Notes"], "notes.md"));
  await logFileFromContents("folder/a.png", new Uint8Array([1, 2, 3]), { entityPathPrefix: "uploads" });
  setGlobalRecording(undefined);
  const chunks = readChunks(memory.drainAsBytes());
  expect(chunks.map(({ entityPath }) => entityPath)).toEqual(["/notes.md", "/uploads/folder/a.png"]);
  expect(chunks[0]?.components["TextDocument:text"]).toEqual([["# Notes"]]);
});

it("logFileFromContents uses the times of the call, although the importers are loaded later", async () => {
  const recording = new RecordingStream("page", { strict: true });
  const memory = recording.memoryRecording();
  recording.setTime("frame", 1);
  const logging = recording.logFileFromContents("a.txt", new TextEncoder().encode("hello"), { time: {} });
  recording.setTime("frame", 2);
  await logging;
  expect(readChunks(memory.drainAsBytes())[0]?.times.frame).toEqual([1n]);
});

it("logFileFromContents logs a recording", async () => {
  const other = new RecordingStream("other");
  const file = other.memoryRecording().drainAsBytes();
  const recording = new RecordingStream("page", { sendProperties: false });
  const memory = recording.memoryRecording();
  await recording.logFileFromContents("other.rrd", file);
  expect(readChunks(memory.drainAsBytes(), { withProperties: true })).toHaveLength(1);
});

it("logFileFromContents rejects an unknown extension", async () => {
  const recording = new RecordingStream("page", { onError: () => {} });
  await expect(recording.logFileFromContents("a.xyz", new Uint8Array(1))).rejects.toMatchObject({
    code: "UNSUPPORTED",
  });
});

it.each(["changed", "transferred"])(
  "logFileFromContents logs the bytes of the call, which are %s later",
  async (how) => {
    const recording = new RecordingStream("page", { strict: true });
    const memory = recording.memoryRecording();
    const contents = new TextEncoder().encode("first");
    const logging = recording.logFileFromContents("a.txt", contents);
    if (how === "changed") contents.set(new TextEncoder().encode("other"));
    else structuredClone(contents.buffer, { transfer: [contents.buffer] });
    await logging;
    expect(readChunks(memory.drainAsBytes())[0]?.components["TextDocument:text"]).toEqual([["first"]]);
  },
);

it("logFileFromContents logs text in shared memory, which browsers do not decode", async () => {
  const recording = new RecordingStream("page", { strict: true });
  const memory = recording.memoryRecording();
  const shared = new Uint8Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer, 0, 5);
  shared.set(new TextEncoder().encode("hello"));
  await recording.logFileFromContents("a.txt", shared);
  expect(readChunks(memory.drainAsBytes())[0]?.components["TextDocument:text"]).toEqual([["hello"]]);
  const urdf = new TextEncoder().encode('<robot name="arm"><link name="base"/></robot>');
  const memoryOfUrdf = new Uint8Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer);
  memoryOfUrdf.set(urdf);
  expect((await files.loadUrdf(memoryOfUrdf.subarray(0, urdf.byteLength))).name).toBe("arm");
});
