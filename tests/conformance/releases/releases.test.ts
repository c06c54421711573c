// Recordings of one release of each minor version since 0.23, read by this SDK and by Rerun 0.41.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  compareRrd,
  migrateRrd,
  mergeRrd,
  openRrd,
  openRrdParts,
  optimizeRrd,
  splitRrd,
  verifyRrd,
  type QueryOptions,
  type RecordingReader,
} from "@rerun-ts/reading";
import { collect } from "@rerun-ts/test-support/common/collect";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { tableToIPC } from "apache-arrow";
import { beforeAll, describe, expect, test } from "vitest";
import { outputFolder } from "../harness/output.ts";
import { rerunRrd, runPython } from "../harness/real-rerun.ts";
import { nativeQuery, queriesOfGoldens } from "../queries/random-query.ts";
import { recordingOf, releases } from "./releases.ts";

const FOLDER = join(outputFolder, "releases");
const VERSIONS = await releases();
/** The releases whose footers list the rows under the blueprint that was sent before them. */
const WRONG_FOOTERS = ["0.28.2", "0.29.2", "0.30.2", "0.31.4", "0.32.0"];

const pathOf = (name: string): string => join(FOLDER, name);

/** A query of a file, and where our answer is. */
interface Case {
  readonly file: string;
  readonly query: Record<string, unknown>;
  readonly table: string;
}

async function answer(recording: RecordingReader, file: string, query: QueryOptions, name: string): Promise<Case> {
  const table = pathOf(`${name}.arrow`);
  const result = await recording.query({ ...query, fillAcrossClears: true }).toTable();
  await writeFile(table, tableToIPC(result, "stream"));
  return { file, query: nativeQuery(query), table };
}

async function collectChunks(chunks: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of chunks) count++;
  return count;
}

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true });
  for (const version of VERSIONS) await writeFile(pathOf(`${version}.rrd`), await recordingOf(version));
});

test("there is a recording of every minor version since 0.23", () => {
  const minors = VERSIONS.map((version) => Number(version.split(".")[1]));
  expect(minors).toEqual(Array.from({ length: (minors.at(-1) ?? 0) - 22 }, (_, index) => 23 + index));
});

describe.for(VERSIONS)("the recording of Rerun %s", (version) => {
  const file = pathOf(`${version}.rrd`);

  test("gives in queries what Rerun's query engine gives", async (context) => {
    needRerun(context);
    const opened = await openRrd(file);
    const recording = opened.recording();
    expect(opened.damage).toEqual([]);
    expect(recording.info).toMatchObject({ applicationId: "releases", recordingId: "release" });
    expect(opened.blueprints).toHaveLength(1);
    const cases: Case[] = [];
    for (const [number, query] of queriesOfGoldens(recording).entries())
      cases.push(await answer(recording, file, query, `${version}.${number}`));
    await opened.close();
    const verdicts = await runPython<readonly object[]>("compare_releases.py", cases);
    expect(verdicts).toEqual(cases.map(() => null));
  });

  test("is the same with its footer, without it, and as a part", async () => {
    const chunksOf = async (opened: Awaited<ReturnType<typeof openRrd>>): Promise<object> => {
      const stores = [...opened.recordings, ...opened.blueprints];
      const found: [string, string[]][] = [];
      for (const store of stores) {
        const ids: string[] = [];
        for await (const chunk of opened.recording(store).chunks()) ids.push(`${chunk.entityPath} ${chunk.id}`);
        found.push([`${store.kind} ${store.recordingId}`, ids.sort()]);
      }
      await opened.close();
      return Object.fromEntries(found);
    };
    const [opened, streamed] = [await openRrd(file), await openRrd(file, { mode: "stream" })];
    const expected = await chunksOf(streamed);
    expect(opened.notices.some((notice) => notice.includes("which may list chunks"))).toBe(
      WRONG_FOOTERS.includes(version),
    );
    expect(await chunksOf(opened)).toEqual(expected);
    // Releases before 0.28 wrote no footers, which parts need.
    if (!opened.notices.some((notice) => notice.includes("there is no footer")))
      expect(await chunksOf(await openRrdParts([file]))).toEqual(expected);
  });

  test("keeps its chunks when it is merged, migrated and optimized", async (context) => {
    needRerun(context);
    const source = await recordingOf(version);
    const [merged, migrated, optimized, part] = ["merged", "migrated", "optimized", "part"].map((name) =>
      pathOf(`${version}.${name}.rrd`),
    ) as [string, string, string, string];
    await writeFile(merged, await collect(mergeRrd(source)));
    await writeFile(migrated, await collect(migrateRrd(source)));
    await writeFile(optimized, await collect(optimizeRrd(source)));
    // Chunks of 0.23 are encoded anew by all tools, and those of later releases by none.
    const parts = version.startsWith("0.23") ? splitRrd(source, { timeline: "frame", times: [4n] }) : [];
    for await (const { bytes } of parts) {
      await writeFile(part, await collect(bytes));
      expect((await verifyRrd(part)).problems).toEqual([]);
    }
    for (const copy of [merged, migrated]) {
      expect(await runPython("compare_chunks.py", [copy, file])).toEqual([]);
      expect((await compareRrd(source, copy)).differences).toEqual([]);
    }
    expect((await compareRrd(source, optimized)).differences).toEqual([]);
    for (const copy of [merged, migrated, optimized]) expect((await verifyRrd(copy)).problems).toEqual([]);
    await rerunRrd("verify", merged, migrated, optimized, ...(version.startsWith("0.23") ? [part] : []));
  });

  test("is verified but for a wrong footer", async () => {
    const { problems } = await verifyRrd(file);
    const isNone = problems.every(({ reason }) => reason.startsWith("there is no footer"));
    if (WRONG_FOOTERS.includes(version)) {
      expect(problems).toHaveLength(1);
      expect(problems[0]?.reason).toMatch(/^the footer lists \d+ chunks under another recording or blueprint/);
    } else expect(isNone, JSON.stringify(problems)).toBe(true);
  });
});

test("a footer that lists a chunk under another store is reported when the chunk is read, whoever wrote it", async () => {
  const bytes = await recordingOf("0.30.2");
  // The minor version, in the header of the stream.
  bytes[5] = 41;
  const opened = await openRrd(bytes);
  const chunks = opened.recording(opened.blueprints[0]).chunks();
  await expect(collectChunks(chunks)).rejects.toThrow(
    "it belongs to the recording release, but the footer lists it under the blueprint",
  );
  expect((await openRrd(bytes, { mode: "stream" })).recording().schema().entityPaths).toContain("/wave/a");
});
