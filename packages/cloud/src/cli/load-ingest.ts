import { RerunError } from "@rerun-ts/core";
import type { DatasetSettings, OpenDataset } from "../edge/open-dataset.ts";

/** Runs `rerun-ts ingest`. @throws {RerunError} `UNSUPPORTED` if the packages of NATS are missing */
export async function ingest(args: string[]): Promise<void> {
  const { runIngest } = await load("`rerun-ts ingest`", () => import("./ingest-command.ts"));
  await runIngest(args);
}

/**
 * Opens a dataset for `rerun-ts serve`.
 *
 * @throws {RerunError} `UNSUPPORTED` if the packages of NATS are missing
 */
export async function openDataset({
  ca,
  ...settings
}: Omit<DatasetSettings, "connect"> & { readonly ca: string | undefined }): Promise<OpenDataset> {
  const flag = settings.to === undefined ? "`--from`" : "`--to`";
  const edge = await load(flag, () => import("../edge/open-dataset.ts"));
  const { connectOptionsOf } = await import("./nats-flags.ts");
  return edge.openDataset({ ...settings, connect: await connectOptionsOf(ca, process.env) });
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
