// Recordings of Python with random damage: this SDK reads all data that Rerun still reads, and no data that was never
// logged.
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openRrd, printRrd, repairRrd, verifyRrd, type RrdFile } from "@rerun-ts/reading";
import { isRerunError } from "@rerun-ts/node";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { needRerun, realRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import { messagePlaces, type MessagePlace } from "./harness/chunks.ts";
import { outputFolder } from "./harness/output.ts";
import { runPython } from "./harness/real-rerun.ts";

const SEED = 20_261_123;
const RECORDINGS = isSoak ? 3000 : 40;
/** How many recordings are written, damaged and judged together. */
const GROUP = 20;
const FOLDER = join(outputFolder, "damage");
type Random = ReturnType<typeof seededRandom>;

/** The input of the judge; see compare_damage.py. */
interface Case {
  readonly original: string;
  readonly damaged: string;
  readonly repaired: string;
  readonly kind: string;
}

const CHUNK = 2;
const FOOTER_LENGTH = 32;

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random(items.length)] as Item;
}

/** Changes some bytes of a range. */
function flip(bytes: Buffer, random: Random, start: number, end: number): Buffer {
  const copy = Buffer.from(bytes);
  for (let count = 1 + random(3); count > 0; count--) {
    const at = start + random(Math.max(1, end - start));
    copy[at] = (copy[at] ?? 0) ^ (1 << random(8));
  }
  return copy;
}

type Inflict = (bytes: Buffer, places: readonly MessagePlace[], random: Random) => Buffer;

/** The kinds of damage. */
const DAMAGE: Readonly<Record<string, Inflict>> = {
  "cut at any byte": (bytes, _, random) => bytes.subarray(0, 12 + random(bytes.length - 12)),
  "other bytes in a chunk": (bytes, places, random) => {
    const { payload, end } = pick(
      random,
      places.filter(({ kind }) => kind === CHUNK),
    );
    return flip(bytes, random, payload, end);
  },
  "other bytes in the header of a message": (bytes, places, random) => {
    const { start, payload } = pick(random, places);
    return flip(bytes, random, start, payload);
  },
  "no footer": (bytes, places) => bytes.subarray(0, places.at(-1)?.start),
  "other bytes in the footer": (bytes, places, random) =>
    flip(bytes, random, places.at(-1)?.payload ?? 0, bytes.length),
  "other bytes at the end": (bytes, _, random) => flip(bytes, random, bytes.length - FOOTER_LENGTH, bytes.length),
  "messages twice": (bytes, places, random) => {
    const [first, second] = [pick(random, places.slice(0, -1)), pick(random, places.slice(0, -1))];
    const again = bytes.subarray(first.start, first.end);
    return Buffer.concat([bytes.subarray(0, second.end), again, bytes.subarray(second.end)]);
  },
  "a message less": (bytes, places, random) => {
    const { start, end } = pick(random, places.slice(0, -1));
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  "zeros in place of bytes": (bytes, _, random) => {
    const start = 12 + random(bytes.length - 12);
    return Buffer.from(bytes).fill(0, start, Math.min(bytes.length, start + random(2000)));
  },
  "foreign bytes between messages": (bytes, places, random) => {
    const { end } = pick(random, places);
    const foreign = Buffer.from(Array.from({ length: 1 + random(100) }, () => random(256)));
    return Buffer.concat([bytes.subarray(0, end), foreign, bytes.subarray(end)]);
  },
  "two files in sequence": (bytes, _, random) =>
    Buffer.concat([bytes.subarray(0, bytes.length - random(2) * 40), bytes]),
};

/** Runs code that may reject only with errors that name the problem. */
async function typed<Result>(what: string, run: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await run();
  } catch (error) {
    if (isRerunError(error) && ["INVALID_FORMAT", "UNSUPPORTED"].includes(error.code)) return undefined;
    throw new Error(`${what} was rejected with a wrong error`, { cause: error });
  }
}

async function queryAll(what: string, file: RrdFile): Promise<void> {
  for (const info of [...file.recordings, ...file.blueprints]) {
    const recording = file.recording(info);
    const all = { contents: ["/**", "/__properties/**"], includeSemanticallyEmptyColumns: true };
    for (const index of [null, ...recording.schema().indexes.map(({ name }) => name)])
      await typed(`a query of ${what}`, async () => recording.query({ index, ...all }).toTable());
  }
}

/** Reads a damaged recording in all ways, and repairs it. */
async function makeCase(folder: string, number: number, random: Random): Promise<Case> {
  const original = join(folder, `${number}.rrd`);
  const bytes = await readFile(original);
  const places = messagePlaces(bytes);
  const kind = pick(random, Object.keys(DAMAGE));
  const damaged = Buffer.from(DAMAGE[kind]?.(bytes, places, random) ?? bytes);
  const [path, repaired] = [join(folder, `${number}.damaged`), join(folder, `${number}.repaired.rrd`)];
  await writeFile(path, damaged);
  const what = `${path} (${kind})`;
  for (const mode of ["auto", "stream"] as const) {
    const file = await typed(what, async () => openRrd(damaged, { mode }));
    if (file !== undefined) await queryAll(what, file);
  }
  await typed(what, async () => verifyRrd(damaged));
  await typed(what, async () => {
    for await (const message of printRrd(damaged)) expect(message.bytes).toBeGreaterThanOrEqual(0);
  });
  await writeFile(repaired, repairRrd(damaged));
  expect((await verifyRrd(repaired)).problems, what).toEqual([]);
  return { original, damaged: path, repaired, kind };
}

test(
  "recordings that are damaged at random lose nothing that Rerun reads, and gain nothing",
  { timeout: 60_000 + RECORDINGS * 2000 },
  async (context) => {
    needRerun(context);
    for (let first = 0; first < RECORDINGS; first += GROUP) {
      const folder = join(FOLDER, String(first));
      await mkdir(folder, { recursive: true });
      await runPython("write_random.py", { folder, seed: SEED, first, count: GROUP });
      const cases: Case[] = [];
      for (let number = first; number < first + GROUP; number++)
        cases.push(await makeCase(folder, number, seededRandom(SEED + number)));
      const problems = await runPython<string[]>("compare_damage.py", { rerun: realRerun().rerun, cases });
      expect(problems, `seed ${SEED}`).toEqual([]);
      await rm(folder, { recursive: true });
    }
  },
);
