import { RerunError } from "@rerun-ts/core";
import type { ingest } from "./ingest-command.ts";
import type { StreamsSurvey } from "../fleet/survey-streams.ts";
import type { DatasetChoice, DatasetEvents, ServedDataset } from "rerun-ts/command";

/** Loads the code of `rerun-ts ingest`. @throws {RerunError} `UNSUPPORTED` if the packages of NATS are missing */
export function loadIngest(): Promise<{ readonly ingest: typeof ingest }> {
  return load("`rerun-ts ingest`", () => import("./ingest-command.ts"));
}

/**
 * Opens a dataset for `rerun-ts serve`.
 *
 * @throws {RerunError} `UNSUPPORTED` if the packages of NATS are missing
 */
export async function openDataset({ ca, ...settings }: DatasetChoice & DatasetEvents): Promise<ServedDataset> {
  const flag = settings.to === undefined ? "`--from`" : "`--to`";
  const edge = await load(flag, () => import("../edge/open-dataset.ts"));
  const { connectOptionsOf } = await import("./nats-flags.ts");
  return edge.openDataset({ ...settings, connect: await connectOptionsOf(ca, process.env) });
}

/** Opens the look at streams for `rerun-ts fleet status`. @throws {RerunError} `UNSUPPORTED` if the packages are missing */
export async function openStreams(url: string, ca: string | undefined): Promise<StreamsSurvey> {
  const { StreamsSurvey: Survey } = await load("`--nats`", () => import("../fleet/survey-streams.ts"));
  const { parseNatsUrl } = await import("../nats/nats-address.ts");
  const { connectOptionsOf } = await import("./nats-flags.ts");
  return Survey.open(parseNatsUrl(url, "--nats"), await connectOptionsOf(ca, process.env));
}

/** Loaded on demand, because other commands need no NATS. */
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
