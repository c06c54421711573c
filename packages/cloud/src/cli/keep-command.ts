import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@rerun-ts/core/checks";
import { UsageError, integerOf, numberOf, parseCommand } from "@rerun-ts/node/parts";
import { CatalogKeeper } from "../keeper/catalog-keeper.ts";
import { CatalogProcess } from "../keeper/catalog-process.ts";
import { StatusServer, type KeeperStatus } from "../keeper/status-server.ts";
import { checkDataset } from "../parts/part-key.ts";
import { STORE_FLAGS, storeOf } from "./store-flags.ts";

const PORT = 51_234;
const INTERVAL_SECONDS = 4;
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
  "status-port": { type: "string" },
  interval: { type: "string" },
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
  const recordings = values.recording === undefined ? undefined : new Set(values.recording);
  const keeper = new CatalogKeeper({ store, datasets, recordings, files, isMounted: values.mounted === true, log });
  const catalog = values.url ?? server?.url ?? "";
  const statusPort = integerOf("--status-port", values["status-port"]);
  await run({
    keeper,
    server,
    catalog,
    store: store.url,
    statusPort,
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
  readonly statusPort: number | undefined;
  readonly intervalMs: number;
  readonly isOnce: boolean;
  readonly log: (text: string) => void;
}

async function run({ keeper, server, catalog, store, statusPort, intervalMs, isOnce, log }: Run): Promise<void> {
  const { connectCatalog } = await import("@rerun-ts/arrow/catalog");
  const ended = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ended.abort());
  const { signal } = ended;
  let [passes, failures] = [0, 0];
  let lastFailure: string | undefined;
  const status = (): KeeperStatus => {
    const { registered, pending, quarantined } = keeper;
    return {
      catalog,
      store,
      registered,
      pending,
      quarantined: [...quarantined.values()],
      passes,
      failures,
      lastFailure,
    };
  };
  const statusServer = statusPort === undefined ? undefined : await StatusServer.start("127.0.0.1", statusPort, status);
  try {
    for (;;) {
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
        failures++;
        const text = messageOf(error);
        if (text !== lastFailure) log(text);
        lastFailure = text;
      }
      if (isOnce || signal.aborted) break;
      // A catalog that has failed is tried again soon.
      const pauseMs = lastFailure === undefined ? intervalMs : Math.min(intervalMs, RETRY_MS);
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
    }
    if (isOnce && (lastFailure !== undefined || keeper.quarantined.size > 0)) process.exitCode = 1;
  } finally {
    await statusServer?.stop();
    await server?.stop();
  }
}
