import { existsSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectCatalog } from "@rerun-ts/catalog";
import { fsStore, s3Store } from "@rerun-ts/storage";
import { messageOf } from "@rerun-ts/core/checks";
import { NatsSink } from "@rerun-ts/storage/nats";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { lacksS3, s3Name, s3Program } from "@rerun-ts/test-support/setup/need-s3";
import { runWarmPython } from "@rerun-ts/test-support/python/warm-python";
import { describe, expect, onTestFinished } from "vitest";
import {
  keysIn,
  makeOlder,
  readRowIds,
  readRows,
  UploadedRecording,
} from "../../../packages/storage/test/stored-rows.ts";
import { RelayProgram, runCli } from "../harness/relay-program.ts";
import { it } from "../harness/test.ts";
import { runWarmCli } from "../harness/warm-cli.ts";

/** A recording of a catalog, by Rerun's own client: the values of its rows, and the ids of the rows of all chunks. */
const READ_SEGMENT = `
import json, sys
import rerun as rr
dataset = rr.catalog.CatalogClient(sys.argv[1]).get_dataset("fleet")
table = dataset.filter_segments([sys.argv[2]]).filter_contents(["/rows"]).reader(index="row").to_arrow_table()
rows = sorted(zip(table["row"].to_pylist(), [value[0] for value in table["/rows:Scalars:scalars"].to_pylist()]))
ids = []
for chunk in dataset.segment_store(sys.argv[2]).stream():
    batch = chunk.to_record_batch()
    ids += [str(chunk.entity_path) + " " + id.hex() for id in batch.column(0).to_pylist()]
print(json.dumps({"rows": rows, "ids": sorted(ids), "layers": dataset.manifest().count()}))
`;

interface Segment {
  readonly rows: readonly (readonly [number, number])[];
  readonly ids: readonly string[];
  readonly layers: number;
}

async function segmentInPython(url: string, recordingId: string): Promise<Segment> {
  return JSON.parse(await runWarmPython({ text: READ_SEGMENT }, [url, recordingId])) as Segment;
}

const rowsUpTo = (count: number): (readonly [number, number])[] =>
  Array.from({ length: count }, (_, row) => [row, row / 2] as const);

interface Health {
  readonly registered: number;
  readonly pending: number;
  readonly passes: number;
}

/** Waits until a keeper says that something is so, and the pass is over: parts are unregistered last. */
async function health(port: number, isWanted: (health: Health) => boolean): Promise<void> {
  const { passes } = await healthOnce(port, isWanted);
  await healthOnce(port, (state) => state.passes > passes && isWanted(state));
}

async function healthOnce(port: number, isWanted: (health: Health) => boolean): Promise<Health> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    const state = (await response?.json()) as Health | undefined;
    if (response?.status === 200 && state !== undefined && isWanted(state)) return state;
    await sleep(20);
  }
}

/** Waits until a keeper has as many parts, and no others. */
function hasRegistered(port: number, count: number): Promise<void> {
  return health(port, (state) => state.registered === count && state.pending === 0);
}

describe.skipIf(lacksS3())(`rerun-ts compact, with ${s3Name()}`, () => {
  it("leaves all answers of a catalog as they are, which soon has one layer", async ({ folder, rerun }) => {
    const data = join(folder, "s3");
    await mkdir(data);
    const server = await S3Server.start(s3Program(), { folder: data, buckets: ["bucket"] });
    onTestFinished(() => server.stop());
    const store = s3Store("s3://bucket/data", { endpoint: server.url, credentials: S3_CREDENTIALS });
    const monday = new UploadedRecording(store, join(folder, "spool"), "monday");
    await monday.logParts(12);
    const env = {
      RERUN_CLI_PATH: rerun.program,
      AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_S3: server.url,
    };
    const files = join(folder, "files");
    const [port, statusPort] = [await freePort(), await freePort()];
    const args = ["catalog", "keep", "--from", "s3://bucket/data", "--files", files, "--dataset", "fleet"];
    const ports = ["--port", `${port}`, "--status-port", `${statusPort}`, "--interval", "0.2"];
    const keeper = await RelayProgram.startWarm([...args, ...ports], /parts are registered/, { env });
    const url = `rerun+http://127.0.0.1:${port}`;
    const before = await segmentInPython(url, "monday");
    expect(before).toMatchObject({ rows: rowsUpTo(60), layers: 12 });

    // Queries at any time have all rows. A query fails if its layer is unregistered before it reads the layer, and may
    // be repeated.
    using catalog = await connectCatalog(url);
    const dataset = await catalog.getDataset("fleet");
    const over = new AbortController();
    const counts = new Set<number>();
    const failures: string[] = [];
    const asking = (async () => {
      while (!over.signal.aborted) {
        try {
          const table = await (await dataset.segment("monday")).query({ index: "row", contents: "/rows" }).toTable();
          counts.add(table.numRows);
        } catch (error) {
          failures.push(messageOf(error));
        }
      }
    })();
    const command = ["compact", "s3://bucket/data", "--dataset", "fleet"];
    const { code, stdout, stderr } = await runCli(command, { env });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.toString()).toMatch(
      /^compacted 12 parts of monday, [\d.]+ kB to [\d.]+ kB\n12 parts compacted to 1, 0 objects deleted \(0 B\)\n$/,
    );
    await hasRegistered(statusPort, 1);
    over.abort();
    await asking;
    expect([...counts]).toEqual([60]);
    expect(failures.filter((message) => !message.includes("Invalid chunk key"))).toEqual([]);
    expect(failures.length).toBeLessThan(2);
    const after = await segmentInPython(url, "monday");
    expect(after).toEqual({ rows: before.rows, ids: [...new Set(before.ids)].sort(), layers: 1 });
    expect(after.ids.length).toBeGreaterThan(120);

    const [made = ""] = await keysIn(store, "v1/fleet/compact-parts/");
    const copy = join(files, ...made.split("/"));
    await rerun.verify(copy);
    const sources = await keysIn(store, "v1/fleet/direct/");
    expect(sources).toHaveLength(12);
    expect(sources.filter((key) => existsSync(join(files, ...key.split("/"))))).toEqual([]);

    // Parts that arrive later repeat the static data under the same chunk id.
    await monday.logParts(2);
    await monday.recording.close();
    await hasRegistered(statusPort, 3);
    expect((await segmentInPython(url, "monday")).rows).toEqual(rowsUpTo(70));
    expect(await readRows(store, "monday")).toEqual(rowsUpTo(70).map(([, value]) => value));
    const deleting = await runWarmCli([...command, "--delete-after", "0"], { env });
    expect(deleting.stdout.toString()).toMatch(/^0 parts compacted to 0, 12 objects deleted \(.*\)\n$/);
    expect(await keysIn(store, "v1/fleet/direct/")).toHaveLength(2);
    await keeper.interrupt("SIGTERM");
    const fresh = await RelayProgram.startWarm([...args, ...ports], /3 parts are registered/, { env });
    expect((await segmentInPython(url, "monday")).rows).toEqual(rowsUpTo(70));
    expect((await fresh.interrupt("SIGTERM")).stderr).toBe("");
  });
});

describe("rerun-ts compact, with a folder", () => {
  it("joins parts of all producers of a recording", async ({ folder, skip }) => {
    const nats = await NatsServer.start(await needNats({ skip }), folder);
    onTestFinished(() => nats.kill());
    const bucket = join(folder, "bucket");
    const store = fsStore(bucket);
    const ingest = await RelayProgram.startWarm(
      ["ingest", "--from", nats.url, "--to", bucket, "--dataset", "fleet"],
      /^Ingesting/,
    );
    const monday = new UploadedRecording(store, join(folder, "spool"), "monday");
    await monday.logParts(3);
    await monday.recording.close();
    const live = new RecordingStream("fleet", { recordingId: "monday" });
    await live.setSink(new NatsSink(nats.url, { dataset: "fleet" }));
    for (let row = 15; row < 20; row++) {
      live.setTime("row", { sequence: row });
      live.log("rows", new Scalars(row / 2));
      expect(await live.flush({ ack: true })).toMatchObject({ complete: true });
    }
    await live.close();
    await ingest.interrupt("SIGTERM");
    expect((await keysIn(store, "v1/fleet/log-parts/")).length).toBeGreaterThan(1);
    const { ids } = await readRowIds(store, "monday");
    expect((await runWarmCli(["compact", bucket, "--dataset", "fleet"])).stdout.toString()).toContain(
      "compacted to 1,",
    );
    expect((await readRowIds(store, "monday")).ids).toEqual(ids);
    // Commits name parts that do not exist any more.
    expect((await runWarmCli(["compact", bucket, "--dataset", "fleet", "--delete-after", "0"])).code).toBe(0);
    expect(await keysIn(store, "v1/fleet/log-parts/")).toEqual([]);
    expect(await readRows(store, "monday")).toEqual(rowsUpTo(20).map(([, value]) => value));
  });

  it("removes old recordings, also from catalogs, and prints before what it would do", async ({ folder, rerun }) => {
    const bucket = join(folder, "bucket");
    const store = fsStore(bucket);
    for (const id of ["old", "older", "new"]) {
      const recording = new UploadedRecording(store, join(folder, "spool"), id);
      await recording.logParts(2);
      await recording.recording.close();
    }
    await makeOlder(bucket, store, "v1/fleet/direct/old/", 40 * 24);
    await makeOlder(bucket, store, "v1/fleet/direct/older/", 80 * 24);
    const [port, statusPort] = [await freePort(), await freePort()];
    const keep = ["catalog", "keep", "--from", bucket, "--files", join(folder, "files"), "--dataset", "fleet"];
    const ports = ["--port", `${port}`, "--status-port", `${statusPort}`, "--interval", "0.2"];
    const env = { RERUN_CLI_PATH: rerun.program };
    const limited = await RelayProgram.startWarm([...keep, ...ports, "--since", "50d"], /4 parts are registered/, {
      env,
    });
    await limited.interrupt("SIGTERM");
    await RelayProgram.startWarm([...keep, ...ports], /6 parts are registered/, { env });
    const args = ["compact", bucket, "--dataset", "fleet", "--keep-days", "30"];
    const dry = await runWarmCli([...args, "--dry-run"]);
    const lines = dry.stdout.toString().split("\n");
    expect(lines.slice(0, 2).sort()).toEqual(
      ["old", "older"].map(
        (id) =>
          expect.stringMatching(new RegExp(String.raw`^would remove ${id}, [\d.]+ kB, last written \S+Z$`)) as string,
      ),
    );
    expect(lines[2]).toMatch(/^0 parts would be compacted to 0, 0 objects/);
    expect(await readRows(store, "old")).toHaveLength(10);
    // Several shares do it together.
    const removed: string[] = [];
    for (const share of ["1/2", "2/2"]) {
      const { stdout } = await runWarmCli([...args, "--share", share, "--json"]);
      const report = JSON.parse(stdout.toString()) as { removed: { recordingId: string }[]; compacted: unknown };
      removed.push(...report.removed.map(({ recordingId }) => recordingId));
      expect(report.compacted).toEqual([]);
    }
    expect(removed.sort()).toEqual(["old", "older"]);
    await hasRegistered(statusPort, 2);
    using catalog = await connectCatalog(`rerun+http://127.0.0.1:${port}`);
    expect(await (await catalog.getDataset("fleet")).segmentIds()).toEqual(["new"]);
    expect(existsSync(join(folder, "files", "v1", "fleet", "direct", "new"))).toBe(true);
    // The keeper removes its copies after it has unregistered their parts.
    const copies = (): Promise<readonly string[]> => keysIn(fsStore(join(folder, "files")), "v1/fleet/direct/old");
    await expect.poll(copies, { timeout: 30_000 }).toEqual([]);
    const { code, stdout } = await runWarmCli([...args, "--delete-after", "0", "--json"]);
    expect([code, JSON.parse(stdout.toString())]).toMatchObject([0, { removed: [], deleted: { objects: 4 } }]);
  });

  it("takes nothing from a catalog before it has the part that is there instead", async ({ folder, rerun }) => {
    const [bucket, mount] = [join(folder, "bucket"), join(folder, "mount")];
    const store = fsStore(bucket);
    const monday = new UploadedRecording(store, join(folder, "spool"), "monday");
    await monday.logParts(4);
    await monday.recording.close();
    await cp(bucket, mount, { recursive: true });
    const [port, statusPort] = [await freePort(), await freePort()];
    const keep = ["catalog", "keep", "--from", bucket, "--files", mount, "--mounted", "--dataset", "fleet"];
    const ports = ["--port", `${port}`, "--status-port", `${statusPort}`, "--interval", "0.2"];
    await RelayProgram.startWarm([...keep, ...ports], /4 parts are registered/, {
      env: { RERUN_CLI_PATH: rerun.program },
    });
    await runWarmCli(["compact", bucket, "--dataset", "fleet"]);
    // The mounted folder shows the new part later.
    await health(statusPort, ({ registered, pending }) => registered === 0 && pending === 1);
    const url = `rerun+http://127.0.0.1:${port}`;
    expect(await segmentInPython(url, "monday")).toMatchObject({ rows: rowsUpTo(20), layers: 4 });
    await cp(bucket, mount, { recursive: true });
    await health(statusPort, ({ registered, pending }) => registered === 1 && pending === 0);
    expect(await segmentInPython(url, "monday")).toMatchObject({ rows: rowsUpTo(20), layers: 1 });
  });

  it("says which argument is wrong", async ({ folder }) => {
    const fails = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await runWarmCli(["compact", ...args]);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await fails("--dataset", "fleet")).toContain("`compact` requires one STORE");
    expect(await fails(folder)).toContain("`--dataset` is required");
    expect(await fails(folder, "--dataset", "a", "--unit", "row")).toContain("`--unit` must be recording or part");
    expect(await fails(folder, "--dataset", "a", "--unit", "part")).toContain("`--unit` requires `--keep-days`");
    expect(await fails(folder, "--dataset", "a", "--min-parts", "1")).toContain("`--min-parts` must be an integer of");
    for (const share of ["2", "0/2", "3/2", "1/0", "a/b"])
      expect(await fails(folder, "--dataset", "a", "--share", share)).toContain(
        `\`--share\` must be a number and the number of shares, such as 2/8, got "${share}"`,
      );
    expect(await fails(folder, "--dataset", "a", "--share", "1/2", "--recording", "b")).toContain(
      "`--recording` cannot be combined with `--share`",
    );
    expect(await fails(folder, "--dataset", "a", "--concurrency", "0")).toContain("`--concurrency` must be an integer");
    const misspelt = await runWarmCli(["compact", join(folder, "recordngs"), "--dataset", "fleet"]);
    expect([misspelt.code, misspelt.stderr]).toEqual([1, expect.stringContaining("recordngs; check `STORE`, which")]);
    expect(existsSync(join(folder, "recordngs"))).toBe(false);
    const { code, stderr } = await runWarmCli([
      "catalog",
      "keep",
      "--from",
      folder,
      "--files",
      folder,
      "--dataset",
      "a",
      "--since",
      "7",
    ]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("`--since` must be a duration such as 90m, 36h or 7d")]);
  });
});
