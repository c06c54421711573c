import type { CatalogClient } from "@rerun-ts/catalog";
import type { CommandContext, ValuesOf } from "rerun-ts/command";
import { fleetStatus } from "../fleet/fleet-status.ts";
import { checkDataset } from "../parts/part-key.ts";
import { catalogLogin } from "./catalog-flags.ts";
import { fleetText } from "./fleet-text.ts";
import type { FLEET_STATUS } from "./fleet-table.ts";
import { existingStoreOf } from "./open-store.ts";
import { withRecordsApart } from "../store/records-apart.ts";

/** The default age from which on something that waits is a problem. Ingesters commit after a minute. */
const OVERDUE_SECONDS = 300;

/** Runs `rerun-ts fleet status`. */
export async function showFleet(values: ValuesOf<typeof FLEET_STATUS>, context: CommandContext): Promise<void> {
  const { "overdue-after": overdueSeconds = OVERDUE_SECONDS, positionals } = values;
  const datasets = values.dataset?.map((dataset) => checkDataset(dataset));
  const store = withRecordsApart(await existingStoreOf("STORE", positionals[0] ?? "", values, context));
  let progress = "";
  const hideStatus = context.showStatus(() => progress);
  const { nats, catalog } = values;
  const streams =
    nats === undefined ? undefined : await (await import("./load-ingest.ts")).openStreams(nats, values["nats-ca"]);
  try {
    using client = catalog === undefined ? undefined : await connectTo(catalog, values, context);
    const report = await fleetStatus({
      store,
      datasets,
      streams,
      catalog: client,
      overdueSeconds,
      check: values.check,
      onProgress: (text) => (progress = text),
    });
    hideStatus();
    if (values.json) console.log(JSON.stringify(report, undefined, 2));
    else for (const line of fleetText(report)) context.print(line);
    if (report.problems.length > 0) process.exitCode = 1;
  } finally {
    hideStatus();
    await streams?.close();
  }
}

async function connectTo(
  url: string,
  values: ValuesOf<typeof FLEET_STATUS>,
  context: CommandContext,
): Promise<CatalogClient> {
  const { connectCatalog } = await import("@rerun-ts/catalog");
  return connectCatalog(url, await catalogLogin(values, context));
}
