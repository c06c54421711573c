import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fsStore, s3Store, type ObjectStore } from "@rerun-ts/storage";
import { isCi, isSoak } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { S3_CREDENTIALS } from "@rerun-ts/test-support/node/s3-server";
import { chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { lacksS3, s3Name } from "@rerun-ts/test-support/setup/need-s3";
import { describe, expect, onTestFailed, onTestFinished } from "vitest";
import { S3_ENVIRONMENT, startBadStore } from "../harness/bad-store.ts";
import { differences } from "../harness/committed-rows.ts";
import { withLogin, writeRights } from "../harness/faults-of-nats.ts";
import { FaultyWorld } from "../harness/faulty-world.ts";
import { openPages } from "../harness/fleet-pages.ts";
import {
  EDGE,
  NATS,
  OTHER,
  PAGE,
  SPOOL,
  YARD,
  checkCatalog,
  expectedRows,
  forgetUnflushed,
  rowsIn,
  type ProducerEnd,
} from "../harness/fleet-rows.ts";
import { ForeignThings } from "../harness/foreign-things.ts";
import { HealthWatch, problemsIn } from "../harness/health-watch.ts";
import { MortalCommand } from "../harness/mortal-command.ts";
import { MortalCompactor } from "../harness/mortal-compactor.ts";
import { MortalIngesters } from "../harness/mortal-ingesters.ts";
import { MortalKeeper } from "../harness/mortal-keeper.ts";
import { OUTAGES, type Outage, type Reporter } from "../harness/outages.ts";
import { preloading } from "../harness/preload.ts";
import { startProgram } from "../harness/program.ts";
import { runCli } from "../harness/relay-program.ts";
import { Robot } from "../harness/robot.ts";
import { it } from "../harness/test.ts";
import { testRandom } from "../harness/test-random.ts";

const RUNS = isSoak ? 100 : 1;
const FAULTS = isSoak ? 20 : 8;
const MAX_FREEZE_MS = isSoak ? 60_000 : 4000;
const ROUND_MS = 250;
/** The rounds of the pages. */
const PAGE_ROUNDS = isSoak ? 200 : 60;
const TOKEN = "page-token";

/** The time after which due work that does not happen is a problem, in seconds. */
const UNHEALTHY_AFTER = 5;
/** Sinks tell of parts that are not sent for 30 seconds, which is looked at in each round. */
const MAX_UNTOLD_S = 40;

/** A producer whose right to publish was denied tries again within a minute. */
const MAX_IDLE_S = 120;

/** The code of a program's health, and its words. */
async function healthAt(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  return `${response.status} ${await response.text()}`;
}

/** A metric of a program without labels. */
async function metricAt(port: number, name: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return Number(new RegExp(`^rerun_ts_${name} (.*)$`, "m").exec(await response.text())?.[1]);
}

const lacksChromium = chromiumPath() === undefined && !isCi;

describe.skipIf(lacksS3() || lacksChromium)(`a fleet in a faulty world, with ${s3Name()}`, () => {
  it(
    "has each flushed row once, and touches nothing of others, whatever happens in which order",
    { repeats: RUNS - 1, timeout: isSoak ? 1_800_000 : 600_000 },
    async ({ folder, rerun, skip }) => {
      const natsProgram = await needNats({ skip });
      const random = testRandom();
      const makeFolder = async (name: string): Promise<string> => {
        await mkdir(join(folder, name));
        return join(folder, name);
      };
      const [spool, yard, yardSpool] = [
        await makeFolder("spool"),
        await makeFolder("yard"),
        await makeFolder("spool2"),
      ];
      const [files, temporary] = [await makeFolder("files"), await makeFolder("tmp")];
      const { proxy, server } = await startBadStore(folder, random);
      const direct = s3Store("s3://bucket/prefix", { endpoint: server.url, credentials: S3_CREDENTIALS });
      const nats = await NatsServer.start(natsProgram, folder, { config: writeRights(folder) });
      onTestFinished(() => nats.kill());
      const natsUrl = withLogin(nats);
      const ingesters = new MortalIngesters([natsUrl, proxy.url], random, preloading("wild-clock"));
      onTestFinished(() => ingesters.stop());
      const ports: Readonly<Record<Reporter, number>> = {
        keeper: await freePort(),
        ingester: await freePort(),
        edge: await freePort(),
      };
      const limit = `${UNHEALTHY_AFTER}`;
      const state = (reporter: Reporter): string[] => {
        return ["--status-port", `${ports[reporter]}`, "--unhealthy-after", limit];
      };
      const fleet = ["--dataset", "fleet"];
      const edgePort = await freePort();
      const edgeArgs = ["--to", natsUrl, ...fleet, "--write-token", TOKEN, "--port", `${edgePort}`, ...state("edge")];
      const edge = await MortalCommand.start(["serve", ...edgeArgs]);
      const faultyDisk = join(folder, "faulty-disk");
      const disks = { ...preloading("faulty-disk", "wild-clock"), RERUN_TS_FAULTY_DISK: faultyDisk };
      const keeper = new MortalKeeper(folder, proxy, rerun.program, await freePort(), state("keeper"), disks);
      await keeper.start();
      // One ingester that lives on, so that it can be asked how it is.
      const bucket = ["s3://bucket/prefix", "--endpoint", proxy.url];
      const ingest = await MortalCommand.start(
        ["ingest", "--from", natsUrl, "--to", ...bucket, ...fleet, "--max-seconds", "0.5", ...state("ingester")],
        /./,
        { env: S3_ENVIRONMENT },
      );
      const { context, pages } = await openPages(proxy);
      const robots = [
        { producer: SPOOL, spool, place: proxy.url },
        { producer: OTHER, spool, place: proxy.url, hasWildClock: true },
        { producer: YARD, spool: yardSpool, place: yard },
      ].map((robot) => new Robot({ hasWildClock: false, roundMs: ROUND_MS, faultyDisk, ...robot }));
      const compactors = [bucket, [yard]].map(
        (store) => new MortalCompactor(store, random, { ...disks, TMPDIR: temporary }),
      );
      onTestFinished(async () => void (await Promise.all(compactors.map((compactor) => compactor.stop()))));
      const producer = startProgram("nats-producer", [natsUrl, String(NATS), "Infinity", String(ROUND_MS)]);
      const job = { rounds: PAGE_ROUNDS, roundMs: ROUND_MS };
      const edgeJob = { ...job, producer: EDGE, edge: { url: `ws://127.0.0.1:${edgePort}/ws`, token: TOKEN } };
      const pageEnds = Promise.all(
        [{ ...job, producer: PAGE }, edgeJob].map((page, index) =>
          pages[index]?.evaluate((given) => window.producer.log(given), page),
        ),
      );
      pageEnds.catch(() => {});

      const foreign = new ForeignThings([spool, yard, yardSpool, files, temporary], [direct, fsStore(yard)], random);
      const parts = { random, maxFreezeMs: MAX_FREEZE_MS, folder, proxy, direct, server, nats, natsUrl };
      const programs = {
        keeper,
        compactors,
        edge,
        edgePort,
        ingest,
        ingesters,
        producerPid: producer.process.pid,
        robots,
      };
      const lost = new Set<string>();
      const everything = { ...parts, ...programs, spool, faultyDisk, context, foreign, lost };
      const world = new FaultyWorld(everything);
      onTestFailed(() => console.error(world.happened.join(", ")));
      const places = [
        "s3://bucket/prefix",
        ...fleet,
        "--endpoint",
        server.url,
        "--nats",
        natsUrl,
        "--catalog",
        keeper.url,
      ];
      onTestFinished(async ({ task }) => {
        if (task.result?.state !== "fail") return;
        console.error(task.result.errors?.map(({ message }) => message).join("\n"));
        const { stdout, stderr } = await runCli(["fleet", "status", ...places], { env: S3_ENVIRONMENT });
        console.error(stdout.toString(), stderr);
        producer.process.kill("SIGKILL");
        const { code, reports, stderr: told } = await producer.ended;
        console.error(`the producer of NATS: ${code} ${JSON.stringify(reports.at(-1))} ${told}`);
      });
      const isHealthy = async (): Promise<boolean> => {
        const states = await Promise.all(Object.values(ports).map((port) => healthAt(port)));
        return states.every((text) => text.startsWith("200"));
      };
      // Faults are too short for this otherwise.
      const watch = isSoak ? new HealthWatch(isHealthy, places) : undefined;
      onTestFinished(() => watch?.stop());
      await world.happen("a robot is killed");
      await world.happen("a part is damaged for a while");
      for (let fault = 0; fault < FAULTS; fault++) {
        await world.happenNext();
        for (let round = 1 + random(3); round > 0; round--) await producer.report();
      }
      const outage = OUTAGES[random(OUTAGES.length)] as Outage;
      const healthOf = async (reporters: readonly Reporter[], wanted: RegExp, seconds: number): Promise<void> => {
        const timeout = 1000 * seconds;
        for (const reporter of reporters)
          await expect
            .poll(() => healthAt(ports[reporter]), { timeout, message: `${outage.name}: ${reporter}` })
            .toMatch(wanted);
      };
      // The ingester that is asked must have something to do, which the others would take from it.
      await ingesters.pause();
      const commits = async (): Promise<number> => metricAt(ports.ingester, "ingest_commits_total");
      const commitsBefore = await commits();
      await expect
        .poll(commits, { timeout: 1000 * MAX_IDLE_S, message: "commits of the ingester that lives on" })
        .toBeGreaterThan(commitsBefore);
      const endOutage = await outage.begin(everything);
      await healthOf(outage.reporters, /^503/, UNHEALTHY_AFTER + 30);
      await endOutage();
      ingesters.resume();
      // A right that is back counts as denied for minutes, unless it is used.
      await healthOf(["keeper", "ingester", "edge"], /^200|denies this program the right/, 90);
      if (isSoak) console.log(`${random.seed}: ${world.happened.join(", ")}; ${outage.name}`);

      await watch?.stop();
      expect(watch?.untrue ?? []).toEqual([]);

      // From now on only the usual tenth of the requests to the store fails.
      const robotEnds = await Promise.all(robots.map((robot) => robot.finish()));
      for (const end of robotEnds)
        expect([end?.code, end?.reports.at(-1)], end?.stderr).toMatchObject([0, { droppedRows: 0 }]);
      producer.process.kill("SIGTERM");
      const { reports } = await producer.ended;
      const ends = [reports.at(-1), ...(await pageEnds)] as ProducerEnd[];
      for (const end of ends) expect(end).toMatchObject({ complete: true, droppedRows: 0 });
      expect((await edge.interrupt())?.code).toBe(0);
      await ingesters.stop();
      expect((await ingest.interrupt("SIGTERM"))?.code).toBe(0);
      const last = startProgram("nats-ingester", [natsUrl, proxy.url, "0"], { env: S3_ENVIRONMENT });
      await last.report();
      last.process.kill("SIGTERM");
      expect((await last.ended).code).toBe(0);
      await world.happen("foreign files appear");
      const isOwn = (name: string): boolean => !foreign.names.includes(name.split("/")[0] ?? name);
      for (const [from, ...to] of [
        [spool, ...bucket],
        [yardSpool, yard],
      ] as const) {
        const pushed = async (): Promise<unknown> => {
          const { stderr } = await runCli(["push", from, "--to", ...to], { env: S3_ENVIRONMENT });
          const told = stderr.split("\n").filter((line) => !/of a run|is not/.test(line));
          return [told, readdirSync(from, { recursive: true, encoding: "utf8" }).filter(isOwn)];
        };
        // A program that was killed while it created its folder leaves this folder for a minute.
        await expect.poll(pushed, { timeout: 120_000, interval: 5000 }).toEqual([[""], []]);
      }
      await expect.poll(() => pages[0]?.evaluate(() => window.producer.runsLeft()), { timeout: 60_000 }).toBe(0);
      await context.close();
      await Promise.all(compactors.map((compactor) => compactor.stop()));
      await foreign.check();
      // Compactors that were killed have left their files.
      rmSync(temporary, { recursive: true });

      const lives = robots.flatMap((robot) => robot.lives);
      expect(Math.max(...lives.map(({ untoldMs = 0 }) => untoldMs))).toBeLessThan(1000 * MAX_UNTOLD_S);
      const expected = expectedRows(
        ends,
        lives.filter(({ producer: number }) => number !== YARD),
      );
      for (const row of lost) expected.delete(row);
      let layers: string[] = [];
      const check = async (store: ObjectStore, rows: ReadonlyMap<string, number>): Promise<void> => {
        layers = [];
        const found = await rowsIn(store, async (rrd, layer) => {
          layers.push(layer);
          const path = join(folder, "part.rrd");
          writeFileSync(path, rrd);
          await rerun.verify(path);
        });
        forgetUnflushed(found, rows, lost);
        expect(differences(found, rows)).toEqual([]);
      };
      await check(
        fsStore(yard),
        expectedRows(
          [],
          lives.filter(({ producer: number }) => number === YARD),
        ),
      );
      await check(direct, expected);
      await checkCatalog(keeper.url, layers, expected, lost);
      const status = await runCli(["fleet", "status", ...places, "--check", "--json"], { env: S3_ENVIRONMENT });
      expect([status.code, problemsIn(status.stdout.toString())], status.stderr).toEqual([0, []]);
      await keeper.stop();
    },
  );
});
