// The judge of queries is Rerun's own query engine, in the Python SDK.
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  openRrd,
  plainRows,
  sendDataframe,
  type ComponentColumn,
  type QueryOptions,
  type RecordingReader,
} from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { tableToIPC } from "apache-arrow";
import { describe, expect, test } from "vitest";
import { FOLDER } from "../golden/goldens.ts";
import { outputFile } from "./harness/output.ts";
import { runPython, runUpToPanic } from "./harness/real-rerun.ts";
import { nativeQuery, randomQuery, queriesOfGoldens } from "./queries/random-query.ts";
import { randomRecording } from "./queries/random-recording.ts";

/** Recordings of older SDKs: README.md there says how they were made. */
const FIXTURES = join(import.meta.dirname, "fixtures");
const SEED = 20_261_121;
const RECORDINGS = isSoak ? 300 : 20;
const QUERIES = 6;

/** A query of a file, and where our answer is. */
interface Case {
  readonly file: string;
  readonly store?: string;
  readonly query: Record<string, unknown>;
  readonly table: string;
}

/** The verdict of Rerun on a case. */
interface Verdict {
  readonly problem?: string | null;
  readonly error?: string;
  readonly hasPanicked?: true;
}

/** Answers a query ourselves, for Rerun to compare. */
async function answer(recording: RecordingReader, file: string, query: QueryOptions, name: string): Promise<Case> {
  const table = outputFile(`queries.${name}.arrow`);
  const result = await recording.query({ ...query, fillAcrossClears: true }).toTable();
  await writeFile(table, tableToIPC(result, "stream"));
  return { file, store: recording.info.recordingId, query: nativeQuery(query), table };
}

/**
 * Returns Rerun's verdicts on the first cases: on all cases, or up to the case at which its engine panics and ends the
 * process.
 */
async function askRerun(cases: readonly Case[]): Promise<readonly Verdict[]> {
  const [requestPath, answerPath] = ["request.json", "answer.jsonl"].map((name) => outputFile(`queries.${name}`));
  await writeFile(requestPath as string, JSON.stringify(cases));
  const hasPanicked = await runUpToPanic("query_oracle.py", [requestPath as string, answerPath as string]);
  const lines = (await readFile(answerPath as string, "utf8")).split("\n").filter((line) => line !== "");
  const verdicts = lines.map((line) => JSON.parse(line) as Verdict);
  return hasPanicked ? [...verdicts, { hasPanicked }] : verdicts;
}

/** Whether a query shows a column by default. */
function isShown({ isSemanticallyEmpty, isTombstone, name }: ComponentColumn): boolean {
  return !isSemanticallyEmpty && !isTombstone && !name.startsWith("property:");
}

/** Lets Rerun compare all answers; returns the differences. */
async function judge(cases: readonly Case[]): Promise<string[]> {
  const verdicts: Verdict[] = [];
  while (verdicts.length < cases.length) {
    verdicts.push(...(await askRerun(cases.slice(verdicts.length))));
  }
  expect(verdicts.filter(({ hasPanicked }) => hasPanicked).length).toBeLessThan(cases.length / 20);
  return verdicts.flatMap(({ problem, error, hasPanicked }, index) => {
    const { file, query } = cases[index] as Case;
    return problem === null || hasPanicked === true ? [] : [`${file} ${JSON.stringify(query)}: ${problem ?? error}`];
  });
}

describe("queries give what Rerun's query engine gives", () => {
  test("of recordings that were logged at random", { timeout: 240_000 }, async (context) => {
    needRerun(context);
    const random = seededRandom(SEED);
    const cases: Case[] = [];
    for (let number = 0; number < RECORDINGS; number++) {
      const bytes = randomRecording(random);
      const file = outputFile(`queries.${number}.rrd`);
      await writeFile(file, bytes);
      const recording = (await openRrd(bytes)).recording();
      for (let count = 0; count < QUERIES; count++) {
        cases.push(await answer(recording, file, randomQuery(recording, random), `${number}.${count}`));
      }
    }
    expect(await judge(cases), `seed ${SEED}`).toEqual([]);
  });

  test("of tables that were sent to another recording", { timeout: 120_000 }, async (context) => {
    needRerun(context);
    const random = seededRandom(SEED + 1);
    const cases: Case[] = [];
    for (let number = 0; number < RECORDINGS / 3; number++) {
      const original = (await openRrd(randomRecording(random))).recording();
      if (!original.schema().indexes.some(({ name }) => name === "f")) continue;
      // The other timelines may be null, which times of rows cannot be.
      const table = (await original.query({ index: "f" }).toTable()).select(
        original
          .schema()
          .components.filter(isShown)
          .map(({ name }) => name)
          .concat("f"),
      );
      if (table.numRows === 0 || table.numCols === 1) continue;
      const copy = new rr.RecordingStream("copy", { recordingId: "copy" });
      const memory = copy.memoryRecording();
      expect(await sendDataframe(copy, table, { index: "f" })).toMatchObject({ rows: table.numRows });
      const bytes = memory.drainAsBytes();
      const file = outputFile(`queries.copy.${number}.rrd`);
      await writeFile(file, bytes);
      cases.push(await answer((await openRrd(bytes)).recording(), file, { index: "f" }, `copy.${number}`));
    }
    expect(cases.length).toBeGreaterThan(3);
    expect(await judge(cases)).toEqual([]);
  });

  test("of the golden recordings", { timeout: 240_000 }, async (context) => {
    needRerun(context);
    const cases: Case[] = [];
    for (const name of (await readdir(FOLDER)).filter((file) => file.endsWith(".rrd"))) {
      const file = join(FOLDER, name);
      const opened = await openRrd(await readFile(file));
      for (const { recordingId } of opened.recordings) {
        const recording = opened.recording(recordingId);
        for (const [number, query] of queriesOfGoldens(recording).entries())
          cases.push(await answer(recording, file, query, `${name}.${recordingId}.${number}`));
      }
    }
    expect(cases.length).toBeGreaterThan(150);
    expect(await judge(cases)).toEqual([]);
  });

  test("of recordings that older SDKs have written", { timeout: 120_000 }, async (context) => {
    needRerun(context);
    const names = (await readdir(FIXTURES)).filter((file) => file.endsWith(".rrd"));
    expect(names.length).toBe(3);
    const cases: Case[] = [];
    for (const name of names) {
      const file = join(FIXTURES, name);
      const recording = (await openRrd(await readFile(file))).recording();
      expect(recording.info, name).toMatchObject({ applicationId: "old recording", recordingId: "old" });
      for (const [number, query] of queriesOfGoldens(recording).entries())
        cases.push(await answer(recording, file, query, `${name}.${number}`));
    }
    expect(await judge(cases)).toEqual([]);
  });

  test("of recordings with chunks without rows, which do not count", async (context) => {
    needRerun(context);
    const path = outputFile("queries.empty.rrd");
    const theirs = await runPython("empty_chunks.py", path);
    for (const mode of ["auto", "stream"] as const) {
      const recording = (await openRrd(path, { mode })).recording();
      const table = await recording.query({ index: "frame", includeSemanticallyEmptyColumns: true }).toTable();
      const rows = [...plainRows(table)].map((row) => ({ ...row, frame: Number(row["frame"]) }));
      expect([table.schema.names, rows], mode).toEqual(theirs);
    }
  });
});
