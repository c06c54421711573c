// Recordings that Python logs at random, read by this SDK and by Rerun: chunks, queries, exports and the file tools.
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  filterRrd,
  mergeRrd,
  openRrd,
  repairRrd,
  routeRrd,
  splitRrd,
  verifyRrd,
  type RecordingReader,
} from "@rerun-ts/reading";
import { collect } from "@rerun-ts/test-support/common/collect";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import { WRITERS } from "../../packages/cli/dist/rrd/query-command.js";
import { outputFolder } from "./harness/output.ts";
import { runPython, runUpToPanic } from "./harness/real-rerun.ts";
import { nativeQuery, randomQuery } from "./queries/random-query.ts";

const SEED = 20_261_122;
const RECORDINGS = isSoak ? 10_000 : 40;
/** How many recordings are written, read and judged together. */
const GROUP = 50;
const FOLDER = join(outputFolder, "reading");
type Random = ReturnType<typeof seededRandom>;

/** The input of the judge; see compare_reading.py. */
interface Case {
  readonly number: number;
  readonly file: string;
  readonly [name: string]: unknown;
}

/** Reads a recording in all ways, and writes the input of the judge. */
async function makeCase(folder: string, number: number, random: Random): Promise<Case> {
  const path = (name: string): string => join(folder, `${number}.${name}`);
  const file = path("rrd");
  const bytes = await readFile(file);
  const [opened, streamed] = await Promise.all([openRrd(file), openRrd(bytes, { mode: "stream" })]);
  const stores = streamed.recordings;
  const { source: _, ...store } = pick(random, stores);
  const [recording, other] = [opened.recording(store), streamed.recording(store)];
  // Files with several recordings have no footer.
  const checkFooters = stores.length === 1;
  expect(recording.info.source, file).toMatch(/^Python 3\.\d+\.\d+\S* SDK$/);
  expect(recording.schema().toArrow().toString(), file).toBe(other.schema().toArrow().toString());
  expect((await verifyRrd(bytes, { checkFooters })).problems, file).toEqual([]);
  const copies = { merge: mergeRrd([bytes, bytes]), repair: repairRrd(bytes) };
  for (const [name, copy] of Object.entries(copies)) await writeFile(path(`${name}.rrd`), copy);
  const filtered = { path: path("filter.rrd"), entity: pick(random, recording.schema().entityPaths), timeline: "d" };
  const filter = { dropEntities: [filtered.entity], dropTimelines: [filtered.timeline] };
  await writeFile(filtered.path, filterRrd(bytes, filter));
  const index = recording.timeRange("f") === undefined ? "log_time" : "f";
  const joined = stores.length === 1 ? { path: path("join.rrd"), index } : null;
  if (joined !== null) await writeFile(joined.path, await splitAndJoin(bytes, recording, index, random));
  const queries = [await answer(path("query"), pick(random, [recording, other]), random)];
  await opened.close();
  return {
    number,
    file,
    store,
    copies: Object.keys(copies).map((name) => path(`${name}.rrd`)),
    filtered,
    joined,
    queries,
  };
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random(items.length)] as Item;
}

/** Cuts a recording at random times, and puts the parts together again. */
async function splitAndJoin(
  bytes: Uint8Array,
  recording: RecordingReader,
  timeline: string,
  random: Random,
): Promise<Uint8Array> {
  const { recordingId } = recording.info;
  const range = recording.timeRange(timeline);
  // Everything is static.
  if (range === undefined) return collect(routeRrd(bytes, { recordingId }));
  const { start, end } = range;
  const at = (): bigint => start + ((end - start + 1n) * BigInt(random(100))) / 100n;
  const times = [...new Set([at(), at()])];
  const parts: Uint8Array[] = [];
  for await (const part of splitRrd(bytes, { timeline, times })) parts.push(await collect(part.bytes));
  for (const part of parts) expect((await verifyRrd(part)).problems).toEqual([]);
  return collect(routeRrd(parts, { recordingId }));
}

/** Answers a random query in all formats. */
async function answer(path: string, recording: RecordingReader, random: Random): Promise<object> {
  const options = randomQuery(recording, random);
  const query = recording.query({ ...options, fillAcrossClears: true, batchRows: 1 + random(20) });
  const places: Record<string, string> = {};
  for (const [format, write] of Object.entries(WRITERS))
    await writeFile((places[format] = `${path}.${format}`), write(query));
  return { query: nativeQuery(options), ...places };
}

/** Lets Rerun and pyarrow compare cases; returns the differences. */
async function judge(
  folder: string,
  cases: readonly Case[],
): Promise<{ readonly problems: string[]; readonly panics: number }> {
  const [request, verdicts] = [join(folder, "request.json"), join(folder, "answer.jsonl")];
  const problems: string[] = [];
  let panics = 0;
  for (let done = 0; done < cases.length;) {
    await writeFile(request, JSON.stringify(cases.slice(done)));
    const hasPanicked = await runUpToPanic("compare_reading.py", [request, verdicts]);
    const lines = (await readFile(verdicts, "utf8")).split("\n").filter((line) => line !== "");
    for (const [index, line] of lines.entries())
      for (const problem of JSON.parse(line) as string[]) problems.push(`${cases[done + index]?.file}: ${problem}`);
    done += lines.length;
    if (!hasPanicked) continue;
    panics++;
    done++;
  }
  return { problems, panics };
}

/** Fails if the judges report a difference; returns the number of Rerun's panics. */
async function check(folder: string, cases: readonly Case[]): Promise<number> {
  const { problems, panics } = await judge(folder, cases);
  expect(problems.slice(0, 20), `seed ${SEED}`).toEqual([]);
  await rm(folder, { recursive: true });
  return panics;
}

test(
  "recordings that Python logs at random are read, exported, cut, joined, filtered and repaired as Rerun does it",
  { timeout: 60_000 + RECORDINGS * 1000 },
  async (context) => {
    needRerun(context);
    let panics = 0;
    let judged = Promise.resolve();
    for (let first = 0; first < RECORDINGS; first += GROUP) {
      const count = Math.min(GROUP, RECORDINGS - first);
      const folder = join(FOLDER, String(first));
      await mkdir(folder, { recursive: true });
      await runPython("write_random.py", { folder, seed: SEED, first, count });
      const cases: Case[] = [];
      for (let number = first; number < first + count; number++)
        cases.push(await makeCase(folder, number, seededRandom(SEED + number)));
      // The next recordings are read while these are judged.
      await judged;
      judged = check(folder, cases).then((found) => {
        panics += found;
        return undefined;
      });
      judged.catch(() => {});
    }
    await judged;
    expect(panics).toBeLessThan(RECORDINGS / 20);
  },
);
