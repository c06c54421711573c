// Run by jest.test.ts, which loads the packages as CommonJS.
const rr = require("@rerun-ts/node");
const reading = require("@rerun-ts/reading");

function record() {
  const rec = new rr.RecordingStream("jest");
  const memory = rec.memoryRecording();
  rec.setTime("frame", 1);
  rec.log("a", new rr.Scalars(1));
  return memory.drainAsBytes();
}

async function read(bytes) {
  const recording = (await reading.openRrd(bytes)).recording();
  const chunks = [];
  for await (const chunk of recording.chunks()) chunks.push(chunk);
  const copy = new rr.RecordingStream("copy");
  const memory = copy.memoryRecording();
  await reading.sendChunks(copy, chunks);
  expect((await reading.compareRrd(memory.drainAsBytes(), bytes)).isEqual).toBe(true);
  expect(JSON.stringify(await reading.recordingContents(bytes))).toContain("/a");
  const where = reading.col(["/a", rr.Scalars.scalars, 0]).gt(0);
  const rows = [];
  for await (const row of recording.query({ index: "frame", where }).rows({ a: ["/a", rr.Scalars.scalars, 0] }))
    rows.push(row.a);
  expect(rows).toEqual([1]);
}

test("logs and reads", () => read(record()));

test("reads after the registry of modules was reset", () => {
  const bytes = record();
  jest.resetModules();
  return read(bytes);
});
