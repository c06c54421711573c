import { UsageError } from "./command/arguments.ts";
import type { DatasetEvents, ServedDataset } from "./cloud-commands.ts";

/** The flags for a dataset in NATS. */
export const DATASET_FLAGS = {
  from: { type: "string" },
  to: { type: "string" },
  ack: { type: "string" },
  dataset: { type: "string" },
  recording: { type: "string", multiple: true },
  "nats-ca": { type: "string" },
} as const;

/** The values of {@link DATASET_FLAGS}. */
export interface DatasetValues {
  readonly from?: string;
  readonly to?: string;
  readonly ack?: string;
  readonly dataset?: string;
  readonly recording?: readonly string[];
  readonly "nats-ca"?: string;
}

/** Opens a dataset whose flags were checked. */
export type StartDataset = (events: DatasetEvents) => Promise<ServedDataset>;

/** Checks the flags for a dataset, and loads the function that opens the dataset. @throws {UsageError} if a flag is wrong */
export async function datasetOf(values: DatasetValues): Promise<StartDataset | undefined> {
  const { from, to, dataset, recording: recordings, ack = "committed", "nats-ca": ca } = values;
  if (from === undefined && recordings !== undefined)
    throw new UsageError("`--recording` must be given together with `--from`");
  if (to === undefined && values.ack !== undefined) throw new UsageError("`--ack` must be given together with `--to`");
  if (ack !== "committed" && ack !== "queued")
    throw new UsageError(`\`--ack\` must be committed or queued, got ${ack}`);
  if (from === undefined && to === undefined) {
    const given = dataset === undefined ? ca && "nats-ca" : "dataset";
    if (given === undefined) return undefined;
    throw new UsageError(`\`--${given}\` must be given together with \`--from\` or \`--to\``);
  }
  if (dataset === undefined)
    throw new UsageError(`\`--${to === undefined ? "from" : "to"}\` must be given together with \`--dataset\``);
  const { loadOpenDataset } = await import("./cloud-commands.ts");
  const open = await loadOpenDataset(to === undefined ? "--from" : "--to");
  return (events) => open({ from, to, ack, dataset, recordings, ca, ...events });
}
