import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { WorkerRelay } from "@rerun-ts/node/relay";
import { afterAll, expect, it, vi } from "vitest";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

it("a relay whose worker does not start in time is replaced when the worker can no longer take the port", async () => {
  const entry = join(folder.path, "slow-worker.mjs");
  writeFileSync(entry, "setInterval(() => {}, 1000);");
  let hasEnded = false;
  const terminate = vi.spyOn(Worker.prototype, "terminate");
  terminate.mockImplementation(async function slowly(this: Worker) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    terminate.mockRestore();
    const code = await this.terminate();
    hasEnded = true;
    return code;
  });
  // Timers count whole milliseconds, and may be early.
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementationOnce(() => now() + 20);
  const relay = new WorkerRelay(
    pathToFileURL(entry),
    {
      port: 0,
      tls: undefined,
      bindIp: "127.0.0.1",
      allowHosts: [],
      corsAllowOrigin: [],
      writeToken: undefined,
      readToken: undefined,
      memoryLimit: 0,
      isNewestFirst: false,
      maxReaderBytes: 0,
    },
    { onLost: () => {}, onRefused: () => {}, onRejected: () => {}, onUnreceived: () => {}, onRelease: () => {} },
  );
  await expect(relay.listening).rejects.toThrow("it did not start within 2000 ms");
  expect(hasEnded).toBe(true);
});
