import { existsSync, readdirSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import {
  PartsSink,
  openParts,
  presignUpload,
  presignedStore,
  s3Store,
  type ObjectStore,
  type PartsSinkOptions,
} from "@rerun-ts/storage";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { BadHttpProxy } from "@rerun-ts/test-support/node/bad-http-proxy";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { lacksS3, s3Name, s3Program } from "@rerun-ts/test-support/setup/need-s3";
import { describe, expect, onTestFinished } from "vitest";
import { rowNumbers } from "../harness/logged-rows.ts";
import { startProgram, type Program } from "../harness/program.ts";
import { runWarmCli } from "../harness/warm-cli.ts";
import type { Rerun } from "../harness/rerun.ts";
import { it } from "../harness/test.ts";
import { testRandom } from "../harness/test-random.ts";

const KILLS = isSoak ? 50 : 6;
const MAX_ROUNDS = 12;
const MAX_DELAY_MICROSECONDS = 20_000;
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
};

interface Report {
  readonly end: number;
  readonly pendingParts: number;
  readonly sentParts: number;
}

/** Starts a server, and a proxy in front of it. */
async function startStore(folder: string): Promise<{ proxy: BadHttpProxy; store: ObjectStore }> {
  const data = join(folder, "s3");
  await mkdir(data);
  const server = await S3Server.start(s3Program(), { folder: data, buckets: ["bucket"] });
  const proxy = await BadHttpProxy.start(server.port);
  onTestFinished(async () => {
    await proxy.stop();
    await server.stop();
  });
  return { proxy, store: s3Store("s3://bucket/fleet", { endpoint: server.url, credentials: S3_CREDENTIALS }) };
}

/** A third each of bad puts is rejected, cut off before the server, and cut off after the server has the object. */
function failPuts(proxy: BadHttpProxy, random: (below: number) => number): void {
  proxy.fate = ({ method }) => {
    if (method !== "PUT" || random(100) >= 24) return "pass";
    return ([{ status: 503 }, "cut-before", "cut-after"] as const)[random(3)] ?? "pass";
  };
}

/** The keys and the contents of the parts in a store. Each is complete for the real Rerun. */
async function readParts(store: ObjectStore, folder: string, rerun: Rerun): Promise<Map<string, Uint8Array>> {
  const parts = new Map<string, Uint8Array>();
  for await (const { key } of store.list("v1/fleet/direct/")) {
    if (!key.endsWith(".rrd")) continue;
    const rrd = await store.read(key);
    parts.set(key, rrd);
    const path = join(folder, key.replaceAll("/", "+"));
    await writeFile(path, rrd);
    await rerun.verify(path);
  }
  return parts;
}

/** The rows of all parts, with the number of times that each is there. */
function countRows(parts: ReadonlyMap<string, Uint8Array>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const rrd of parts.values()) for (const row of rowNumbers(rrd)) counts.set(row, (counts.get(row) ?? 0) + 1);
  return counts;
}

async function kill(program: Program, random: (below: number) => number): Promise<number> {
  let last = (await program.report()) as Report;
  for (let rounds = random(MAX_ROUNDS); rounds > 0; rounds--) last = (await program.report()) as Report;
  // At any time in a round, also while a part is finished or sent.
  const end = performance.now() + random(MAX_DELAY_MICROSECONDS) / 1000;
  while (performance.now() < end) await setImmediate();
  program.process.kill("SIGKILL");
  const { signal, reports } = await program.ended;
  expect(signal).toBe("SIGKILL");
  return (reports.at(-1) as Report | undefined)?.end ?? last.end;
}

describe.skipIf(lacksS3())(`PartsSink, with ${s3Name()}`, () => {
  it("stores every flushed row once through SIGKILLs and bad puts", async ({ folder, rerun }) => {
    const random = testRandom();
    const { proxy, store } = await startStore(folder);
    failPuts(proxy, random);
    const spool = join(folder, "spool");
    const flushed: { readonly first: number; readonly end: number }[] = [];
    for (let count = 0; count < KILLS; count++) {
      const first = count * 100_000;
      const args = [spool, proxy.url, String(first), "endless"];
      const program = startProgram("upload-parts", args, { env: ENVIRONMENT });
      flushed.push({ first, end: await kill(program, random) });
    }
    const args = ["push", spool, "--to", "s3://bucket/fleet", "--endpoint", proxy.url, "--json"];
    const { code, stdout, stderr } = await runWarmCli(args, { env: ENVIRONMENT });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(JSON.parse(stdout.toString())).toMatchObject([{ spool, inUse: [], failed: [] }]);
    // A program that was killed while it created its folder leaves this folder for a minute.
    expect(readdirSync(spool).filter((name) => !name.endsWith(".new"))).toEqual([]);
    const parts = await readParts(store, folder, rerun);
    const counts = countRows(parts);
    for (const { first, end } of flushed)
      for (let row = first; row < end; row++) expect([row, counts.get(row)]).toEqual([row, 1]);
    expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
    const bad = proxy.requests.filter((request) => request.startsWith("PUT") && !request.endsWith("pass"));
    expect(bad.length).toBeGreaterThan(0);
    // Each run is in a folder of its own, below the recording.
    for (const key of parts.keys())
      expect(key).toMatch(/^v1\/fleet\/direct\/killed_20run\/robot-[0-9a-f]{32}\/\d{8}\.rrd$/);
  });

  it("resolves `flush({ ack: true })` when the store has everything", async ({ folder, rerun }) => {
    const { proxy, store } = await startStore(folder);
    const spool = join(folder, "spool");
    const program = startProgram("upload-parts", [spool, proxy.url, "0", "ack"], { env: ENVIRONMENT });
    expect(await program.report()).toMatchObject({ end: 50, pendingParts: 0 });
    const first = await readParts(store, folder, rerun);
    expect(countRows(first).size).toBeGreaterThanOrEqual(50);
    const { code, reports } = await program.ended;
    expect(code).toBe(0);
    expect(reports.at(-1)).toMatchObject({ pendingParts: 0, pendingBytes: 0, oldestMs: 0, warnings: [] });
    expect(countRows(await readParts(store, folder, rerun)).size).toBe(200);
    expect(readdirSync(spool)).toEqual([]);
  });

  /** Logs rows while the store is away. Returns the numbers of rows that were dropped, and that arrive later. */
  async function logWithoutStore(
    folder: string,
    rows: number,
    options: Pick<PartsSinkOptions, "spool" | "maxSpoolBytes" | "onFull">,
  ): Promise<{ dropped: number; arrived: number[] }> {
    const { proxy, store: direct } = await startStore(folder);
    proxy.fate = () => "cut-before";
    const store = s3Store("s3://bucket/fleet", { endpoint: proxy.url, credentials: S3_CREDENTIALS, attempts: 1 });
    const rec = new RecordingStream("full", { batcher: { flushNumRows: 10 } });
    let dropped = 0;
    rec.addEventListener("drop", (drop) => (dropped += drop.rows));
    rec.addEventListener("warning", () => {});
    const sink = new PartsSink(store, { dataset: "fleet", fsync: "never", maxBytes: "50kB", ...options });
    await rec.setSinks([sink]);
    for (let row = 0; row < rows; row++) {
      rec.setTime("row", row);
      rec.log("rows", new Scalars(row));
    }
    await rec.flush();
    expect(rec.state).toBe("open");
    expect(sink.stats().droppedRows).toBe(dropped);
    proxy.fate = () => "pass";
    await rec.flush({ ack: true });
    await rec.close();
    const arrived: number[] = [];
    for await (const { key } of direct.list("v1/fleet/direct/")) arrived.push(...rowNumbers(await direct.read(key)));
    return { dropped, arrived: arrived.sort((a, b) => a - b) };
  }

  it.for(["drop-newest", "drop-oldest"] as const)(
    "counts what is dropped when the spool is full, with %s",
    async (onFull, { folder }) => {
      const { dropped, arrived } = await logWithoutStore(folder, 5000, {
        spool: join(folder, "spool"),
        maxSpoolBytes: "400kB",
        onFull,
      });
      expect(dropped).toBeGreaterThan(500);
      expect(dropped + arrived.length).toBe(5000);
      expect(onFull === "drop-oldest" ? arrived.at(-1) : arrived[0]).toBe(onFull === "drop-oldest" ? 4999 : 0);
    },
  );

  it.for(["s3Store", "presignedStore"] as const)(
    "sends a part again whose upload was cut, with %s",
    async (kind, { folder, rerun }) => {
      const { proxy, store: direct } = await startStore(folder);
      const options = { endpoint: proxy.url, credentials: S3_CREDENTIALS };
      const store =
        kind === "s3Store"
          ? s3Store("s3://bucket/fleet", options)
          : presignedStore((part) => presignUpload("s3://bucket/fleet", part, options));
      let uploads = 0;
      // Some servers store the bytes that have arrived before a failure.
      proxy.fate = ({ url = "" }) => (!url.includes("/probe-") && uploads++ === 0 ? "cut-within" : "pass");
      const recording = new RecordingStream("cut");
      await recording.setSinks([new PartsSink(store, { dataset: "fleet", spool: join(folder, "spool") })]);
      for (let row = 0; row < 1000; row++) {
        recording.setTime("row", row);
        recording.log("rows", new Scalars(row));
      }
      expect(await recording.close()).toMatchObject({ complete: true });
      expect(uploads).toBeGreaterThan(1);
      expect(countRows(await readParts(direct, folder, rerun)).size).toBe(1000);
    },
  );

  it("sends all other parts if the store rejects some, and some were removed from the spool", async ({ folder }) => {
    const { proxy, store: direct } = await startStore(folder);
    const store = s3Store("s3://bucket/fleet", { endpoint: proxy.url, credentials: S3_CREDENTIALS, attempts: 1 });
    const spool = join(folder, "spool");
    const sink = new PartsSink(store, { dataset: "fleet", fsync: "never", maxBytes: "10kB", spool });
    const rec = new RecordingStream("rest", { batcher: { flushNumRows: 100 } });
    rec.addEventListener("warning", () => {});
    proxy.fate = () => "cut-before";
    await rec.setSinks([sink]);
    let rows = 0;
    while (sink.uploads.pendingParts < 12) {
      for (const end = rows + 500; rows < end; rows++) {
        rec.setTime("row", rows);
        rec.log("rows", new Scalars(rows));
      }
      await rec.flush();
    }
    const [run = ""] = readdirSync(spool);
    const parts = readdirSync(join(spool, run)).filter((name) => name.endsWith(".rrd"));
    for (const name of parts.sort().slice(0, 4)) rmSync(join(spool, run, name));
    proxy.fate = ({ url = "" }) => (/\/0000000[5-8]\.rrd$/.test(url) ? { status: 403 } : "pass");
    while (sink.uploads.pendingParts > 4) await sleep(20);
    const dropped = sink.stats().droppedRows;
    expect(dropped).toBeGreaterThan(0);
    proxy.fate = () => "pass";
    // The answer of an attempt before may arrive while the first flush waits, which reports it.
    await rec.flush({ ack: true }).catch(() => rec.flush({ ack: true }));
    await rec.close();
    const arrived: number[] = [];
    for await (const { key } of direct.list("v1/fleet/direct/")) arrived.push(...rowNumbers(await direct.read(key)));
    // The first part also had the row with the properties of the recording.
    expect(arrived.length + dropped).toBe(rows + 1);
  });

  it("drops data in place of a failure when the disk is full", async ({ folder, smallDisk }) => {
    const { dropped, arrived } = await logWithoutStore(folder, 20_000, { spool: smallDisk });
    expect(dropped).toBeGreaterThan(0);
    expect(arrived.length).toBeGreaterThan(0);
    expect(dropped + arrived.length).toBe(20_000);
  });

  it("keeps parts while the store is away, and `rerun-ts push` sends them", async ({ folder, rerun }) => {
    const { proxy, store } = await startStore(folder);
    const spool = join(folder, "spool");
    // The store has one part, but its program gets no answer, and ends.
    let stored = 0;
    proxy.fate = ({ url = "" }) => (url.includes("/probe-") ? "pass" : stored++ === 0 ? "cut-after" : "cut-before");
    const { code, reports } = await startProgram("upload-parts", [spool, proxy.url, "0", "once"], { env: ENVIRONMENT })
      .ended;
    expect(code).toBe(0);
    const { warnings, pendingParts } = reports.at(-1) as { readonly warnings: string[]; readonly pendingParts: number };
    expect(pendingParts).toBeGreaterThan(0);
    expect(warnings.join("\n")).toContain("`rerun-ts push` sends what is in");
    expect(warnings.join("\n")).not.toContain(S3_CREDENTIALS.secretAccessKey);
    proxy.fate = () => "pass";
    const env = { ...ENVIRONMENT, AWS_ENDPOINT_URL_S3: proxy.url };
    const push = async (...more: string[]): Promise<string> =>
      (await runWarmCli(["push", spool, "--to", "s3://bucket/fleet", ...more], { env })).stdout.toString();
    const [{ sent }] = JSON.parse(await push("--json")) as [
      { readonly sent: readonly { readonly wasThere: boolean }[] },
    ];
    expect(sent).toHaveLength(pendingParts);
    expect(sent.filter(({ wasThere }) => wasThere)).toHaveLength(1);
    const counts = countRows(await readParts(store, folder, rerun));
    expect(counts.size).toBe(200);
    await using file = await openParts(store, { dataset: "fleet", recordingId: "killed run" });
    const table = await file.recording().query({ index: "row", contents: "/rows" }).toTable();
    const values = Array.from(table.getChild("/rows:Scalars:scalars") ?? [], (cell) =>
      Array.from(cell as Iterable<number>),
    );
    expect(values).toEqual(Array.from({ length: 200 }, (_, row) => [row]));
    expect(new Set(counts.values())).toEqual(new Set([1]));
    expect(await push()).toBe(`${spool}: 0 parts sent to s3://bucket/fleet (0 B)\n`);
    expect(existsSync(spool)).toBe(true);
  });
});
