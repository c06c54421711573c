import { isSoak } from "@rerun-ts/test-support/node/environment";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import { AnsweredCalls } from "./harness/answered-calls.ts";
import { missingRows, rowNumbers } from "./harness/logged-rows.ts";
import { linesOf, startProgram, type Program } from "./harness/program.ts";
import type { RealServer } from "@rerun-ts/test-support/node/real-server";
import { TcpProxy, type Fate, type Passage } from "@rerun-ts/test-support/node/tcp-proxy";
import { startRealServer } from "./harness/start-real-server.ts";
import { it } from "./harness/test.ts";
import { testRandom } from "./harness/test-random.ts";

const ROWS = isSoak ? 100_000 : 20_000;
const KILLS = isSoak ? 20 : 2;
/** The pause between two bursts, long enough that all kills happen while the program logs. */
const PAUSE_MS = isSoak ? 500 : 60;
/** The maximum number of bursts between the first response of a server and its kill. */
const MAX_MORE_BURSTS = 3;
const FAULTS = isSoak ? 200 : 8;
const CORRUPTIONS = isSoak ? 24 : 3;
/** How long a connection with a corrupt byte may last; without this limit an unanswered ping ends it within 30 s. */
const CORRUPT_MS = isSoak ? 40_000 : 1500;
/** The pause between two bursts, long enough that the queue is not full after all faults. */
const FAULT_PAUSE_MS = isSoak ? 250 : 10;
/** The pause between two bursts, long enough that the queue is not full after 30 s. */
const CORRUPT_PAUSE_MS = isSoak ? 200 : 20;
/** The number of bytes within which a fault occurs: servers send much less than clients. */
const MAX_BYTES = { toServer: 300_000, toClient: 500 };
const MAX_DELAY_MS = 20;
/** How much is acknowledged during the loop. */
const STREAMED_BYTES = isSoak ? 80_000_000 : 8_000_000;
const RANDOM_STEPS = 2 ** 20;
/** How long the loop lasts if nothing is acknowledged. */
const MAX_LOOP_S = 60;

type Random = ReturnType<typeof testRandom>;

const patient = { timeout: isSoak ? 900_000 : 240_000 };

describe.for([true, false])("connectGrpc (thread: %s)", (thread) => {
  // A proxy sees every byte, and derives from that, independently of the client, which calls a server has acknowledged.
  // The rows of these calls had arrived, although their server may have been killed since. All other rows must be in
  // the last server, and so must those that it has acknowledged: a real reader reads which rows it has.
  it(`loses none of ${ROWS} rows when the server is killed ${KILLS} times`, patient, async ({ folder, rerun }) => {
    const random = testRandom();
    let server = await startRealServer(rerun.program);
    const proxy = await TcpProxy.start(server.port);
    let answered = new AnsweredCalls();
    proxy.fate = () => answered.follow();
    const arrived = new Set<number>();
    const program = startLogging("logs in bursts", proxy, { thread, rows: ROWS, pauseMs: PAUSE_MS });
    for (let kill = 0; kill < KILLS; kill++) {
      while (answered.calls === 0) await program.report();
      for (let bursts = random(MAX_MORE_BURSTS); bursts > 0; bursts--) await program.report();
      await sleep(random(PAUSE_MS));
      await server.stop();
      proxy.cutAll();
      for (const row of rowNumbers(answered.toRrd())) arrived.add(row);
      answered = new AnsweredCalls();
      server = await startRealServer(rerun.program, server.port);
    }
    const { code, stderr, reports } = await program.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(reports.at(-1)).toMatchObject({ complete: true, pendingBytes: 0, droppedRows: 0 });

    const last = await readLast(server, folder);
    await rerun.verify(join(folder, "last.rrd"));
    expect(missingRows(ROWS, last, arrived)).toEqual([]);
    expect([...rowNumbers(answered.toRrd())].filter((row) => !last.has(row))).toEqual([]);
    // Otherwise the test would prove nothing.
    expect(arrived.size).toBeGreaterThan(0);
    expect(last.size).toBeLessThan(ROWS);
  });

  it(
    `delivers everything over ${FAULTS} connections that were slow, cut or half closed`,
    patient,
    async ({ folder, rerun }) => {
      const random = testRandom();
      const server = await startRealServer(rerun.program);
      const proxy = await TcpProxy.start(server.port);
      proxy.fate = () => (proxy.connections > FAULTS ? {} : anyFault(random));
      const untilFile = join(folder, "enough");
      const program = startLogging("logs until a file is there", proxy, {
        thread,
        rows: 100,
        pauseMs: FAULT_PAUSE_MS,
        untilFile,
      });
      while (proxy.connections <= FAULTS) await sleep(10);
      await writeFile(untilFile, "");
      const { code, stderr, reports } = await program.ended;
      expect(code).toBe(0);
      // That the server cannot be reached is reported if none of the connections of the first second was good.
      for (const line of linesOf(stderr)) expect(line).toContain("Data is queued until it can be sent");
      const [{ logged }, closed, { troubles }] = reports as [{ logged: number }, object, { troubles: string[] }];
      expect(closed).toMatchObject({ complete: true, droppedRows: 0 });
      for (const trouble of troubles) expect(trouble).toContain(`cannot connect to ${proxy.url}: `);

      const last = await readLast(server, folder);
      await rerun.verify(join(folder, "last.rrd"));
      expect(missingRows(logged + 100, last)).toEqual([]);
    },
  );

  it(`delivers later rows after ${CORRUPTIONS} connections with corrupt bytes`, patient, async ({ folder, rerun }) => {
    const random = testRandom();
    const server = await startRealServer(rerun.program);
    const proxy = await TcpProxy.start(server.port);
    const answered = new AnsweredCalls();
    // Every other connection is intact, until a call over it was acknowledged.
    let isBad = false;
    proxy.fate = () => {
      isBad = !isBad && proxy.connections < CORRUPTIONS * 2;
      const number = proxy.connections;
      if (isBad) setTimeout(() => number === proxy.connections && proxy.cutAll(), CORRUPT_MS).unref();
      return isBad ? corruption(random) : answered.follow();
    };
    const untilFile = join(folder, "enough");
    const options = { thread, rows: 100, pauseMs: CORRUPT_PAUSE_MS, untilFile };
    const program = startLogging("logs until a file is there", proxy, options);
    for (let seen = 0; proxy.connections < CORRUPTIONS * 2; await sleep(10)) {
      if (answered.calls === seen) continue;
      seen = answered.calls;
      proxy.cutAll();
    }
    const before = answered.calls;
    while (answered.calls === before) await sleep(10);
    await writeFile(untilFile, "");
    const { code, signal, reports } = await program.ended;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    const [{ logged }, closed, { troubles }] = reports as [{ logged: number }, object, { troubles: string[] }];
    expect(closed).toMatchObject({ complete: true, droppedRows: 0 });
    for (const trouble of troubles) expect(trouble).toMatch(new RegExp(`${escape(proxy.url)}[^:]*: \\S`));
    // The rows that were logged after the last fault.
    const rows = rowNumbers(answered.toRrd());
    expect(missingRows(logged + 100, rows).filter((row) => row >= logged)).toEqual([]);
  });
});

it("connectGrpc streams during a loop that never yields", async ({ folder, rerun }) => {
  const server = await startRealServer(rerun.program);
  const proxy = await TcpProxy.start(server.port);
  const answered = new AnsweredCalls();
  proxy.fate = () => answered.follow();
  const untilFile = join(folder, "enough");
  const options = { thread: true, pauseMs: 0, seconds: MAX_LOOP_S, untilFile };
  const program = startLogging("loops for seconds", proxy, options);
  const looped = program.report();
  let hasLooped = false;
  void looped.then(() => (hasLooped = true));
  // More bytes than the buffers of sockets hold. Without streaming, these buffers would hold everything.
  await expect
    .poll(() => answered.bytes > STREAMED_BYTES || hasLooped, { timeout: 2 * 1000 * MAX_LOOP_S, interval: 10 })
    .toBe(true);
  // The loop went on until here.
  expect(hasLooped).toBe(false);
  await writeFile(untilFile, "");
  await looped;
  const { code, stderr, reports } = await program.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(reports.at(-1)).toMatchObject({ complete: true, droppedRows: 0 });
});

function startLogging(way: string, { url }: TcpProxy, options: object): Program {
  return startProgram("grpc", [way, url, JSON.stringify(options)]);
}

/** The rows that the server has received. */
async function readLast(server: RealServer, folder: string): Promise<Set<number>> {
  const file = join(folder, "last.rrd");
  await server.save(file);
  return rowNumbers(await readFile(file));
}

/** A fault that cuts or half closes the connection after some bytes in one direction, which may be slow before. */
function anyFault(random: Random): Fate {
  const end = random(2) === 0 ? "cut" : "end";
  const delayMs = random(2) === 0 ? MAX_DELAY_MS : 0;
  return somewhere(random, anyDirection(random), (start) => {
    let left = start;
    return async (piece) => {
      if (delayMs > 0) await sleep(random(delayMs));
      left -= piece.length;
      return left < 0 ? end : piece;
    };
  });
}

/** A fault that changes one byte. */
function corruption(random: Random): Fate {
  // After a corrupt byte from the server Node may ignore everything, also the end of the connection, until a ping
  // fails.
  return somewhere(random, isSoak ? anyDirection(random) : "toServer", (start) => {
    let at = start;
    return (piece) => {
      if (at >= 0 && at < piece.length) piece[at] = (piece[at] as number) ^ (1 + random(255));
      at -= piece.length;
      return piece;
    };
  });
}

function anyDirection(random: Random): keyof Fate {
  return random(3) === 0 ? "toClient" : "toServer";
}

/** A fault in one direction, after a random number of bytes that is more often small than large. */
function somewhere(random: Random, direction: keyof Fate, passageAt: (start: number) => Passage): Fate {
  return { [direction]: passageAt(Math.floor(MAX_BYTES[direction] ** (random(RANDOM_STEPS) / RANDOM_STEPS))) };
}

function escape(text: string): string {
  return text.replaceAll(/[.+]/g, "\\$&");
}
