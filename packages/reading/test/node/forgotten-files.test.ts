import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openRrd } from "@rerun-ts/reading";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const folder = makeTemporaryFolder();
const path = join(folder.path, "robot.rrd");
afterAll(() => folder.remove());

beforeAll(async () => {
  const rec = new RecordingStream("robot");
  await rec.save(path);
  for (let frame = 0; frame < 10; frame++) rec.log("a", new Scalars(frame), { time: { frame } });
  await rec.close();
});

/** The number of open files of this process with the path. */
function openFiles(): number {
  return readdirSync("/proc/self/fd").filter((fd) => targetOf(fd) === path).length;
}

function targetOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

async function rowsWithoutClosing(): Promise<number> {
  const file = await openRrd(path);
  return file.recording().numRows;
}

describe.runIf(process.platform === "linux")("a file that is never closed", () => {
  it("is closed once nothing refers to it, without a warning of Node", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    for (let i = 0; i < 5; i++) expect(await rowsWithoutClosing()).toBeGreaterThan(9);
    for (let i = 0; i < 100 && openFiles() > 0; i++) {
      collectGarbage();
      await sleep(10);
    }
    process.off("warning", onWarning);
    expect(openFiles()).toBe(0);
    // Node 25 and later throw in place of the warning DEP0137.
    expect(warnings).toEqual([]);
  });

  it("can be read as long as a query of it is in use", async () => {
    const query = (await openRrd(path, { maxCacheBytes: 0 })).recording().query({ index: "frame" });
    for (let i = 0; i < 20; i++) {
      collectGarbage();
      await sleep(1);
    }
    expect((await query.toTable()).numRows).toBe(10);
  });
});
