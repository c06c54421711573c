import { readdirSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { s3Store } from "@rerun-ts/cloud";
import { CountedParts } from "../../../packages/cloud/dist/replacements/counted-parts.js";
import { isCi, isSoak } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { S3_CREDENTIALS } from "@rerun-ts/test-support/node/s3-server";
import { chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { lacksS3, s3Name } from "@rerun-ts/test-support/setup/need-s3";
import { describe, expect, onTestFinished } from "vitest";
import { S3_ENVIRONMENT, startBadStore } from "../harness/bad-store.ts";
import { countRows, differences } from "../harness/committed-rows.ts";
import { FaultyWorld } from "../harness/faulty-world.ts";
import { openPages } from "../harness/fleet-pages.ts";
import {
  EDGE,
  NATS,
  OTHER,
  PAGE,
  SPOOL,
  checkCatalog,
  expectedRows,
  forgetUnflushed,
  type ProducerEnd,
} from "../harness/fleet-rows.ts";
import { MortalCompactor } from "../harness/mortal-compactor.ts";
import { MortalIngesters } from "../harness/mortal-ingesters.ts";
import { MortalKeeper } from "../harness/mortal-keeper.ts";
import { startProgram } from "../harness/program.ts";
import { RelayProgram, runCli } from "../harness/relay-program.ts";
import { Robot } from "../harness/robot.ts";
import { it } from "../harness/test.ts";
import { testRandom } from "../harness/test-random.ts";

const RUNS = isSoak ? 100 : 1;
const FAULTS = isSoak ? 20 : 7;
const MAX_FREEZE_MS = isSoak ? 60_000 : 4000;
const ROUND_MS = 250;
/** The rounds of the pages. */
const PAGE_ROUNDS = isSoak ? 200 : 60;

/** The time after which due work that does not happen is a problem, in seconds. */
const UNHEALTHY_AFTER = 5;

async function healthAt(port: number): Promise<number> {
  return (await fetch(`http://127.0.0.1:${port}/healthz`)).status;
}

const lacksChromium = chromiumPath() === undefined && !isCi;

describe.skipIf(lacksS3() || lacksChromium)(`a fleet in a faulty world, with ${s3Name()}`, () => {
  it(
    "has each flushed row once, and touches nothing of others, whatever happens in which order",
    { repeats: RUNS - 1, timeout: 1_800_000 },
    async ({ folder, rerun, skip }) => {
      const natsProgram = await needNats({ skip });
      const random = testRandom();
      const { proxy, server } = await startBadStore(folder, random);
      const direct = s3Store("s3://bucket/prefix", { endpoint: server.url, credentials: S3_CREDENTIALS });
      const nats = await NatsServer.start(natsProgram, folder);
      onTestFinished(() => nats.kill());
      const ingesters = new MortalIngesters([nats.url, proxy.url], random);
      onTestFinished(() => ingesters.stop());
      const edgeArgs = ["serve", "--to", nats.url, "--dataset", "fleet", "--write-token", "page-token", "--port", "0"];
      const edge = await RelayProgram.start(edgeArgs);
      const [keeperPort, ingestPort] = [await freePort(), await freePort()];
      const limits = ["--unhealthy-after", String(UNHEALTHY_AFTER)];
      const keeperArgs = ["--status-port", String(keeperPort), ...limits];
      const keeper = new MortalKeeper(folder, proxy, rerun.program, await freePort(), keeperArgs);
      await keeper.start();
      const ingestLimits = [
        "--endpoint",
        proxy.url,
        "--max-seconds",
        "0.5",
        "--status-port",
        `${ingestPort}`,
        ...limits,
      ];
      // One ingester that nobody kills, so that it can be asked how it is.
      const ingest = await RelayProgram.start(
        ["ingest", "--from", nats.url, "--to", "s3://bucket/prefix", "--dataset", "fleet", ...ingestLimits],
        /./,
        { env: S3_ENVIRONMENT },
      );
      const { context, pages } = await openPages(proxy);
      const spool = join(folder, "spool");
      await mkdir(spool);
      const robots = [SPOOL, OTHER].map(
        (producer) =>
          new Robot({ producer, spool, endpoint: proxy.url, roundMs: ROUND_MS, hasWildClock: producer === OTHER }),
      );
      const compactor = new MortalCompactor(proxy.url, random);
      onTestFinished(() => compactor.stop());
      const producer = startProgram("nats-producer", [nats.url, String(NATS), "Infinity", String(ROUND_MS)]);
      const job = { rounds: PAGE_ROUNDS, roundMs: ROUND_MS };
      const edgeJob = { ...job, producer: EDGE, edge: { url: edge.socketUrl, token: "page-token" } };
      const pageEnds = Promise.all(
        [{ ...job, producer: PAGE }, edgeJob].map((page, index) =>
          pages[index]?.evaluate((given) => window.producer.log(given), page),
        ),
      );
      pageEnds.catch(() => {});

      const freezable = (): readonly number[] =>
        [
          ...robots.map(({ pid }) => pid),
          keeper.pid,
          compactor.pid,
          producer.process.pid,
          edge.pid,
          ingest.pid,
        ].flatMap((pid) => pid ?? []);
      const world = new FaultyWorld({
        random,
        proxy,
        direct,
        nats,
        keeper,
        robots,
        spool,
        freezable,
        maxFreezeMs: MAX_FREEZE_MS,
        bucketFolder: join(folder, "s3/bucket/prefix"),
        endpoint: server.url,
        edgePort: edge.port,
      });
      // Each name in turn, in the order of this run, so that few faults are many different ones.
      let names: (typeof FaultyWorld.names)[number][] = [];
      await world.happen("a robot is killed");
      await world.happen("a part is damaged for a while");
      for (let fault = 0; fault < FAULTS; fault++) {
        if (names.length === 0) names = [...FaultyWorld.names];
        const [name = "a robot is killed"] = names.splice(random(names.length), 1);
        await world.happen(name);
        for (let round = 1 + random(3); round > 0; round--) await producer.report();
      }
      await proxy.leave();
      for (const port of [keeperPort, ingestPort])
        await expect.poll(() => healthAt(port), { timeout: 1000 * (UNHEALTHY_AFTER + 30) }).toBe(503);
      await proxy.comeBack();
      for (const port of [keeperPort, ingestPort])
        await expect.poll(() => healthAt(port), { timeout: 90_000 }).toBe(200);
      if (isSoak) console.log(world.happened.join(", "));

      // From now on only the usual tenth of the requests to the store fails.
      const robotEnds = await Promise.all(robots.map((robot) => robot.finish()));
      for (const { code, reports, stderr } of robotEnds)
        expect([code, reports.at(-1)], stderr).toMatchObject([0, { droppedRows: 0 }]);
      producer.process.kill("SIGTERM");
      const { reports } = await producer.ended;
      const ends = [reports.at(-1), ...(await pageEnds)] as ProducerEnd[];
      for (const end of ends) expect(end).toMatchObject({ complete: true, droppedRows: 0 });
      expect((await edge.interrupt()).code).toBe(0);
      await ingesters.stop();
      expect((await ingest.interrupt("SIGTERM")).code).toBe(0);
      const last = startProgram("nats-ingester", [nats.url, proxy.url, "0"], { env: S3_ENVIRONMENT });
      await last.report();
      last.process.kill("SIGTERM");
      expect((await last.ended).code).toBe(0);
      await world.happen("foreign files appear");
      const push = await runCli(["push", spool, "--to", "s3://bucket/prefix", "--endpoint", proxy.url], {
        env: S3_ENVIRONMENT,
      });
      expect(push.stderr.split("\n").filter((line) => !/of a run|is not/.test(line))).toEqual([""]);
      const isOwn = (name: string): boolean => !name.endsWith(".new") && !world.foreignNames.includes(name);
      expect(readdirSync(spool).filter(isOwn)).toEqual([]);
      await expect.poll(() => pages[0]?.evaluate(() => window.producer.runsLeft()), { timeout: 60_000 }).toBe(0);
      await context.close();
      await compactor.stop();
      await world.checkForeign();

      const { counted, unclear } = await new CountedParts(direct, "fleet").list("shared run");
      expect([...unclear]).toEqual([]);
      const [found, noted] = [new Map<string, number>(), new Set<string>()];
      for (const { key } of counted) {
        const rrd = await direct.read(key);
        const path = join(folder, "part.rrd");
        writeFileSync(path, rrd);
        await rerun.verify(path);
        countRows(rrd, found, noted);
      }
      for (const name of found.keys()) if (name.startsWith("/note/")) found.delete(name);
      const expected = expectedRows(
        ends,
        robots.flatMap(({ lives }) => lives),
      );
      forgetUnflushed(found, expected);
      expect(differences(found, expected)).toEqual([]);
      await checkCatalog(keeper.url, counted.length, expected);
      await keeper.stop();
    },
  );
});
