import { readdirSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectCatalog } from "@rerun-ts/arrow/catalog";
import { presignUpload, s3Store, type ObjectStore } from "@rerun-ts/cloud";
import type { BadHttpProxy } from "@rerun-ts/test-support/node/bad-http-proxy";
import { isCi, isSoak } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { S3_CREDENTIALS } from "@rerun-ts/test-support/node/s3-server";
import { chromiumLaunchOptions, chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { lacksS3, s3Name } from "@rerun-ts/test-support/setup/need-s3";
import { runWarmPython } from "@rerun-ts/test-support/python/warm-python";
import { chromium, type BrowserContext, type Page } from "@playwright/test";
import { describe, expect, onTestFinished } from "vitest";
import { serveOwnPages } from "../../e2e/serve.ts";
import { S3_ENVIRONMENT, startBadStore } from "../harness/bad-store.ts";
import { countRows, differences, entityPaths, readCommits } from "../harness/committed-rows.ts";
import { MortalIngesters } from "../harness/mortal-ingesters.ts";
import { childrenOf, killGroup, startProgram, type Program } from "../harness/program.ts";
import { peakMemoryOf } from "../harness/peak-memory.ts";
import { RelayProgram, runCli } from "../harness/relay-program.ts";
import type { Rerun } from "../harness/rerun.ts";
import { it } from "../harness/test.ts";
import { testRandom, type Random } from "../harness/test-random.ts";

const REPETITIONS = isSoak ? 20 : 1;
const ROUNDS = isSoak ? 400 : 40;
const ROUND_MS = 250;
const DIRECT_KILLS = 5;
/** Rounds that a producer with a spool lives for at most. */
const MAX_ROUNDS = isSoak ? 60 : 6;
/** The producers: with a spool, through NATS, a page with presigned requests, and a page at an edge. */
const [SPOOL, NATS, PAGE, EDGE] = [0, 1, 2, 3] as const;
/** The first rows of the lives of the producer with a spool. */
const LIFE_ROWS = 1_000_000;
const TOKEN = "page-token";
/** The entities that a comparison of one producer's data ignores. All producers log the properties. */
const OF_OTHERS = [SPOOL, PAGE, EDGE].flatMap((number) =>
  ["rows", "clouds", "note"].map((name) => `/${name}/${number}`),
);
const NOT_COMPARED = ["/__properties", ...OF_OTHERS];

interface ProducerEnd {
  readonly producer: number;
  readonly rows: number;
  readonly clouds: number;
  readonly complete: boolean;
  readonly droppedRows: number;
}

/** The rows that the producer with a spool has flushed in one of its lives. */
interface Life {
  readonly first: number;
  readonly rows: number;
  readonly clouds: number;
}

/** A browser with a page for each producer in it. */
async function openPages(proxy: BadHttpProxy): Promise<{ readonly context: BrowserContext; readonly pages: Page[] }> {
  const site = await serveOwnPages(["tests/e2e/pages/producer.html"]);
  const browser = await chromium.launch(chromiumLaunchOptions());
  onTestFinished(async () => {
    await browser.close();
    await site.close();
  });
  const context = await browser.newContext();
  const options = { endpoint: proxy.url, credentials: S3_CREDENTIALS };
  await context.exposeFunction("signUpload", (part: { key: string; sha256?: string }) =>
    presignUpload("s3://bucket/prefix", part, options),
  );
  const pages = await Promise.all([PAGE, EDGE].map(() => context.newPage()));
  for (const page of pages) {
    await page.goto(`${site.url}tests/e2e/pages/producer.html`);
    await page.waitForFunction(() => "producer" in window);
  }
  return { context, pages };
}

/** Kills the producer with a spool some times, and lets it end by itself at last. Returns the flushed rows. */
async function liveAndDie(spool: string, proxy: BadHttpProxy, random: Random): Promise<Life[]> {
  const lives: Life[] = [];
  for (let life = 0; life <= DIRECT_KILLS; life++) {
    const first = life * LIFE_ROWS;
    const isLast = life === DIRECT_KILLS;
    const args = [spool, proxy.url, String(SPOOL), String(first), isLast ? "4" : "endless", String(ROUND_MS)];
    const program = startProgram("parts-producer", args, { env: S3_ENVIRONMENT });
    let flushed = (await program.report()) as Life;
    for (let rounds = isLast ? 0 : random(MAX_ROUNDS); rounds > 0; rounds--) flushed = (await program.report()) as Life;
    if (!isLast) program.process.kill("SIGKILL");
    const { reports, code } = await program.ended;
    expect(code).toBe(isLast ? 0 : null);
    lives.push({ ...flushed, ...(reports.at(-1) as Life), first });
  }
  return lives;
}

/** The rows that must be there once. */
function expectedRows(ends: readonly ProducerEnd[], lives: readonly Life[]): Map<string, number> {
  const expected = new Map<string, number>();
  const add = (producer: number, from: number, { rows, clouds }: { rows: number; clouds: number }): void => {
    for (let row = from; row < rows; row++) expected.set(`/rows/${producer} ${row} ${row * 3 + producer}`, 1);
    for (let cloud = from; cloud < clouds; cloud++) expected.set(`/clouds/${producer} ${cloud} 100000`, 1);
  };
  for (const end of ends) add(end.producer, 0, end);
  for (const life of lives) add(SPOOL, life.first, life);
  return expected;
}

/** The rows that a killed producer has logged and not flushed: they may be there once, or not. */
function forgetUnflushed(found: Map<string, number>, expected: ReadonlyMap<string, number>): void {
  for (const [name, count] of found)
    if (count === 1 && name.startsWith(`/rows/${SPOOL} `) && !expected.has(name)) {
      const [, row, value] = name.split(" ").map(Number);
      expect(value).toBe((row ?? 0) * 3 + SPOOL);
      found.delete(name);
    } else if (count === 1 && name.startsWith(`/clouds/${SPOOL} `) && !expected.has(name)) found.delete(name);
}

/** The number of the process that another one has started, or 0. */
function childOf(pid: number | undefined): number {
  return childrenOf(pid)[0] ?? 0;
}

/** A keeper and its catalog, which may be killed. */
class MortalKeeper {
  readonly url: string;
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #keeper: RelayProgram | undefined;
  readonly #servers = new Set<number>();

  constructor(folder: string, proxy: BadHttpProxy, rerun: string, port: number) {
    const files = ["--files", join(folder, "files"), "--interval", "2", "--port", `${port}`];
    this.#args = ["catalog", "keep", "--from", "s3://bucket/prefix", "--dataset", "fleet", ...files];
    this.#env = { ...S3_ENVIRONMENT, AWS_ENDPOINT_URL_S3: proxy.url, RERUN_CLI_PATH: rerun };
    this.url = `rerun+http://127.0.0.1:${port}`;
    onTestFinished(() => {
      for (const server of this.#servers) killGroup(server);
    });
  }

  async start(): Promise<void> {
    this.#keeper = await RelayProgram.start(this.#args, /parts are registered/, { env: this.#env });
    this.#noteServer();
  }

  /** A keeper that was started after another one uses its catalog, and has none. */
  #noteServer(): void {
    const server = childOf(this.#keeper?.pid);
    if (server > 0) this.#servers.add(server);
  }

  /** Kills the catalog, and waits until the keeper has started another one. */
  async killCatalog(): Promise<void> {
    const before = childOf(this.#keeper?.pid);
    expect(before).toBeGreaterThan(0);
    process.kill(before, "SIGKILL");
    while ([0, before].includes(childOf(this.#keeper?.pid))) await new Promise((resolve) => setTimeout(resolve, 20));
    this.#noteServer();
  }

  async killKeeper(): Promise<void> {
    await this.#keeper?.kill();
    await this.start();
  }

  /** The number of the process of the keeper. */
  get pid(): number | undefined {
    return this.#keeper?.pid;
  }

  async stop(): Promise<void> {
    await this.#keeper?.interrupt("SIGTERM");
  }
}

async function endOf(producer: Program): Promise<ProducerEnd> {
  const { code, reports } = await producer.ended;
  expect(code).toBe(0);
  return reports.at(-1) as ProducerEnd;
}

/** Waits until NATS has data of a page, of which the page does not know that it is committed. */
async function untilUncommitted(page: Page | undefined, nats: NatsServer): Promise<void> {
  const messages = async (): Promise<number> => Number((await nats.monitor("jsz"))["messages"]);
  for (;;) {
    const before = await messages();
    const { isDone, bytes } = (await page?.evaluate(() => window.producer.pending())) ?? { isDone: true, bytes: 0 };
    if (isDone || (bytes > 0 && (await messages()) > before)) return;
  }
}

/** The keys of the parts that producers have sent by themselves. */
async function directKeys(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  // A killed program may have left an object with which it has tested the server.
  for await (const { key } of store.list("v1/fleet/direct/")) if (key.endsWith(".rrd")) keys.push(key);
  return keys;
}

const lacksChromium = chromiumPath() === undefined && !isCi;

describe.skipIf(lacksS3() || lacksChromium)(`a fleet of producers, with ${s3Name()}`, () => {
  it(
    "has each row once in the bucket and in a catalog, although everything is killed",
    { repeats: REPETITIONS - 1, timeout: 900_000 },
    async ({ folder, rerun, skip }) => {
      const natsProgram = await needNats({ skip });
      const random = testRandom();
      const started = performance.now();
      const { proxy, server } = await startBadStore(folder, random);
      const direct = s3Store("s3://bucket/prefix", { endpoint: server.url, credentials: S3_CREDENTIALS });
      const nats = await NatsServer.start(natsProgram, folder);
      onTestFinished(() => nats.kill());
      const ingesters = new MortalIngesters([nats.url, proxy.url], random);
      onTestFinished(() => ingesters.stop());
      const edgeArgs = ["serve", "--to", nats.url, "--dataset", "fleet", "--write-token", TOKEN];
      const edgePort = await freePort();
      const startEdge = (): Promise<RelayProgram> => RelayProgram.start([...edgeArgs, "--port", `${edgePort}`]);
      let edge = await startEdge();
      const keeper = new MortalKeeper(folder, proxy, rerun.program, await freePort());
      await keeper.start();
      const { context, pages } = await openPages(proxy);

      const spool = join(folder, "spool");
      const lives = liveAndDie(spool, proxy, random);
      const tee = join(folder, "tee.rrd");
      const producer = startProgram("nats-producer", [nats.url, String(NATS), "Infinity", String(ROUND_MS), tee]);
      const job = { rounds: ROUNDS, roundMs: ROUND_MS };
      const edgeJob = { ...job, producer: EDGE, edge: { url: edge.socketUrl, token: TOKEN } };
      const pageEnds = [{ ...job, producer: PAGE }, edgeJob].map((page, index) =>
        pages[index]?.evaluate((given) => window.producer.log(given), page),
      );
      // Each fault comes when the producer has logged so many rounds more.
      const faults: (() => Promise<unknown>)[] = [
        () => keeper.killCatalog(),
        async () => {
          await nats.kill("nothing");
          await nats.restart();
        },
        async () => {
          await untilUncommitted(pages[1], nats);
          await edge.kill();
          edge = await startEdge();
        },
        async () => {
          // The ingesters must have committed messages of both streams: the stream that is deleted here, and the stream
          // after it.
          await expect
            .poll(() => readCommits(direct).then(({ length }) => length), { timeout: 60_000 })
            .toBeGreaterThan(0);
          await nats.kill("all");
          await nats.restart();
        },
        () => keeper.killKeeper(),
      ];
      for (const fault of faults) {
        const rounds = 1 + random(Math.floor(ROUNDS / faults.length) - 1);
        for (let round = 0; round < rounds; round++) await producer.report();
        await fault();
      }
      await ingesters.haveDied();
      producer.process.kill("SIGTERM");
      const ends = [await endOf(producer), ...((await Promise.all(pageEnds)) as ProducerEnd[])];
      for (const end of ends) expect(end).toMatchObject({ complete: true, droppedRows: 0 });
      const allLives = await lives;
      const edgeMemory = peakMemoryOf(edge.pid);
      expect((await edge.interrupt()).code).toBe(0);
      await ingesters.stop();
      const last = startProgram("nats-ingester", [nats.url, proxy.url, "0"], { env: S3_ENVIRONMENT });
      await last.report();
      const ingesterMemory = Math.max(ingesters.peakMemory, peakMemoryOf(last.process.pid));
      last.process.kill("SIGTERM");
      expect((await last.ended).code).toBe(0);
      const push = ["push", spool, "--to", "s3://bucket/prefix", "--endpoint", proxy.url];
      const { code, stderr } = await runCli(push, { env: S3_ENVIRONMENT });
      expect([code, stderr]).toEqual([0, ""]);
      // Nothing is left in any spool. A program that was killed while it created its folder leaves this folder for a
      // minute.
      expect(readdirSync(spool).filter((name) => !name.endsWith(".new"))).toEqual([]);
      await expect.poll(() => pages[0]?.evaluate(() => window.producer.runsLeft())).toBe(0);
      await context.close();

      const commits = await readCommits(direct);
      const committed = commits.flatMap(({ parts }) => parts.map(({ key }) => key));
      const sent = await directKeys(direct);
      const found = new Map<string, number>();
      const noted = new Set<string>();
      const teed: string[] = [];
      for (const [index, key] of [...committed, ...sent].entries()) {
        const path = join(folder, `part-${index}.rrd`);
        const rrd = await direct.read(key);
        await writeFile(path, rrd);
        await rerun.verify(path);
        countRows(rrd, found, noted);
        // The first part may have a cloud only, which is sent before small chunks.
        if (entityPaths(rrd).some((entityPath) => entityPath.endsWith(`/${NATS}`))) teed.push(path);
        else rmSync(path);
      }
      await compareWithTee(rerun, folder, teed, tee);
      // Static data is in each part, and counts once. Each life of a program logs it anew.
      for (const number of [NATS, PAGE, EDGE]) expect([number, found.get(`/note/${number}`)]).toEqual([number, 1]);
      expect(found.get(`/note/${SPOOL}`)).toBeGreaterThan(0);
      for (const name of found.keys()) if (name.startsWith("/note/")) found.delete(name);
      const expected = expectedRows(ends, allLives);
      forgetUnflushed(found, expected);
      expect(differences(found, expected)).toEqual([]);

      await checkCatalog(keeper.url, committed.length + sent.length, expected);
      if (isSoak) {
        const deaths = ingesters.deaths.length + DIRECT_KILLS + faults.length;
        const parts = committed.length + sent.length;
        const memory = { keeper: peakMemoryOf(keeper.pid), edge: edgeMemory, ingester: ingesterMemory };
        const seconds = (performance.now() - started) / 1000;
        console.log(JSON.stringify({ rows: expected.size, parts, commits: commits.length, deaths, seconds, memory }));
      }
      await keeper.stop();
      // All of this has failed on the way.
      expect(new Set(commits.map(({ stream }) => stream)).size).toBe(2);
      for (const fate of ["503", "cut-before", "cut-after"])
        expect(proxy.requests.filter((request) => request.endsWith(fate)).length).toBeGreaterThan(0);
    },
  );
});

/** Checks that the parts of a producer have the chunks that it has written to a file besides. */
async function compareWithTee(rerun: Rerun, folder: string, parts: readonly string[], tee: string): Promise<void> {
  const merged = join(folder, "merged.rrd");
  await rerun.merge(merged, ...parts);
  for (const file of [merged, tee]) await rerun.filter(`${file}.filtered`, file, NOT_COMPARED);
  await rerun.compare(`${merged}.filtered`, `${tee}.filtered`);
  for (const file of [...parts, merged, tee]) rmSync(file);
}

/** Checks that Rerun's own client reads each row from the catalog, and none twice. */
async function checkCatalog(url: string, parts: number, expected: ReadonlyMap<string, number>): Promise<void> {
  using catalog = await connectCatalog(url);
  const dataset = await catalog.getDataset("fleet");
  await expect
    .poll(async () => (await (await dataset.segment("shared run")).layers()).length, { timeout: 60_000 })
    .toBe(parts);
  const program = await readFile(join(import.meta.dirname, "../programs/read-dataset.py"), "utf8");
  const read = JSON.parse(await runWarmPython({ text: program }, [url, "fleet", "shared run"])) as {
    readonly rows: Record<string, [number, number][]>;
    readonly twice: number;
  };
  const found = new Map<string, number>();
  for (const [entity, rows] of Object.entries(read.rows))
    for (const [row, value] of rows) found.set(`${entity} ${row} ${value}`, 1);
  const rows = new Map([...expected].filter(([name]) => name.startsWith("/rows/")));
  forgetUnflushed(found, expected);
  expect(differences(found, rows)).toEqual([]);
  expect(read.twice).toBe(0);
}
