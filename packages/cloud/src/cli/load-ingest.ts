import { RerunError } from "@rerun-ts/core";
import type * as command from "./ingest-command.ts";

/** Runs `rerun-ts ingest`. @throws {RerunError} `UNSUPPORTED` if the packages of NATS are missing */
export async function ingest(args: string[]): Promise<void> {
  const { runIngest } = await load();
  await runIngest(args);
}

/** Other commands need no NATS. */
async function load(): Promise<typeof command> {
  try {
    return await import("./ingest-command.ts");
  } catch (error) {
    throw new RerunError(
      "UNSUPPORTED",
      "`rerun-ts ingest` needs packages: npm install @nats-io/transport-node @nats-io/jetstream @nats-io/nats-core",
      { cause: error },
    );
  }
}
