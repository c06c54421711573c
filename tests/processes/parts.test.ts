import { isSoak } from "@rerun-ts/test-support/node/environment";
import { cpSync, readdirSync, statSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect } from "vitest";
import { rowNumbers } from "./harness/logged-rows.ts";
import { runProgram, startProgram, type Program } from "./harness/program.ts";
import { runCli } from "./harness/relay-program.ts";
import type { Rerun } from "./harness/rerun.ts";
import { it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";
import { testRandom } from "./harness/test-random.ts";

const STREAM_HEADER = 12;
const MESSAGE_HEADER = 16;
const KILLS = isSoak ? 100 : 5;
const MAX_ROUNDS = 12;
const MAX_DELAY_MICROSECONDS = 5000;

/** Rows that are certainly flushed: from `first` up to `end`. */
interface Flushed {
  readonly first: number;
  readonly end: number;
}

/** Kills a program after some of its reports. Returns the rows that it has certainly flushed. */
async function kill(program: Program, first: number, random: (below: number) => number): Promise<Flushed> {
  for (let rounds = 1 + random(MAX_ROUNDS); rounds > 0; rounds--) await program.report();
  // At any time in a round, also while a part is being finished.
  const end = performance.now() + random(MAX_DELAY_MICROSECONDS) / 1000;
  while (performance.now() < end) await setImmediate();
  program.process.kill("SIGKILL");
  const { signal, reports } = await program.ended;
  expect(signal).toBe("SIGKILL");
  return { first, end: (reports.at(-1) as { end: number }).end };
}

function partsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".rrd"))
    .sort()
    .map((name) => join(folder, name));
}

/** Fails unless each flushed row is in one part, each part is complete, and Rerun merges them into all of the rows. */
async function expectAllRows(folder: string, flushed: readonly Flushed[], rerun: Rerun): Promise<void> {
  const parts = partsIn(folder);
  const counts = new Map<number, number>();
  for (const part of parts) {
    await rerun.verify(part);
    for (const row of rowNumbers(await readFile(part))) counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  for (const { first, end } of flushed)
    for (let row = first; row < end; row++) expect([row, counts.get(row)]).toEqual([row, 1]);
  expect([...counts.values()].filter((count) => count > 1)).toEqual([]);
  const merged = join(folder, "merged");
  await rerun.merge(merged, ...parts);
  expect((await rerun.rows(merged))["/rows"]).toBe(counts.size);
}

describe("a folder of parts", () => {
  it("has every flushed row once after many SIGKILLs, each followed by a start", async ({ folder, rerun }) => {
    const parts = join(folder, "parts");
    const random = testRandom();
    const flushed: Flushed[] = [];
    for (let run = 0; run < KILLS; run++) {
      const first = run * 1_000_000;
      flushed.push(await kill(startProgram("parts", [parts, String(first), "endless"]), first, random));
    }
    const sizes = (): unknown =>
      readdirSync(parts)
        .filter((name) => /[.]rrd(?:[.]open)?$/.test(name))
        .map((name) => [name, statSync(join(parts, name)).size]);
    const before = sizes();
    const planned = await runWarmCli(["seal", "--dry-run", parts]);
    expect(planned).toMatchObject({ code: 0, stderr: "" });
    expect(planned.stdout.toString()).toMatch(/^would finish .*: \d+ messages/m);
    expect(sizes()).toEqual(before);
    const sealed = await runCli(["seal", "--json", parts]);
    expect(sealed).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(sealed.stdout.toString())).toMatchObject([{ folder: parts, inUse: [], failed: [] }]);
    expect(readdirSync(parts).filter((name) => !name.endsWith(".rrd"))).toEqual([]);
    await expectAllRows(parts, flushed, rerun);
  });

  it("serves two programs with one recording at once, and sealing leaves their open parts alone", async ({
    folder,
    rerun,
  }) => {
    const parts = join(folder, "parts");
    const [a, b] = [0, 1_000_000].map((first) => startProgram("parts", [parts, String(first), "endless"])) as [
      Program,
      Program,
    ];
    await Promise.all([a.report(), b.report()]);
    const busy = await runWarmCli(["seal", parts]);
    expect(busy.code).toBe(0);
    const random = testRandom();
    const flushed = await Promise.all([kill(a, 0, random), kill(b, 1_000_000, random)]);
    expect(await runWarmCli(["seal", parts])).toMatchObject({ code: 0, stderr: "" });
    await expectAllRows(parts, flushed, rerun);
  });

  it("loses a part of a killed program that has no chunk yet, which Rerun would refuse", async ({ folder }) => {
    const parts = join(folder, "parts");
    expect(await runProgram("parts", [parts, "0", "end"])).toMatchObject({ code: 0, stderr: "" });
    const complete = partsIn(parts);
    const [first = ""] = complete;
    const part = await readFile(first);
    // The message that opens the store comes first, behind the beginning of the stream.
    const end = STREAM_HEADER + MESSAGE_HEADER + Number(part.readBigUInt64LE(STREAM_HEADER + 8));
    await writeFile(first.replace(/\d+(?=[.]rrd$)/, "999999") + ".open", part.subarray(0, end));
    expect(await runWarmCli(["seal", parts])).toMatchObject({ code: 0, stderr: "" });
    expect(
      readdirSync(parts)
        .map((name) => join(parts, name))
        .sort(),
    ).toEqual(complete);
  });

  it.for(["exit", "end"])("is complete at the end of the process (%s)", async (way, { folder, rerun }) => {
    const parts = join(folder, "parts");
    expect(await runProgram("parts", [parts, "0", way])).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(parts).filter((name) => !name.endsWith(".rrd"))).toEqual([]);
    await expectAllRows(parts, [{ first: 0, end: 2000 }], rerun);
  });

  it("keeps what it has when the disk is full, and is complete once there is room", async ({
    folder,
    smallDisk,
    rerun,
  }) => {
    const parts = join(smallDisk, "parts");
    const { code, reports } = await runProgram("parts", [parts, "0", "full"]);
    expect(code).toBe(0);
    expect(reports.at(-1)).toEqual({ state: "open" });
    const { end } = reports.at(-2) as { end: number };
    const copy = join(folder, "parts");
    cpSync(parts, copy, { recursive: true });
    expect(await runWarmCli(["seal", copy])).toMatchObject({ code: 0, stderr: "" });
    await expectAllRows(copy, [{ first: 0, end }], rerun);
  });

  it("is refused by `rerun-ts seal` if it does not exist, with exit code 1, and 2 without a folder", async ({
    folder,
  }) => {
    expect(await runWarmCli(["seal", join(folder, "nothing")])).toMatchObject({ code: 1 });
    expect(await runWarmCli(["seal"])).toMatchObject({ code: 2 });
    const empty = await runWarmCli(["seal", folder]);
    expect(empty).toMatchObject({ code: 0, stdout: Buffer.from(`${folder}: no unfinished parts\n`) });
  });
});
