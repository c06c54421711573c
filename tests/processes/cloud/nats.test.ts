import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { lacksS3, s3Name } from "@rerun-ts/test-support/setup/need-s3";
import { describe, expect, onTestFinished } from "vitest";
import { S3_ENVIRONMENT, startBadStore } from "../harness/bad-store.ts";
import { countRows, differences, readCommits } from "../harness/committed-rows.ts";
import { MortalIngesters } from "../harness/mortal-ingesters.ts";
import { startProgram, type Program } from "../harness/program.ts";
import { it } from "../harness/test.ts";
import { testRandom } from "../harness/test-random.ts";

const REPETITIONS = isSoak ? 20 : 1;
const PRODUCERS = 2;
/** Rounds of 200 rows, and their pauses. */
const ROUNDS = isSoak ? 400 : 60;
const ROUND_MS = 250;

interface ProducerEnd {
  readonly rows: number;
  readonly clouds: number;
  readonly complete: boolean;
  readonly droppedRows: number;
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

describe.skipIf(lacksS3())(`ingest from NATS, with ${s3Name()}`, () => {
  it(
    "commits each row once while ingesters die inside commits, and NATS is killed and wiped",
    { repeats: REPETITIONS - 1, timeout: 600_000 },
    async ({ folder, rerun, skip }) => {
      const program = await needNats({ skip });
      const random = testRandom();
      const { proxy, store } = await startBadStore(folder, random);
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
      const reported = producers.map((producer) => endOf(producer));
      await Promise.all(reported);
      await ingesters.haveDied();
      await ingesters.stop();
      const last = startProgram("nats-ingester", [nats.url, proxy.url, "0"], { env: S3_ENVIRONMENT });
      await last.report();
      const ends = await Promise.all(reported);
      last.process.kill("SIGTERM");
      expect((await last.ended).code).toBe(0);
      for (const end of ends) expect(end).toMatchObject({ complete: true, droppedRows: 0 });

      const commits = await readCommits(store);
      const path = join(folder, "part.rrd");
      const rows = new Map<string, number>();
      const noted = new Set<string>();
      for (const { key } of commits.flatMap(({ parts }) => parts)) {
        const rrd = await store.read(key);
        await writeFile(path, rrd);
        await rerun.verify(path);
        countRows(rrd, rows, noted);
      }
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
