import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { RecordingStream } from "@rerun-ts/core";
import { root } from "@rerun-ts/test-support/node/environment";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { Scalars } from "@rerun-ts/types";
import { expect, it } from "vitest";

/** A recording of many chunks with data that another thread compresses. */
function recording(): Uint8Array {
  const rec = new RecordingStream("promise", { batcher: { flushNumRows: 200 } });
  const memory = rec.memoryRecording();
  for (let row = 0; row < 20_000; row++) rec.log(`e${row % 5}`, new Scalars([row, row / 3, Math.sin(row)]));
  return memory.drainAsBytes();
}

it("optimizes and sends in a program that has replaced the global `Promise`", async () => {
  const folder = makeTemporaryFolder();
  const path = join(folder.path, "in.rrd");
  writeFileSync(path, recording());
  const program = `// As zone.js and bluebird: promises of async functions are no instances.
    globalThis.Promise = class extends Promise {};
    const { compareRrd, openRrd, optimizeRrd, sendChunks } = await import("@rerun-ts/reading");
    const { RecordingStream, MemorySink } = await import("@rerun-ts/core");
    const parts = [];
    for await (const part of optimizeRrd(${JSON.stringify(path)})) parts.push(part);
    const { isEqual } = await compareRrd(Buffer.concat(parts), ${JSON.stringify(path)});
    const copy = new RecordingStream("copy");
    const memory = copy.memoryRecording();
    const { rows } = await sendChunks(copy, (await openRrd(${JSON.stringify(path)})).recording().chunks());
    console.log(isEqual, rows);`;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: root,
    encoding: "utf8",
  });
  await folder.remove();
  expect(output).toMatch(/^true 20001\n$/);
});
