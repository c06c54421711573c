import { pushAll } from "@rerun-ts/core/util";
import type { CatalogClient } from "@rerun-ts/catalog";
import { isRerunError } from "@rerun-ts/core";
import { storeTime } from "../compact/store-time.ts";
import { findDamagedParts } from "../mend/damaged-parts.ts";
import { unescapeId } from "../store/keys.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { CommittedSequences } from "./committed-sequences.ts";
import { findProblems } from "./find-problems.ts";
import type { DatasetStatus, FleetProblem, FleetReport, StreamStatus } from "./fleet-report.ts";
import { surveyBucket } from "./survey-bucket.ts";
import { CatalogSurvey } from "./survey-catalog.ts";
import type { StreamsSurvey } from "./survey-streams.ts";

/** Settings of {@link fleetStatus}. */
export interface FleetOptions {
  readonly store: ObjectStore;
  /** Default: all datasets of the bucket, and of NATS. */
  readonly datasets: readonly string[] | undefined;
  readonly streams: Pick<StreamsSurvey, "datasets" | "stream"> | undefined;
  readonly catalog: CatalogClient | undefined;
  /** The age from which on something that waits is a problem. */
  readonly overdueSeconds: number;
  /** Whether the end of each uploaded part is read. */
  readonly check: boolean;
  /** Called with a text about the progress. */
  readonly onProgress: (text: string) => void;
}

/** Looks at all that a fleet has in a bucket, in NATS and in a catalog. */
export async function fleetStatus(options: FleetOptions): Promise<FleetReport> {
  const { store, streams, overdueSeconds } = options;
  const inBucket = await datasetsIn(store);
  const names = new Set(options.datasets ?? [...inBucket, ...((await streams?.datasets()) ?? [])]);
  const [first] = inBucket;
  const { time, clock } = await timeOf(store, first);
  const datasets: DatasetStatus[] = [];
  const problems: FleetProblem[] = [];
  for (const dataset of [...names].sort()) {
    const { status, records } = await datasetStatus(options, dataset, time);
    datasets.push(status);
    pushAll(problems, records);
    pushAll(problems, findProblems(status, overdueSeconds));
    if (!inBucket.includes(dataset) && status.stream === null)
      problems.push({
        dataset,
        problem: `${store.url} has nothing of this dataset`,
        action: "check the name of the dataset, and the prefix of the store",
      });
  }
  if (names.size === 0)
    problems.push({ dataset: "", problem: `${store.url} has no dataset`, action: "check the prefix of the store" });
  return { store: store.url, time: time.toISOString(), clock, datasets, problems };
}

async function datasetStatus(
  { store, streams, catalog, overdueSeconds, check, onProgress }: FleetOptions,
  dataset: string,
  now: Date,
): Promise<{ readonly status: DatasetStatus; readonly records: readonly FleetProblem[] }> {
  const dueBefore = new Date(now.getTime() - 1000 * overdueSeconds);
  // Asked before the bucket is listed, so that each of its parts should be in the list.
  const registered =
    catalog === undefined ? undefined : await CatalogSurvey.open(catalog, { store, dataset, dueBefore });
  let objects = 0;
  const count = (): void => onProgress(`Listed ${++objects} parts of ${dataset}`);
  const bucket = await surveyBucket({ store, dataset, now, visitor: registered, onProgress: count });
  const choice = { dataset, onProgress: (checked: number) => onProgress(`Checked ${checked} parts of ${dataset}`) };
  const checkedParts = check ? await findDamagedParts(store, choice) : undefined;
  const unclear = new Set(bucket.unclear.map(({ recordingId }) => recordingId));
  let stream: StreamStatus | undefined;
  let records: readonly FleetProblem[] = [];
  if (streams !== undefined) {
    const committed = await CommittedSequences.open(store, dataset);
    stream = await streams.stream(dataset, committed);
    records = Array.from(committed.damaged, ([partition, reason]) => ({
      dataset,
      problem: `partition ${partition} is blocked: ${reason}`,
      action: "restore the object from a version or a copy of the bucket",
    }));
  }
  const damaged = {
    ...bucket.damaged,
    found: checkedParts?.damaged ?? null,
    unreadable: checkedParts?.unreadable ?? null,
    records: checkedParts?.records ?? null,
  };
  const status = {
    dataset,
    ...bucket,
    damaged,
    stream: stream ?? null,
    catalog: (await registered?.end(unclear)) ?? null,
  };
  return { status, records };
}

/** The names of the datasets of a bucket. Takes a request for each. */
async function datasetsIn(store: Pick<ObjectStore, "list">): Promise<readonly string[]> {
  const names: string[] = [];
  for (let after: string | undefined; ;) {
    const folder = await firstFolder(store, after);
    if (folder === undefined) return names;
    const name = unescapeId(folder);
    if (name !== undefined) names.push(name);
    // The character after the slash: all keys of the folder come before.
    after = `${LAYOUT}${folder}0`;
  }
}

const LAYOUT = "v1/";

async function firstFolder(
  store: Pick<ObjectStore, "list">,
  startAfter: string | undefined,
): Promise<string | undefined> {
  for await (const { key } of store.list(LAYOUT, { startAfter })) {
    const [folder = "", rest] = key.slice(LAYOUT.length).split("/", 2);
    if (rest !== undefined) return folder;
  }
  return undefined;
}

/** The time of the store. Those who may only read get that of this machine. */
async function timeOf(
  store: ObjectStore,
  dataset: string | undefined,
): Promise<Pick<FleetReport, "clock"> & { readonly time: Date }> {
  try {
    if (dataset !== undefined) return { time: await storeTime(store, dataset, undefined), clock: "store" };
  } catch (error) {
    if (!isRerunError(error) || !["AUTH", "UNSUPPORTED", "IO_ERROR"].includes(error.code)) throw error;
  }
  return { time: new Date(), clock: "machine" };
}
