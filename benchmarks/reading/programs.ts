import type { DatasetEntry } from "@rerun-ts/catalog";
import { Points3D, Scalars } from "@rerun-ts/types";
import { openRrd, type QueryOptions, type RecordingReader, type RrdSource } from "@rerun-ts/reading";

/** The columns that are joined. */
export const JOINTS = 10;
/** At how many index values the latest values are looked up. */
export const LOOKUPS = 10_000;
/** Enough for all chunks, as a `ChunkStore` of Rerun has them in memory. */
const CACHE_BYTES = 512 * 1024 * 1024;

/** Reads once. Returns a number for which the programs of all SDKs must agree, such as the number of rows. */
export type Read = () => Promise<number>;

/** Prepares reading a recording of so many steps, before the clock starts. */
export type ReadingProgram = (source: RrdSource, steps: number) => Promise<Read>;

/** The programs that read, by the name of the workload. */
export const READING: Readonly<Record<string, ReadingProgram>> = {
  // Returns the number of rows; Python has to read all chunks for that.
  r1: async (source) => async () => withRecording(source, (recording) => recording.numRows),
  // How many chunks there are, which both know from the footer.
  "r1-footer": async (source) => async () => withRecording(source, (recording) => recording.numChunks),
  r2: async (source) => async () => withRecording(source, (recording) => countRows(recording, SCAN)),
  r3: async (source, steps) => {
    const file = await openRrd(source, { maxCacheBytes: CACHE_BYTES });
    const recording = file.recording();
    const query = lookups(steps);
    await countRows(recording, query);
    // From now on everything comes from memory.
    await file.close();
    return () => countRows(recording, query);
  },
  "r3-file": async (source, steps) => {
    const query = lookups(steps);
    return () => withRecording(source, (recording) => countRows(recording, query));
  },
  // Reads one batch. Returns only the sign of its number of rows, because a batch may have any size.
  c1: async (url) =>
    ofDataset(url, async (dataset) => {
      for await (const batch of dataset.query({ index: "step" })) return Math.sign(batch.numRows);
      return 0;
    }),
  c2: async (url) => ofDataset(url, async (dataset) => (await dataset.query({ index: "step" }).toTable()).numRows),
  c3: async (url) =>
    ofDataset(url, async (dataset) => (await dataset.query({ index: "step", contents: "/joint_3" }).toTable()).numRows),
  // The number of numbers in arrays: all angles, and the coordinates of all points.
  r5: async (source) => () => withRecording(source, countNumbers),
  r4: async (source) => () => withRecording(source, (recording) => countRows(recording, BATTERY)),
};

/** Returns the query of a workload. The benchmark compares its table with the table of Python. */
export function queryOf(name: string, steps: number): QueryOptions | undefined {
  return name === "r2" ? SCAN : name.startsWith("r3") ? lookups(steps) : name === "r4" ? BATTERY : undefined;
}

const CLOUD = "/robot/cloud";
const SCAN: QueryOptions = { index: "step" };
const BATTERY: QueryOptions = { index: "step", contents: "/robot/battery" };

function lookups(steps: number): QueryOptions {
  return {
    index: "step",
    contents: Array.from({ length: JOINTS }, (_, joint) => `/robot/joint_${joint}`),
    usingIndexValues: BigInt64Array.from({ length: LOOKUPS }, (_, index) => BigInt(index * (steps / LOOKUPS))),
    fillLatestAt: true,
  };
}

/** Reads all joints and points into typed arrays, and counts the numbers in them. */
async function countNumbers(recording: RecordingReader): Promise<number> {
  const paths = Array.from({ length: JOINTS }, (_, joint) => `/robot/joint_${joint}`);
  const joints = paths.map((path) => [path, Scalars.scalars] as const);
  const wanted: readonly (readonly [string, typeof Scalars.scalars | typeof Points3D.positions])[] = [
    ...joints,
    [CLOUD, Points3D.positions],
  ];
  const query = recording.query({ ...SCAN, contents: [...paths, CLOUD] });
  const columns = await query.toColumns(Object.fromEntries(wanted.map((column) => [column[0], column])));
  const counts = Object.entries(columns).map(([path, column]) =>
    path === CLOUD ? column.toFloat32Array().length : column.toFloat64Array().length,
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Prepares reading the dataset of a catalog. The connection is closed when nothing refers to it. */
async function ofDataset(url: RrdSource, read: (dataset: DatasetEntry) => Promise<number>): Promise<Read> {
  // Pages read no catalog.
  const { connectCatalog } = await import("@rerun-ts/catalog");
  const dataset = await (await connectCatalog(url as string)).getDataset("segments");
  return () => read(dataset);
}

async function withRecording(
  source: RrdSource,
  read: (recording: RecordingReader) => number | Promise<number>,
): Promise<number> {
  const file = await openRrd(source);
  try {
    return await read(file.recording());
  } finally {
    await file.close();
  }
}

async function countRows(recording: RecordingReader, query: QueryOptions): Promise<number> {
  return (await recording.query(query).toTable()).numRows;
}
