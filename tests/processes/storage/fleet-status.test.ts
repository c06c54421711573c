import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PartsSink, compactParts, fsStore, s3Store, type ObjectStore } from "@rerun-ts/storage";
import { startIngest } from "@rerun-ts/storage/ingest";
import { NatsSink } from "@rerun-ts/storage/nats";
import { AnyValues, RecordingStream, Scalars } from "@rerun-ts/node";
import { CatalogServer } from "@rerun-ts/test-support/node/catalog-server";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { lacksS3, s3Name, s3Program } from "@rerun-ts/test-support/setup/need-s3";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { describe, expect, onTestFinished } from "vitest";
import { keysIn } from "../../../packages/storage/test/stored-rows.ts";
import { runCli } from "../harness/relay-program.ts";
import { it } from "../harness/test.ts";
import { runWarmCli } from "../harness/warm-cli.ts";

/** The fields of the report that these tests look at. */
interface Report {
  readonly store: string;
  readonly clock: string;
  readonly datasets: readonly Record<string, unknown>[];
  readonly problems: readonly { readonly dataset: string; readonly problem: string; readonly action: string }[];
}

async function status(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Report & { readonly code: number | null }> {
  const { code, stdout, stderr } = await runWarmCli(["fleet", "status", ...args, "--json"], { env });
  expect(stderr).toBe("");
  return { code, ...(JSON.parse(stdout.toString()) as Report) };
}

/** Logs parts of one row each. `value` decides about the type of a column. */
async function logParts(
  store: ObjectStore,
  recordingId: string,
  count: number,
  { spool, producer = "robot-1", value = 1 }: { spool: string; producer?: string; value?: number | string },
): Promise<void> {
  const rec = new RecordingStream("fleet", { recordingId });
  await rec.setSinks([new PartsSink(store, { dataset: "fleet", spool, producer, maxSeconds: Infinity })]);
  for (let row = 0; row < count; row++) {
    rec.setTime("row", row);
    rec.log("rows", new Scalars(row / 2));
    rec.log("any", new AnyValues({ value }));
    await rec.flush({ ack: true });
  }
  await rec.close();
}

const amount = (count: number): unknown => expect.objectContaining({ count });

describe.skipIf(lacksS3())(`rerun-ts fleet status, with ${s3Name()}`, () => {
  it("counts producers, recordings, parts and growth of each dataset, and ends with 0 if nothing is wrong", async ({
    folder,
  }) => {
    mkdirSync(join(folder, "s3"));
    const server = await S3Server.start(s3Program(), { folder: join(folder, "s3"), buckets: ["bucket"] });
    onTestFinished(() => server.stop());
    const store = s3Store("s3://bucket/data", { endpoint: server.url, credentials: S3_CREDENTIALS });
    const spool = join(folder, "spool");
    // The folders of these three are in another order than their ids.
    for (const id of ["run", "run-1", "run.1"]) await logParts(store, id, 2, { spool });
    await logParts(store, "tuesday", 5, { spool, producer: "robot-2" });
    await compactParts(store, { dataset: "fleet", recordingIds: ["tuesday"], temporaryFolder: folder });
    await store.create("v1/other_20one/direct/a/page-0a/00000001.rrd", new Uint8Array(10));
    const env = {
      AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_S3: server.url,
    };
    const before = await keysIn(store, "v1/");
    const report = await status(["s3://bucket/data"], env);
    expect(report).toMatchObject({ code: 0, store: "s3://bucket/data", clock: "store", problems: [] });
    expect(report.datasets.map(({ dataset }) => dataset)).toEqual(["fleet", "other one"]);
    const [fleet] = report.datasets;
    expect(fleet).toMatchObject({
      producers: [{ name: "robot-1", runs: 3, parts: 6, lastPart: expect.stringMatching(/^20\d\d-.*Z$/) as unknown }],
      recordings: { count: 4, newest: { id: "tuesday" } },
      parts: {
        direct: amount(6),
        log: amount(0),
        compacted: amount(1),
        waitingForDeletion: amount(5),
        uncounted: amount(0),
      },
      damaged: { setAside: amount(0), found: null },
      stream: null,
      catalog: null,
    });
    const { direct, waitingForDeletion } = (fleet?.["parts"] ?? {}) as Record<string, { readonly bytes: number }>;
    const arrived = (direct?.bytes ?? 0) + (waitingForDeletion?.bytes ?? 0);
    expect(fleet?.["growth"]).toEqual({ lastHourBytes: arrived, lastDayBytes: arrived });
    expect(await keysIn(store, "v1/")).toEqual(before);

    await logParts(store, "wednesday\n\u001B[2JNothing is wrong.", 1, { spool });
    const odd = await runWarmCli(["fleet", "status", "s3://bucket/data", "--dataset", "fleet"], { env });
    expect(odd.stdout.toString()).toContain(String.raw`the newest is wednesday\u000a\u001b[2JNothing is wrong. (`);
    await keysIn(store, "v1/fleet/direct/wednesday").then((keys) => Promise.all(keys.map((key) => store.delete(key))));

    const text = await runWarmCli(["fleet", "status", "s3://bucket/data", "--dataset", "fleet"], { env });
    expect(text.stdout.toString()).toMatch(/Dataset fleet\n {2}recordings +4, the newest is tuesday/);
    expect(text.stdout.toString()).toMatch(/robot-1 +3 +6 /);
    expect(text.stdout.toString()).toContain("Nothing is wrong.");
  });
});

describe("rerun-ts fleet status", () => {
  it("names damaged parts and records, and says what to do", async ({ folder }) => {
    const path = join(folder, "store");
    const store = fsStore(path);
    const spool = join(folder, "spool");
    await logParts(store, "monday", 3, { spool });
    await logParts(store, "tuesday", 5, { spool });
    await compactParts(store, { dataset: "fleet", recordingIds: ["tuesday"], temporaryFolder: folder });
    const keys = await keysIn(store, "v1/");
    const [cut = "", other = ""] = keys.filter((key) => key.includes("direct/monday/"));
    for (const key of [cut, other]) truncateSync(join(path, key), 300);
    const place = ["--dataset", "fleet", path];
    // The place of the first of them is taken.
    mkdirSync(join(path, cut.replace("direct", "damaged")), { recursive: true });
    const half = await runWarmCli(["parts", "mend", ...place, "--json"]);
    expect([half.code, JSON.parse(half.stdout.toString())]).toMatchObject([
      1,
      { damaged: [{ key: cut }, { key: other }], mended: [{ key: other }], failed: [{ key: cut }] },
    ]);
    rmSync(join(path, cut.replace("direct", "damaged")), { recursive: true });
    const mended = await runWarmCli(["parts", "mend", ...place]);
    expect(mended.code).toBe(0);
    expect(await status([...place, "--check"])).toMatchObject({
      code: 0,
      datasets: [
        { damaged: { setAside: { count: 2, keys: [cut, other].map((key) => key.replace("direct", "damaged")) } } },
      ],
    });

    const whole = (await keysIn(store, "v1/")).find((key) => key.includes("direct/monday/")) ?? "";
    truncateSync(join(path, whole), 200);
    const replacement = keys.find((key) => key.includes("/compact/tuesday/")) ?? "";
    writeFileSync(join(path, replacement), "cut");
    const { code, problems } = await status([...place, "--check"]);
    expect(code).toBe(1);
    expect(problems).toEqual([
      expect.objectContaining({
        problem: expect.stringContaining(whole) as unknown,
        action: expect.stringContaining("rerun-ts parts mend --dataset fleet") as unknown,
      }),
      expect.objectContaining({
        problem: expect.stringContaining(replacement) as unknown,
        action: expect.stringContaining("restore") as unknown,
      }),
    ]);
    rmSync(path, { recursive: true });
  });

  it("names the partitions of NATS that nobody commits, also of datasets that the bucket lacks", async ({
    folder,
    skip,
  }) => {
    const nats = await NatsServer.start(await needNats({ skip }), folder);
    onTestFinished(() => nats.kill());
    const path = join(folder, "store");
    mkdirSync(path);
    const ingestion = { from: nats.url, to: fsStore(path), dataset: "fleet of 3", maxSeconds: 3600 };
    const first = startIngest(ingestion);
    const rec = new RecordingStream("fleet", { recordingId: "run" });
    await rec.setSink(new NatsSink(nats.url, { dataset: "fleet of 3" }));
    rec.log("rows", new Scalars(1));
    expect(await rec.flush({ ack: true })).toMatchObject({ complete: true });
    await first.abort();
    const args = [path, "--nats", nats.url, "--overdue-after", "0"];
    const limits = { bytes: 2 ** 30, ageSeconds: 3600, whenFull: "drops-oldest" };
    const committed = await status(args);
    expect(committed).toMatchObject({
      code: 0,
      problems: [],
      datasets: [{ dataset: "fleet of 3", parts: { log: amount(1) }, stream: { waiting: [], limits } }],
    });

    // Packs that are there again, and what is none: ingesters commit neither.
    const connection = await connect({ servers: nats.url });
    const manager = await jetstreamManager(connection);
    const pack = await manager.streams.getMessage("rr-fleet=20of=203", { seq: 1 });
    for (const data of [pack?.data, pack?.data, "noise"])
      await jetstream(connection).publish(pack?.subject ?? "", data);
    await connection.close();
    expect(await status(args)).toMatchObject({ problems: [], datasets: [{ stream: { messages: 4, waiting: [] } }] });

    rec.log("rows", new Scalars(2));
    await rec.flush();
    // The age of the pack is in whole seconds.
    let waiting = await status(args);
    while (waiting.problems.length === 0) waiting = await status(args);
    const [stream] = waiting.datasets.map((dataset) => dataset["stream"]);
    expect(stream).toMatchObject({ waiting: [{ messages: 1, partition: expect.any(Number) as unknown }] });
    expect(waiting.code).toBe(1);
    expect(waiting.problems).toEqual([
      expect.objectContaining({
        dataset: "fleet of 3",
        problem: expect.stringMatching(
          /^partition \d+ of rr-fleet=20of=203 is not being committed; the oldest pack/,
        ) as unknown,
        action: expect.stringContaining("rerun-ts ingest") as unknown,
      }),
    ]);
    // Without anything in the bucket.
    rmSync(join(path, "v1"), { recursive: true });
    const lost = await status(args);
    expect(lost.datasets).toMatchObject([{ dataset: "fleet of 3", stream: { waiting: [{ messages: 5 }] } }]);
    const second = startIngest(ingestion);
    expect(await rec.close()).toMatchObject({ complete: true });
    await second.abort();
    rmSync(path, { recursive: true });
  });

  it("names the parts that a catalog lacks with the reason, and those that only the catalog has", async ({
    folder,
    rerun,
  }) => {
    const path = join(folder, "store");
    const store = fsStore(path);
    const spool = join(folder, "spool");
    await logParts(store, "monday", 4, { spool });
    await logParts(store, "other", 1, { spool, value: "text" });
    const catalog = await CatalogServer.start(rerun.program);
    onTestFinished(() => catalog.stop());
    const args = [path, "--catalog", catalog.url, "--overdue-after", "0"];
    expect(await status(args)).toMatchObject({
      code: 1,
      datasets: [{ catalog: { exists: false, registered: 0, missing: amount(5) } }],
      problems: [{ action: expect.stringContaining("rerun-ts catalog keep --dataset fleet") as unknown }],
    });
    const young = await status([path, "--catalog", catalog.url]);
    expect(young).toMatchObject({ code: 0, datasets: [{ catalog: { missing: amount(0), recent: 5 } }] });

    const keep = ["--from", path, "--files", path, "--mounted", "--dataset", "fleet", "--url", catalog.url, "--once"];
    await runWarmCli(["catalog", "keep", ...keep]);
    const [conflicting = ""] = (await keysIn(store, "v1/")).filter((key) => key.includes("/other/"));
    const [gone = ""] = (await keysIn(store, "v1/")).filter((key) => key.includes("/monday/"));
    const bytes = readFileSync(join(path, gone));
    rmSync(join(path, gone));
    await logParts(store, "late", 2, { spool });
    const [cut = "", whole = ""] = (await keysIn(store, "v1/")).filter((key) => key.includes("/late/"));
    truncateSync(join(path, cut), 300);
    const report = await status(args);
    expect(report.code).toBe(1);
    expect(report.datasets[0]?.["catalog"]).toMatchObject({
      exists: true,
      registered: 3,
      conflicts: { count: 1, keys: [conflicting] },
      missing: {
        count: 2,
        parts: [
          { key: cut, kind: "damaged" },
          { key: whole, kind: "unknown" },
        ],
      },
      gone: { count: 1, keys: [gone] },
    });
    expect(report.problems).toHaveLength(3);

    // A replaced part may be deleted before the keeper has seen the replacement.
    writeFileSync(join(path, gone), bytes);
    await compactParts(store, { dataset: "fleet", recordingIds: ["monday"], temporaryFolder: folder });
    rmSync(join(path, gone));
    expect((await status(args)).datasets[0]?.["catalog"]).toMatchObject({ replaced: 4, gone: amount(0) });
    rmSync(path, { recursive: true });
  });

  it("refuses wrong command lines, and stores without anything", async ({ folder }) => {
    for (const args of [[], ["state"], ["status"], ["status", folder, folder], ["status", folder, "--nats-ca", "a"]])
      expect((await runWarmCli(["fleet", ...args])).code, args.join(" ")).toBe(2);
    expect(await status([folder])).toMatchObject({ code: 1, datasets: [], problems: [{ dataset: "" }] });
    expect(await status([folder, "--dataset", "misspelt"])).toMatchObject({
      code: 1,
      problems: [{ dataset: "misspelt", action: expect.stringContaining("name of the dataset") as unknown }],
    });
  });
});

/** The keys of a bucket with many parts: 200 in each recording. */
function keyOf(index: number): string {
  const [recording, number] = [Math.floor(index / 200), index % 200];
  return `v1/fleet/direct/run-${String(recording).padStart(6, "0")}/robot-0a/${String(number).padStart(8, "0")}.rrd`;
}

/** A server of a bucket that may only be listed. It has no list in memory. */
async function startListing(count: number): Promise<string> {
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "", "http://host").searchParams;
    if (request.method !== "GET" || query.get("list-type") === null) {
      response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
      return;
    }
    const isListed = `data/${keyOf(0)}`.startsWith(query.get("prefix") ?? "") && query.get("start-after") === null;
    const from = Number(query.get("continuation-token") ?? 0);
    const to = Math.min(count, from + 1000);
    const objects = Array.from({ length: isListed ? to - from : 0 }, (_, index) => {
      const fields = `<Size>1000</Size><LastModified>2026-01-31T00:00:00.000Z</LastModified>`;
      return `<Contents><Key>data/${keyOf(from + index)}</Key>${fields}</Contents>`;
    });
    const isCut = isListed && to < count;
    const next = isCut ? `<NextContinuationToken>${to}</NextContinuationToken>` : "";
    response.end(
      `<?xml version="1.0"?><ListBucketResult><IsTruncated>${isCut}</IsTruncated>${objects.join("")}${next}</ListBucketResult>`,
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("rerun-ts fleet status of a bucket that may only be listed", () => {
  it("counts more parts than fit into its memory, by the clock of its machine", async () => {
    const count = 100_000;
    const env = {
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
      AWS_ENDPOINT_URL_S3: await startListing(count),
      // The keys alone would take more.
      NODE_OPTIONS: "--max-old-space-size=28",
    };
    const { code, stdout, stderr } = await runCli(["fleet", "status", "s3://bucket/data", "--json"], { env });
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout.toString())).toMatchObject({
      clock: "machine",
      datasets: [{ recordings: { count: count / 200 }, parts: { direct: { count, bytes: 1000 * count } } }],
    });
  });
});
