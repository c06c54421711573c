import { RerunError } from "@rerun-ts/core";
import type { FollowedDataset, FollowSettings } from "../live/follow-dataset.ts";

/** Runs `rerun-ts ingest`. @throws {RerunError} `UNSUPPORTED` if the packages of NATS are missing */
export async function ingest(args: string[]): Promise<void> {
  const { runIngest } = await load("`rerun-ts ingest`", () => import("./ingest-command.ts"));
  await runIngest(args);
}

/**
 * Starts to pass on the messages of a dataset, for `rerun-ts serve --from`.
 *
 * @throws {RerunError} `UNSUPPORTED` if the packages of NATS are missing
 */
export async function follow(settings: FollowSettings): Promise<FollowedDataset> {
  const { followDataset } = await load("`--from`", () => import("../live/follow-dataset.ts"));
  return followDataset(settings);
}

/** Other commands need no NATS. */
async function load<Module>(what: string, importModule: () => Promise<Module>): Promise<Module> {
  try {
    return await importModule();
  } catch (error) {
    throw new RerunError(
      "UNSUPPORTED",
      `${what} needs packages: npm install @nats-io/transport-node @nats-io/jetstream @nats-io/nats-core`,
      { cause: error },
    );
  }
}
