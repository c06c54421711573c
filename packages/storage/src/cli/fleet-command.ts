import type { CatalogClient } from "@rerun-ts/catalog";
import { UsageError, numberOf, parseCommand, showStatus, unknownName } from "rerun-ts/command";
import { fleetStatus } from "../fleet/fleet-status.ts";
import { checkDataset } from "../parts/part-key.ts";
import { fleetText } from "./fleet-text.ts";
import { STORE_FLAGS, existingStoreOf } from "./store-flags.ts";

/** The default age from which on something that waits is a problem. Ingesters commit after a minute. */
const OVERDUE_SECONDS = 300;

const FLAGS = {
  ...STORE_FLAGS,
  dataset: { type: "string", multiple: true },
  nats: { type: "string" },
  "nats-ca": { type: "string" },
  catalog: { type: "string" },
  check: { type: "boolean" },
  "overdue-after": { type: "string" },
  json: { type: "boolean" },
} as const;

/** Runs `rerun-ts fleet status`. @throws {UsageError} if the command line is wrong */
export async function fleet([name = "", ...args]: string[]): Promise<void> {
  if (name !== "status") throw unknownName("command", name, ["status"]);
  const { values, positionals } = parseCommand(args, FLAGS);
  const [url, ...others] = positionals;
  if (url === undefined || others.length > 0)
    throw new UsageError("`fleet status` requires one STORE: s3://BUCKET/PREFIX, or a folder");
  const datasets = values.dataset?.map((dataset) => checkDataset(dataset));
  const overdueSeconds = numberOf("--overdue-after", values["overdue-after"]) ?? OVERDUE_SECONDS;
  if (values["nats-ca"] !== undefined && values.nats === undefined)
    throw new UsageError("`--nats-ca` requires `--nats`");
  const store = await existingStoreOf("STORE", url, values);
  let progress = "";
  const hideStatus = showStatus(() => progress);
  const { nats, catalog } = values;
  const streams =
    nats === undefined ? undefined : await (await import("./load-ingest.ts")).openStreams(nats, values["nats-ca"]);
  try {
    using client = catalog === undefined ? undefined : await connectTo(catalog);
    const report = await fleetStatus({
      store,
      datasets,
      streams,
      catalog: client,
      overdueSeconds,
      check: values.check === true,
      onProgress: (text) => (progress = text),
    });
    hideStatus();
    console.log(values.json === true ? JSON.stringify(report, undefined, 2) : fleetText(report));
    if (report.problems.length > 0) process.exitCode = 1;
  } finally {
    hideStatus();
    await streams?.close();
  }
}

async function connectTo(url: string): Promise<CatalogClient> {
  const { connectCatalog } = await import("@rerun-ts/catalog");
  const token = process.env["RERUN_CATALOG_TOKEN"];
  return connectCatalog(url, token === undefined || token === "" ? {} : { token });
}
