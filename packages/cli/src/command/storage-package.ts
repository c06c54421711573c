import type { EncodedMessage } from "@rerun-ts/core";
import type { Upstream } from "@rerun-ts/node/relay";
import type { StatusReport } from "@rerun-ts/node/status";
import type { CommandEntry } from "./command-table.ts";

/** The exports by which the package for object storage adds to `rerun-ts`. */
export interface StoragePackage {
  /** The commands by their names, such as `parts check`. */
  readonly commands: Readonly<Record<string, CommandEntry>>;
  /** Opens a dataset for `rerun-ts serve`. Rejects with `UNSUPPORTED` if the packages of NATS are missing. */
  readonly openDataset: (settings: DatasetChoice & DatasetEvents) => Promise<ServedDataset>;
}

/** The dataset in NATS to open. */
export interface DatasetChoice {
  /** The address to read from, if any. */
  readonly from: string | undefined;
  /** The address to write to, if any. */
  readonly to: string | undefined;
  readonly ack: "committed" | "queued";
  readonly dataset: string;
  /** The ids of the recordings to read. Default: all. */
  readonly recordings: readonly string[] | undefined;
  /** A file with certificates in PEM format. */
  readonly ca: string | undefined;
}

/** Receives the messages of a dataset, and its warnings. */
export interface DatasetEvents {
  readonly onMessage: (message: EncodedMessage) => void;
  readonly onWarning: (message: string) => void;
  /** The time after which a problem counts, in milliseconds. Default: 30,000. */
  readonly limitMs?: number | undefined;
}

/** A dataset in NATS that a relay serves, or for which the relay is an edge. */
export interface ServedDataset {
  /** The storage for the messages of clients, for edges. */
  readonly upstream: Upstream | undefined;
  /** Whether what is due happens. */
  status(): Pick<StatusReport, "problem" | "metrics">;
  /** Reads no more from the dataset. */
  stop(): Promise<void>;
}
