import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import type { Upstream } from "@rerun-ts/node/relay";
import type { StatusReport } from "@rerun-ts/node/status";

/** A command of the package for object storage. */
export type CloudCommand = (args: string[]) => Promise<void>;

/** The names of these commands. */
type CloudCommandName = "push" | "ingest" | "compact" | "keep" | "parts" | "fleet";

/** Declared here, because the package depends on this one. */
const CLOUD_CLI: string = "@rerun-ts/storage/cli";

/** A dataset in NATS that a relay serves, or for which the relay is an edge. */
export interface ServedDataset {
  /** The storage for the messages of clients, for edges. */
  readonly upstream: Upstream | undefined;
  /** Whether what is due happens. */
  status(): Pick<StatusReport, "problem" | "metrics">;
  /** Reads no more from the dataset. */
  stop(): Promise<void>;
}

/** Receives the messages of a dataset, and its warnings. */
export interface DatasetEvents {
  readonly onMessage: (message: EncodedMessage) => void;
  readonly onWarning: (message: string) => void;
  /** The time after which a problem counts, in milliseconds. */
  readonly limitMs: number;
}

/** The dataset to open. */
interface DatasetChoice {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly ack: "committed" | "queued";
  readonly dataset: string;
  readonly recordings: readonly string[] | undefined;
  /** A file with certificates in PEM format. */
  readonly ca: string | undefined;
}

/** Opens a dataset. */
export type OpenDataset = (settings: DatasetChoice & DatasetEvents) => Promise<ServedDataset>;

/** Loads the function that opens datasets in NATS. @throws {RerunError} `UNSUPPORTED` if the package is missing */
export async function loadOpenDataset(flag: string): Promise<OpenDataset> {
  try {
    return ((await import(CLOUD_CLI)) as { readonly openDataset: OpenDataset }).openDataset;
  } catch (error) {
    throw new RerunError("UNSUPPORTED", `\`${flag}\` needs the package: npm install @rerun-ts/storage`, {
      cause: error,
    });
  }
}

/** Loads a command of the package for object storage. @throws {RerunError} `UNSUPPORTED` if it is missing */
export async function loadCloudCommand(name: CloudCommandName): Promise<CloudCommand> {
  try {
    const commands = (await import(CLOUD_CLI)) as Readonly<Record<CloudCommandName, CloudCommand>>;
    return commands[name];
  } catch (error) {
    throw new RerunError(
      "UNSUPPORTED",
      `\`rerun-ts ${name === "keep" ? "catalog keep" : name}\` needs the package: npm install @rerun-ts/storage`,
      {
        cause: error,
      },
    );
  }
}
