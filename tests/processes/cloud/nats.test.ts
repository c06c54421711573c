import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { s3Store, type ObjectStore } from "@rerun-ts/cloud";
import type { Commit } from "@rerun-ts/cloud/ingest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { BadHttpProxy } from "@rerun-ts/test-support/node/bad-http-proxy";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { lacksS3, s3Name, s3Program } from "@rerun-ts/test-support/setup/need-s3";
import { describe, expect, onTestFinished } from "vitest";
import { startProgram, type Program } from "../harness/program.ts";
import { it } from "../harness/test.ts";
import { testRandom } from "../harness/test-random.ts";

const REPETITIONS = isSoak ? 20 : 1;
const PRODUCERS = 2;
const INGESTERS = 2;
/** Rounds of 200 rows, and their pauses. */
const ROUNDS = isSoak ? 400 : 60;
const ROUND_MS = 250;
/** The share of commits in which an ingester dies, and the longest life of one. */
const DEATH_PERCENTAGE = 12;
const MIN_LIFE_MS = 1000;
const MAX_LIFE_MS = 5000;
const BAD_PERCENTAGE = 10;
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
};

type Random = (below: number) => number;

interface ProducerEnd {
  readonly rows: number;
  readonly clouds: number;
  readonly complete: boolean;
  readonly droppedRows: number;
}

/** Starts a server, and a proxy in front of it of which a tenth of the requests fail. */
async function startStore(folder: string, random: Random): Promise<{ proxy: BadHttpProxy; store: ObjectStore }> {
  const data = join(folder, "s3");
  await mkdir(data);
  const server = await S3Server.start(s3Program(), { folder: data, buckets: ["bucket"] });
  const proxy = await BadHttpProxy.start(server.port);
  proxy.fate = ({ url = "" }) => {
    if (url.includes("/probe-") || random(100) >= BAD_PERCENTAGE) return "pass";
    return ([{ status: 503 }, "cut-before", "cut-after"] as const)[random(3)] ?? "pass";
  };
  onTestFinished(async () => {
    await proxy.stop();
    await server.stop();
  });
  return { proxy, store: s3Store("s3://bucket/prefix", { endpoint: server.url, credentials: S3_CREDENTIALS }) };
}

/** Ingesters that are killed, and started again, until they are stopped. */
class MortalIngesters {
  deaths: string[] = [];
  readonly #args: readonly string[];
  readonly #random: Random;
  readonly #running: Promise<void>[];
  readonly #stop = new AbortController();

  constructor(args: readonly string[], random: Random) {
    this.#args = args;
    this.#random = random;
    this.#running = Array.from({ length: INGESTERS }, () => this.#keepRunning());
  }

  /** From now on none is killed: the last ones run until this is called again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  async #keepRunning(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const program = startProgram("nats-ingester", [...this.#args, String(DEATH_PERCENTAGE)], { env: ENVIRONMENT });
      const life = sleep(MIN_LIFE_MS + this.#random(MAX_LIFE_MS - MIN_LIFE_MS), undefined, {
        signal: this.#stop.signal,
      }).catch(() => {});
      await Promise.race([life, program.ended]);
      const hasEnded = program.process.exitCode !== null || program.process.signalCode !== null;
      if (!hasEnded) program.process.kill("SIGKILL");
      const { reports } = await program.ended;
      const last = reports.at(-1) as { readonly death?: string } | undefined;
      this.deaths.push(hasEnded ? (last?.death ?? "by itself") : "at any time");
    }
  }
}

/** The commits of all partitions. @throws if one is missing in between */
async function readCommits(store: ObjectStore): Promise<Commit[]> {
  const commits: Commit[] = [];
  const next = new Map<string, number>();
  for await (const { key } of store.list("v1/fleet/log/")) {
    const [, partition = "", digits = ""] = /^v1\/fleet\/log\/(\d+)\/(\d{16})[.]json$/.exec(key) ?? [];
    const number = (next.get(partition) ?? 0) + 1;
    expect([key, Number(digits)]).toEqual([key, number]);
    next.set(partition, number);
    commits.push(JSON.parse(new TextDecoder().decode(await store.read(key))) as Commit);
  }
  return commits;
}

/** How often each row is in the parts of the commits, with its value, and which statics and clouds there are. */
async function readRows(
  commits: readonly Commit[],
  store: ObjectStore,
  verify: (key: string, rrd: Uint8Array) => Promise<void>,
) {
  const rows = new Map<string, number>();
  const note = (name: string): void => void rows.set(name, (rows.get(name) ?? 0) + 1);
  for (const { key } of commits.flatMap(({ parts }) => parts)) {
    const rrd = await store.read(key);
    await verify(key, rrd);
    for (const { entityPath, times, components } of readChunks(rrd)) {
      if (entityPath.startsWith("/note/")) note(entityPath);
      for (const [index, time] of (times["row"] ?? []).entries()) {
        const [value] = (components["Scalars:scalars"]?.[index] ?? []) as number[];
        const points = components["Points3D:positions"]?.[index] as readonly unknown[] | undefined;
        note(`${entityPath} ${time} ${value ?? points?.length ?? ""}`);
      }
    }
  }
  return rows;
}

function expectedRows(ends: readonly ProducerEnd[]): Map<string, number> {
  const rows = new Map<string, number>();
  for (const [producer, end] of ends.entries()) {
    rows.set(`/note/${producer}`, 1);
    for (let row = 0; row < end.rows; row++) rows.set(`/rows/${producer} ${row} ${row * 3 + producer}`, 1);
    for (let cloud = 0; cloud < end.clouds; cloud++) rows.set(`/clouds/${producer} ${cloud} 100000`, 1);
  }
  return rows;
}

/** The rows that are missing, there too often, or wrong: the first of them. */
function differences(found: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>): unknown[] {
  const names = new Set([...found.keys(), ...expected.keys()]);
  return [...names].filter((name) => found.get(name) !== expected.get(name)).slice(0, 20);
}

describe.skipIf(lacksS3())(`ingest from NATS, with ${s3Name()}`, () => {
  it(
    "commits each row once while ingesters die inside commits, and NATS is killed and wiped",
    { repeats: REPETITIONS - 1, timeout: 600_000 },
    async ({ folder, rerun, skip }) => {
      const program = await needNats({ skip });
      const random = testRandom();
      const { proxy, store } = await startStore(folder, random);
      const nats = await NatsServer.start(program, folder);
      onTestFinished(() => nats.kill());
      const ingesters = new MortalIngesters([nats.url, proxy.url], random);
      onTestFinished(() => ingesters.stop());
      const producers = Array.from({ length: PRODUCERS }, (_, producer) =>
        startProgram("nats-producer", [nats.url, String(producer), String(ROUNDS), String(ROUND_MS)]),
      );
      const third = (ROUNDS * ROUND_MS) / 3;
      for (const loss of ["nothing", "all"] as const) {
        await sleep(third + random(third / 2));
        await nats.kill(loss);
        await sleep(random(500));
        await nats.restart();
      }
      for (const producer of producers) await producer.report();
      await ingesters.stop();
      const last = startProgram("nats-ingester", [nats.url, proxy.url, "0"], { env: ENVIRONMENT });
      await last.report();
      const ends = await Promise.all(producers.map((producer) => endOf(producer)));
      last.process.kill("SIGTERM");
      expect((await last.ended).code).toBe(0);
      for (const end of ends) expect(end).toMatchObject({ complete: true, droppedRows: 0 });

      const commits = await readCommits(store);
      const path = join(folder, "part.rrd");
      const rows = await readRows(commits, store, async (_, rrd) => {
        await writeFile(path, rrd);
        await rerun.verify(path);
      });
      const expected = expectedRows(ends);
      expect(differences(rows, expected)).toEqual([]);
      expect(rows.size).toBe(expected.size);
      // Both servers and all ingesters have failed on the way.
      expect(new Set(commits.map(({ stream }) => stream)).size).toBe(2);
      expect(ingesters.deaths.filter((death) => death === "at any time").length).toBeGreaterThan(0);
      expect(
        ingesters.deaths.filter((death) => death.includes("commit") || death.includes("parts")).length,
      ).toBeGreaterThan(0);
      expect(proxy.requests.filter((request) => request.endsWith("cut-after")).length).toBeGreaterThan(0);
    },
  );
});

async function endOf(producer: Program): Promise<ProducerEnd> {
  const { code, reports, stderr } = await producer.ended;
  expect([code, stderr.replaceAll(/^\[rerun\].*\n/gm, "")]).toEqual([0, ""]);
  return reports.at(-1) as ProducerEnd;
}
