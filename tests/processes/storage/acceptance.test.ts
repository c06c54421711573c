import { readdirSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { s3Store, type ObjectStore } from "@rerun-ts/storage";
import type { BadHttpProxy } from "@rerun-ts/test-support/node/bad-http-proxy";
import { isCi, isSoak } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { S3_CREDENTIALS } from "@rerun-ts/test-support/node/s3-server";
import { chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { lacksS3, s3Name } from "@rerun-ts/test-support/setup/need-s3";
import type { Page } from "@playwright/test";
import { describe, expect, onTestFinished } from "vitest";
import { partOfKey } from "../../../packages/storage/dist/replacements/part-of-key.js";
import { S3_ENVIRONMENT, startBadStore } from "../harness/bad-store.ts";
import { countRows, differences, entityPaths, readCommits, readCommitted } from "../harness/committed-rows.ts";
import { openPages } from "../harness/fleet-pages.ts";
import {
  EDGE,
  NATS,
  PAGE,
  SPOOL,
  checkCatalog,
  expectedRows,
  forgetUnflushed,
  type Life,
  type ProducerEnd,
} from "../harness/fleet-rows.ts";
import { MortalIngesters } from "../harness/mortal-ingesters.ts";
import { MortalKeeper } from "../harness/mortal-keeper.ts";
import { startProgram, type Program } from "../harness/program.ts";
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
/** The first rows of the lives of the producer with a spool. */
const LIFE_ROWS = 1_000_000;
const TOKEN = "page-token";
/** The entities that a comparison of one producer's data ignores. All producers log the properties. */
const OF_OTHERS = [SPOOL, PAGE, EDGE].flatMap((number) =>
  ["rows", "clouds", "note"].map((name) => `/${name}/${number}`),
);
const NOT_COMPARED = ["/__properties", ...OF_OTHERS];

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
    lives.push({ ...flushed, ...(reports.at(-1) as Life), producer: SPOOL, first });
  }
  return lives;
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
        async () => {
          await keeper.killKeeper();
          await keeper.start();
        },
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
      const committed = commits.flatMap(({ parts }) => parts);
      const sent = await directKeys(direct);
      const found = new Map<string, number>();
      const noted = new Set<string>();
      const teed: string[] = [];
      const reads = [
        ...committed.map((part) => () => readCommitted(direct, part)),
        ...sent.map((key) => () => direct.read(key)),
      ];
      for (const [index, read] of reads.entries()) {
        const path = join(folder, `part-${index}.rrd`);
        const rrd = await read();
        await writeFile(path, rrd);
        await rerun.verify(path);
        countRows(rrd, found, noted);
        // The first part may have a cloud only, which is sent before small chunks.
        if (entityPaths(rrd).some((entityPath) => entityPath.endsWith(`/${NATS}`))) teed.push(path);
        else rmSync(path);
      }
      await compareWithTee(rerun, folder, teed, tee);
      // Parts repeat static data, which counts once. Each life of a program logs it anew.
      for (const number of [NATS, PAGE, EDGE]) expect([number, found.get(`/note/${number}`)]).toEqual([number, 1]);
      expect(found.get(`/note/${SPOOL}`)).toBeGreaterThan(0);
      for (const name of found.keys()) if (name.startsWith("/note/")) found.delete(name);
      const expected = expectedRows(ends, allLives);
      forgetUnflushed(found, expected);
      expect(differences(found, expected)).toEqual([]);

      const keys = [...committed.map(({ key }) => key), ...sent];
      const layers = keys.map((key) => partOfKey("fleet", key)?.layer ?? key);
      await checkCatalog(keeper.url, layers, expected);
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
