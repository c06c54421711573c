import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { SHUTDOWN_SIGNALS } from "@rerun-ts/node/processes";
import type { CommandContext, ValuesOf } from "rerun-ts/command";
import { CatalogKeeper } from "../keeper/catalog-keeper.ts";
import { CatalogProcess } from "../keeper/catalog-process.ts";
import { keeperReport } from "../keeper/keeper-status.ts";
import { datasetPrefix } from "../commits/log-keys.ts";
import { checkDataset } from "../parts/part-key.ts";
import { DueWork } from "../status/due-work.ts";
import { checkListing } from "../store/check-listing.ts";
import { catalogLogin } from "./catalog-flags.ts";
import { KeeperLoop } from "./keeper-loop.ts";
import { durationOf } from "./duration-flag.ts";
import type { KEEP } from "./keep-table.ts";
import { storeOf } from "./open-store.ts";
import { withRecordsApart } from "../store/records-apart.ts";

const PORT = 51_234;
const INTERVAL_SECONDS = 3;
/** The time after which a problem counts. */
const UNHEALTHY_SECONDS = 30;

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new RerunError("IO_ERROR", `cannot make the folder of --files: ${messageOf(error)}`, { cause: error });
  }
}

/** Runs `rerun-ts catalog keep`. @throws {UsageError} if the command line is wrong */
export async function keep(values: ValuesOf<typeof KEEP>, context: CommandContext): Promise<void> {
  const { dataset: datasets, port = PORT, interval = INTERVAL_SECONDS } = values;
  for (const name of datasets) checkDataset(name);
  // The server does not say which free port it has chosen.
  if (port === 0) throw context.usageError("`--port` must be a port from 1 to 65535, got 0");
  const maxAgeMs = durationOf("--since", values.since, context);
  const fullEveryMs = durationOf("--full-every", values["full-every"], context);
  // The server of the command asks for no token.
  const login = values.url === undefined ? {} : await catalogLogin(values, context);
  const files = resolve(values.files);
  const log = context.warn;
  const server = values.url === undefined ? new CatalogProcess(values.bind ?? "127.0.0.1", port, log) : undefined;
  const store = withRecordsApart(await storeOf("--from", values.from, values, context));
  // Without access nothing will ever be registered.
  for (const name of datasets) await checkListing(store, datasetPrefix(name));
  const recordings = values.recording === undefined ? undefined : new Set(values.recording);
  const isMounted = values.mounted;
  if (!isMounted) makeFolder(files);
  const work = new DueWork("parts of the store", undefined, 1000 * (values["unhealthy-after"] ?? UNHEALTHY_SECONDS));
  const waitsForAll = values.once;
  const shared = { store, datasets, recordings, maxAgeMs, fullEveryMs, files, isMounted, work, waitsForAll, log };
  const keeper = new CatalogKeeper(shared);
  const loop = new KeeperLoop({
    keeper,
    work,
    server,
    catalog: values.url ?? server?.url ?? "",
    login,
    store: store.url,
    intervalMs: 1000 * interval,
    isOnce: waitsForAll,
    log,
  });
  const ended = new AbortController();
  for (const signal of SHUTDOWN_SIGNALS) process.once(signal, () => ended.abort());
  const status = await context.serveStatus(() => keeperReport(loop.status()));
  try {
    await loop.run(ended.signal);
    if (values.once && !loop.isComplete) process.exitCode = 1;
  } finally {
    await status?.stop();
    await server?.stop();
  }
}
