import { RerunError, type EncodedMessage } from "@rerun-ts/core";

/** A command of the package for object storage. */
export type CloudCommand = (args: string[]) => Promise<void>;

/** The names of these commands. */
type CloudCommandName = "push" | "ingest" | "keep";

/** The package depends on this one: its types are not known here. */
const CLOUD_CLI: string = "@rerun-ts/cloud/cli";

/** Starts to pass on the messages of a dataset in NATS, and of some of its recordings. */
export type FollowDataset = (settings: {
  readonly from: string;
  readonly dataset: string;
  readonly recordings: readonly string[] | undefined;
  readonly onMessage: (message: EncodedMessage) => void;
  readonly onWarning: (message: string) => void;
}) => Promise<{ stop(): Promise<void> }>;

/** Loads what follows datasets in NATS. @throws {RerunError} `UNSUPPORTED` if the package is missing */
export async function loadFollow(): Promise<FollowDataset> {
  try {
    return ((await import(CLOUD_CLI)) as { readonly follow: FollowDataset }).follow;
  } catch (error) {
    throw new RerunError("UNSUPPORTED", "`--from` needs the package: npm install @rerun-ts/cloud", { cause: error });
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
      `\`rerun-ts ${name === "keep" ? "catalog keep" : name}\` needs the package: npm install @rerun-ts/cloud`,
      {
        cause: error,
      },
    );
  }
}
