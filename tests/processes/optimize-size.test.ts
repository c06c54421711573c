import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { openRrd } from "@rerun-ts/reading";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { FileSink, RecordingStream, Scalars } from "@rerun-ts/node";
import { expect } from "vitest";
import { damagedFile, it } from "./harness/test.ts";

const ENTITIES = 20;
/** As many flushes as in four hours, five each second, with which the file has 2 GB. */
const FLUSHES = isSoak ? 72_500 : 1000;
const ROWS = 10;
const PROGRAM = `
  import { createWriteStream, readFileSync } from "node:fs";
  import { pipeline } from "node:stream/promises";
  import { optimizeRrd } from "@rerun-ts/reading";
  const [from, to] = process.argv.slice(1);
  await pipeline(optimizeRrd(from), createWriteStream(to));
  // On Linux the other number begins with the memory of the process that has started this one.
  const isLinux = process.platform === "linux";
  const status = isLinux ? readFileSync("/proc/self/status", "utf8") : "";
  console.log(isLinux ? /VmHWM:\\s+(\\d+) kB/.exec(status)[1] : process.resourceUsage().maxRSS);
`;

it(
  `a recording of ${ENTITIES * FLUSHES} small chunks is optimized in memory that does not depend on its size`,
  { timeout: isSoak ? 300_000 : 60_000 },
  async ({ folder, rerun }) => {
    const [source, target] = [join(folder, "live.rrd"), join(folder, "optimized.rrd")];
    // Read here. In soak tests it would take minutes more to read each chunk.
    damagedFile(source);
    const recording = new RecordingStream("live");
    await recording.setSink(new FileSink(source));
    for (let row = 0; row < FLUSHES * ROWS; row++) {
      recording.setTime("row", row);
      for (let entity = 0; entity < ENTITIES; entity++)
        recording.log(`sensors/${entity}`, new Scalars(row + Math.random()));
      if (row % ROWS === ROWS - 1) await recording.flush();
    }
    await recording.close();
    const program = ["--input-type=module", "--eval", PROGRAM, source, target];
    const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: import.meta.dirname });
    expect(Number(stdout) / 1024).toBeLessThan(400);
    await using file = await openRrd(new Uint8Array(await readFile(target)));
    let rows = 0;
    for await (const { numRows, isStatic } of file.recording().chunks({ contents: "/sensors/**" }))
      if (!isStatic) rows += numRows;
    expect(rows).toBe(ENTITIES * FLUSHES * ROWS);
    await rerun.verify(target);
  },
);
