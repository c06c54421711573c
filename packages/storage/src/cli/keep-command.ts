import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { SHUTDOWN_SIGNALS } from "@rerun-ts/node/processes";
import {
  STATUS_FLAGS,
  UNHEALTHY_FLAGS,
  UsageError,
  startStatus,
  integerOf,
  numberOf,
  parseCommand,
  unhealthyAfterMs,
} from "rerun-ts/command";
import { CatalogKeeper } from "../keeper/catalog-keeper.ts";
import { CatalogProcess } from "../keeper/catalog-process.ts";
import { keeperReport } from "../keeper/keeper-status.ts";
import { datasetPrefix } from "../commits/log-keys.ts";
import { checkDataset } from "../parts/part-key.ts";
import { DueWork } from "../status/due-work.ts";
import { checkListing } from "../store/check-listing.ts";
import { KeeperLoop } from "./keeper-loop.ts";
import { STORE_FLAGS, storeOf } from "./store-flags.ts";

const PORT = 51_234;
const INTERVAL_SECONDS = 3;
const FLAGS = {
  ...STORE_FLAGS,
  from: { type: "string" },
  files: { type: "string" },
  mounted: { type: "boolean" },
  dataset: { type: "string", multiple: true },
  recording: { type: "string", multiple: true },
  url: { type: "string" },
  bind: { type: "string" },
  port: { type: "string" },
  ...STATUS_FLAGS,
  ...UNHEALTHY_FLAGS,
  interval: { type: "string" },
  "full-every": { type: "string" },
  since: { type: "string" },
  once: { type: "boolean" },
} as const;

/** Runs `rerun-ts catalog keep`. @throws {UsageError} if the command line is wrong */
export async function keep(args: string[]): Promise<void> {
  const { values, positionals } = parseCommand(args, FLAGS);
  if (positionals.length > 0) throw new UsageError(`\`catalog keep\` takes no arguments, got ${positionals[0]}`);
  if (values.files === undefined) throw new UsageError("`--files` is required: the folder with the files of the parts");
  const datasets = values.dataset ?? [];
  if (datasets.length === 0) throw new UsageError("`--dataset` is required, and may be repeated");
  for (const name of datasets) checkDataset(name);
  const interval = numberOf("--interval", values.interval) ?? INTERVAL_SECONDS;
  const files = resolve(values.files);
  const log = (text: string): void => console.error(`rerun-ts: ${text}`);
  const port = integerOf("--port", values.port) ?? PORT;
  const server = values.url === undefined ? new CatalogProcess(values.bind ?? "127.0.0.1", port, log) : undefined;
  const store = await storeOf("--from", values.from, values);
  // Without access nothing will ever be registered.
  for (const name of datasets) await checkListing(store, datasetPrefix(name));
  const recordings = values.recording === undefined ? undefined : new Set(values.recording);
  const maxAgeMs = durationOf("--since", values.since);
  const fullEveryMs = durationOf("--full-every", values["full-every"]);
  const isMounted = values.mounted === true;
  if (!isMounted) mkdirSync(files, { recursive: true });
  const work = new DueWork("parts of the store", undefined, unhealthyAfterMs(values["unhealthy-after"]));
  const waitsForAll = values.once === true;
  const shared = { store, datasets, recordings, maxAgeMs, fullEveryMs, files, isMounted, work, waitsForAll, log };
  const keeper = new CatalogKeeper(shared);
  const loop = new KeeperLoop({
    keeper,
    work,
    server,
    catalog: values.url ?? server?.url ?? "",
    store: store.url,
    intervalMs: 1000 * interval,
    isOnce: waitsForAll,
    log,
  });
  const ended = new AbortController();
  for (const signal of SHUTDOWN_SIGNALS) process.once(signal, () => ended.abort());
  const status = await startStatus("catalog keep", values, () => keeperReport(loop.status()));
  try {
    await loop.run(ended.signal);
    if (values.once === true && !loop.isComplete) process.exitCode = 1;
  } finally {
    await status?.stop();
    await server?.stop();
  }
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

/** The value of a flag that is a duration, in milliseconds. `undefined` if the flag is absent. @throws {UsageError} */
function durationOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([mhd])$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * (UNITS[unit] ?? 0);
  throw new UsageError(`\`${flag}\` must be a duration such as 90m, 36h or 7d, got ${JSON.stringify(text)}`);
}
