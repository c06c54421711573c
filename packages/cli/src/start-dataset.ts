import type { ValuesOf } from "./command/command-table.ts";
import type { DatasetEvents, ServedDataset } from "./command/storage-package.ts";
import type { SERVE } from "./serve-table.ts";

/** Opens a dataset whose flags were checked. */
export type StartDataset = (events: DatasetEvents) => Promise<ServedDataset>;

/** Loads the function that opens the dataset of the flags, if any. */
export async function datasetOf(values: ValuesOf<typeof SERVE>): Promise<StartDataset | undefined> {
  const { from, to, dataset, recording: recordings, ack = "committed", "nats-ca": ca } = values;
  if (dataset === undefined) return undefined;
  const { loadStorage } = await import("./storage-commands.ts");
  const { openDataset } = await loadStorage(to === undefined ? "`--from`" : "`--to`");
  return (events) => openDataset({ from, to, ack, dataset, recordings, ca, ...events });
}
