import { execFileSync } from "node:child_process";
import { statSync, writeFileSync, chmodSync } from "node:fs";
import { join } from "node:path";
import { compareRrd } from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { root } from "@rerun-ts/test-support/node/environment";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { TextLog } from "@rerun-ts/types";
import { expect, it } from "vitest";

/** A recording whose chunks are large enough for another thread to compress them. */
function recording(): Uint8Array {
  const rec = new RecordingStream("restricted", { batcher: { flushNumRows: 1 } });
  const memory = rec.memoryRecording();
  for (let row = 0; row < 30; row++) rec.log("a", new TextLog(`${row} ${"text ".repeat(60_000)}`));
  return memory.drainAsBytes();
}

/** Optimizes a file in place in a Node with some flags. */
async function optimizes(flags: readonly string[], before = ""): Promise<void> {
  const folder = makeTemporaryFolder();
  const path = join(folder.path, "a.rrd");
  const bytes = recording();
  writeFileSync(path, bytes);
  chmodSync(path, 0o640);
  const program = `${before}
    const { optimizeRrd } = await import("@rerun-ts/reading");
    const { replaceFile } = await import(${JSON.stringify(new URL("../../dist/node/replace-file.js", import.meta.url).href)});
    const { writeSync } = await import("node:fs");
    await replaceFile(${JSON.stringify(path)}, async (fd) => {
      for await (const part of optimizeRrd(${JSON.stringify(path)})) writeSync(fd, part);
    });`;
  execFileSync(process.execPath, [...flags, "--input-type=module", "--eval", program], { cwd: root, encoding: "utf8" });
  expect((await compareRrd(path, bytes)).isEqual).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  await folder.remove();
}

it("files are optimized where Node's permission model forbids changes by a descriptor", () => {
  const flag = Number(process.versions.node.split(".")[0]) >= 23 ? "--permission" : "--experimental-permission";
  return optimizes([flag, "--allow-fs-read=*", "--allow-fs-write=*", "--no-warnings"]);
});

it("files are optimized where there is no shared memory", () => optimizes([], "delete globalThis.SharedArrayBuffer;"));
