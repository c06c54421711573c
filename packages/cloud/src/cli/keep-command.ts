import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { STATUS_FLAGS, UsageError, startStatus, integerOf, numberOf, parseCommand } from "@rerun-ts/node/parts";
import { CatalogKeeper } from "../keeper/catalog-keeper.ts";
import { CatalogProcess } from "../keeper/catalog-process.ts";
import { keeperReport, type KeeperStatus } from "../keeper/keeper-status.ts";
import { datasetPrefix } from "../commits/log-keys.ts";
import { checkDataset } from "../parts/part-key.ts";
import { checkListing } from "../store/check-listing.ts";
import { STORE_FLAGS, storeOf } from "./store-flags.ts";

const PORT = 51_234;
const INTERVAL_SECONDS = 3;
const RETRY_MS = 1000;
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
  interval: { type: "string" },
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
  if (values.mounted !== true) mkdirSync(files, { recursive: true });
  const log = (text: string): void => console.error(`rerun-ts: ${text}`);
  const port = integerOf("--port", values.port) ?? PORT;
  const server = values.url === undefined ? new CatalogProcess(values.bind ?? "127.0.0.1", port, log) : undefined;
  const store = await storeOf("--from", values.from, values);
  // Without access nothing will ever be registered.
  for (const name of datasets) await checkListing(store, datasetPrefix(name));
  const recordings = values.recording === undefined ? undefined : new Set(values.recording);
  const maxAgeMs = durationOf("--since", values.since);
  const isMounted = values.mounted === true;
  const keeper = new CatalogKeeper({ store, datasets, recordings, maxAgeMs, files, isMounted, log });
  const catalog = values.url ?? server?.url ?? "";
  await run({
    keeper,
    server,
    catalog,
    store: store.url,
    startStatus: (status) => startStatus("catalog keep", values, () => keeperReport(status())),
    intervalMs: 1000 * interval,
    isOnce: values.once === true,
    log,
  });
}

interface Run {
  readonly keeper: CatalogKeeper;
  readonly server: CatalogProcess | undefined;
  readonly catalog: string;
  readonly store: string;
  readonly startStatus: (status: () => KeeperStatus) => ReturnType<typeof startStatus>;
  readonly intervalMs: number;
  readonly isOnce: boolean;
  readonly log: (text: string) => void;
}

async function run({
  keeper,
  server,
  catalog,
  store,
  startStatus: serveStatus,
  intervalMs,
  isOnce,
  log,
}: Run): Promise<void> {
  const { connectCatalog } = await import("@rerun-ts/arrow/catalog");
  const ended = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ended.abort());
  const { signal } = ended;
  let [passes, failures] = [0, 0];
  let lastFailure: string | undefined;
  const status = (): KeeperStatus => {
    const { registered, pending, quarantined, unclear } = keeper;
    return {
      catalog,
      store,
      registered,
      pending,
      quarantined: [...quarantined.values()],
      unclear,
      passes,
      failures,
      lastFailure,
    };
  };
  const statusServer = await serveStatus(status);
  try {
    for (;;) {
      const before = performance.now();
      try {
        await server?.ensure();
        using client = await connectCatalog(catalog, { signal });
        if (passes === 0) console.log(`Catalog at ${catalog}`);
        await keeper.pass(client, signal);
        passes++;
        if (passes === 1 || lastFailure !== undefined) console.log(`${keeper.registered} parts are registered`);
        lastFailure = undefined;
      } catch (error) {
        if (signal.aborted) break;
        // Nothing of a wrong login will change by itself.
        if (passes === 0 && isRerunError(error) && error.code === "AUTH") throw error;
        failures++;
        const text = messageOf(error);
        if (text !== lastFailure) log(text);
        lastFailure = text;
      }
      if (isOnce || signal.aborted) break;
      // A catalog that has failed is tried again soon.
      const pauseMs = lastFailure === undefined ? intervalMs : Math.min(intervalMs, RETRY_MS);
      await sleep(Math.max(0, pauseMs - (performance.now() - before)), undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
    }
    if (isOnce && (lastFailure !== undefined || keeper.quarantined.size > 0 || keeper.unclear.length > 0))
      process.exitCode = 1;
  } finally {
    await statusServer?.stop();
    await server?.stop();
  }
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

/** The value of a flag that is a duration, in milliseconds; `undefined` if it is not given. @throws {UsageError} */
function durationOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([mhd])$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * (UNITS[unit] ?? 0);
  throw new UsageError(`\`${flag}\` must be a duration such as 90m, 36h or 7d, got ${JSON.stringify(text)}`);
}
