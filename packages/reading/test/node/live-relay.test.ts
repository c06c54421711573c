import { openLive } from "@rerun-ts/reading";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { readMessages } from "@rerun-ts/web/read";
import { expect, it } from "vitest";

it("a program queries what a relay has and receives, and ends when it leaves the loop", async () => {
  const recording = new RecordingStream("robot", { recordingId: "one" });
  const { url } = await recording.serveGrpc({ port: 0 });
  const log = (frame: number): void => {
    recording.setTime("frame", frame);
    recording.log("a", new Scalars(frame));
  };
  log(0);
  using live = await openLive(readMessages(url));
  const counts: number[] = [];
  for await (const table of live.query({ index: "frame" }).subscribe({ intervalMs: 1 })) {
    // The first row may arrive after the first table.
    if (table.numRows === 0) continue;
    counts.push(table.numRows);
    if (table.numRows === 4) break;
    log(table.numRows);
  }
  expect(counts).toEqual([1, 2, 3, 4]);
  await recording.close();
});
