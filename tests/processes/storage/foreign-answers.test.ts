import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PartsSink, presignUpload, presignedStore, s3Store, type ObjectStore, type PartStore } from "@rerun-ts/storage";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { BadHttpProxy } from "@rerun-ts/test-support/node/bad-http-proxy";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { FOREIGN_ANSWERS, type ForeignAnswerName } from "@rerun-ts/test-support/node/foreign-answers";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { lacksS3, s3Name, s3Program } from "@rerun-ts/test-support/setup/need-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { rowNumbers } from "../harness/logged-rows.ts";

const ROWS = 30;
/** How long something else answers: until the first uploads have failed. */
const FOREIGN_MS = isSoak ? 5000 : 1500;
const NAMES = Object.keys(FOREIGN_ANSWERS) as ForeignAnswerName[];
/** The stores, each with the calls that programs make. */
const STORES = {
  s3Store: (proxy: BadHttpProxy, prefix: string): PartStore =>
    s3Store(`s3://bucket/${prefix}`, { endpoint: proxy.url, credentials: S3_CREDENTIALS }),
  presignedStore: (proxy: BadHttpProxy, prefix: string): PartStore =>
    presignedStore((part) =>
      presignUpload(`s3://bucket/${prefix}`, part, { endpoint: proxy.url, credentials: S3_CREDENTIALS }),
    ),
};

const folder = makeTemporaryFolder();
let server: S3Server;

describe.skipIf(lacksS3())(`a PartsSink behind something that answers in place of ${s3Name()}`, () => {
  beforeAll(async () => {
    server = await S3Server.start(s3Program(), { folder: folder.path, buckets: ["bucket"] });
  });
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  describe.concurrent.each(Object.entries(STORES))("with %s", (name, open) => {
    // Without a soak test each store meets a half of the answers.
    const half = Object.keys(STORES).indexOf(name);
    it.concurrent.each(NAMES.filter((_, index) => isSoak || index % 2 === half))(
      "keeps each row until the bucket has it: %s",
      async (answer) => {
        const proxy = await BadHttpProxy.start(server.port);
        const prefix = randomUUID();
        const spool = join(folder.path, `${prefix}-spool`);
        const warnings: string[] = [];
        const rec = new RecordingStream("foreign", { onWarning: (warning) => warnings.push(warning.message) });
        const sink = new PartsSink(open(proxy, prefix), { dataset: "fleet", spool, fsync: "never", maxSeconds: 0.2 });
        await rec.setSink(sink);
        proxy.fate = () => FOREIGN_ANSWERS[answer];
        for (let row = 0; row < ROWS; row++) {
          rec.log("rows", new Scalars(row), { time: { row } });
          await sleep(20);
        }
        await rec.flush();
        await sleep(FOREIGN_MS);
        // Parts that were not stored are still there.
        expect(await storedRows(prefix)).toEqual(new Set());
        expect(sink.uploads).toMatchObject({ sentParts: 0 });
        expect(sink.uploads.pendingParts).toBeGreaterThan(0);
        // The close goes on while uploads fail.
        const closing = rec.close({ timeoutMs: 60_000 });
        await sleep(FOREIGN_MS);
        // The store waits for a slow or long body and for the time of Retry-After, before it reports a failure.
        if (!/slow body|without an end|with Retry-After/.test(answer))
          await vi.waitFor(() => expect(warnings.join("\n")).toMatch(KEPT), { timeout: 40_000 });
        proxy.fate = () => "pass";
        expect(await closing).toMatchObject({ complete: true, droppedRows: 0 });
        await proxy.stop();
        expect(sink.uploads).toMatchObject({ pendingParts: 0 });
        expect(existsSync(spool) ? readdirSync(spool) : []).toEqual([]);
        expect([...(await storedRows(prefix))]).toEqual(Array.from({ length: ROWS }, (_, row) => row));
      },
      120_000,
    );
  });
});

/** A warning about parts that stay. */
const KEPT =
  /^cannot (?:test|create) .+: .+; parts are kept|^\d+ parts? (?:is|are) refused and kept in .+: cannot create /m;

/** The rows of all parts in a store. */
async function storedRows(prefix: string): Promise<Set<number>> {
  const store: ObjectStore = s3Store(`s3://bucket/${prefix}`, { endpoint: server.url, credentials: S3_CREDENTIALS });
  const rows: number[] = [];
  for await (const { key } of store.list("v1/"))
    if (key.endsWith(".rrd")) rows.push(...rowNumbers(await store.read(key)));
  return new Set(rows.sort((a, b) => a - b));
}
