import { join } from "node:path";
import { fsStore, type ObjectStore } from "@rerun-ts/storage";
import { startIngest, type RunningIngest } from "@rerun-ts/storage/ingest";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { expect, onTestFinished, type TestContext } from "vitest";

/** NATS, with an ingester of the dataset `fleet`. */
export interface IngestingNats {
  readonly nats: NatsServer;
  readonly store: ObjectStore;
  readonly ingest: RunningIngest;
  /** The arguments of a command that starts an edge. */
  readonly args: readonly string[];
}

/** Starts NATS, and an ingester that commits only messages that a client waits for. They end with the test. */
export async function startIngestingNats(folder: string, skip: TestContext["skip"]): Promise<IngestingNats> {
  const nats = await NatsServer.start(await needNats({ skip }), folder);
  const store = fsStore(join(folder, "bucket"));
  const ingest = startIngest({ from: nats.url, to: store, dataset: "fleet", maxSeconds: 3600 });
  onTestFinished(async () => {
    await ingest.abort();
    await nats.kill();
  });
  return { nats, store, ingest, args: ["serve", "--to", nats.url, "--dataset", "fleet"] };
}

/** Waits until an ingester has made the stream. */
export async function untilStream(nats: NatsServer): Promise<void> {
  await expect.poll(() => nats.monitor("jsz").then(({ streams }) => streams), { timeout: 60_000 }).toBe(1);
}
