import { isSoak } from "@rerun-ts/test-support/node/environment";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { openRrd } from "@rerun-ts/reading";
import type { Sink } from "@rerun-ts/core";
import { RecordingStream, Tensor, WebSocketSink, spool, serve } from "@rerun-ts/node";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { freePort, urlOf } from "@rerun-ts/test-support/node/free-port";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, onTestFinished } from "vitest";
import { missingRows, rowNumbers } from "./harness/logged-rows.ts";
import { RelayProgram } from "./harness/relay-program.ts";
import { Program, runProgram, startProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const SPOOL_PROGRAM = join(import.meta.dirname, "programs/spool.mjs");
const KILLS = isSoak ? 200 : 3;
const MAX_REPORTS = isSoak ? 20 : 8;
/** A server's sink waits this long for progress when a program ends. */
const STALL_MS = 5000;
/** The distance between the first row of a program and the first row of the program before. */
const STEP = 1_000_000;
const patient = { timeout: isSoak ? 1_800_000 : 300_000 };

/** The numbers of the rows in a recording, which may have a few gigabytes. */
async function numbersOfRows(path: string): Promise<number[]> {
  const rows: number[] = [];
  await using file = await openRrd(path);
  for (const { recordingId } of file.recordings) {
    for await (const { table } of file.recording(recordingId).chunks({ contents: "/rows" }))
      rows.push(...Array.from(table.getChild("row")?.toArray() as BigInt64Array, Number));
  }
  return rows;
}

const TRANSPORTS = {
  "over gRPC": (port: number) => urlOf(port),
  "over a WebSocket": (port: number) => `ws://127.0.0.1:${port}/ws`,
};

describe.each(Object.entries(TRANSPORTS))("a spool in a folder, %s", (_, urlAt) => {
  it(
    `delivers every flushed row once, though ${KILLS} programs and their relays are killed`,
    patient,
    async ({ folder, rerun }) => {
      const [directory, port] = [join(folder, "spool"), await freePort()];
      const files: string[] = [];
      const startRelay = (): Promise<RelayProgram> => {
        files.push(join(folder, `${files.length}.rrd`));
        return RelayProgram.startWarm(["serve", "--quiet", "--port", String(port), "--save", files.at(-1) as string]);
      };
      const seed = randomInt(2 ** 31);
      const random = seededRandom(seed);
      const flushed: number[] = [];
      let relay: RelayProgram | undefined;
      for (let kill = 0; kill < KILLS; kill++) {
        // Without a relay, with one, and in the middle of sending, programs begin and end.
        const program = startProgram("spool", [directory, urlAt(port), String(kill * STEP)]);
        const reports = async (): Promise<void> => {
          for (let count = 1 + random(MAX_REPORTS); count > 0; count--) await program.report();
        };
        await reports();
        relay ??= await startRelay();
        await reports();
        const fate = random(4);
        const endRelay = async (): Promise<void> => {
          await relay?.kill();
          relay = undefined;
        };
        if (fate === 0) {
          await endRelay();
          await reports();
        }
        program.process.kill("SIGKILL");
        flushed.push(Number((await program.ended).reports.at(-1)));
        if (fate === 1) await endRelay();
      }
      await relay?.kill();
      const last = await startRelay();
      const { reports, code, stderr } = await runProgram("spool", [directory, urlAt(port)]);
      expect(stderr).toBe("");
      expect(reports).toMatchObject([{ complete: true, droppedRows: 0 }]);
      expect(code).toBe(0);
      await last.interrupt();
      // Nothing is left, not even the lock.
      expect(await readdir(directory)).toEqual([]);

      const merged = join(folder, "all.rrd");
      // A relay without data has no file.
      await rerun.merge(merged, ...files.filter((file) => existsSync(file)));
      const rows = await numbersOfRows(merged);
      expect(new Set(rows).size, `seed ${seed}`).toBe(rows.length);
      const delivered = new Set(rows);
      for (const [kill, count] of flushed.entries()) {
        const missing = Array.from({ length: count }, (__, row) => kill * STEP + row).filter(
          (row) => !delivered.has(row),
        );
        expect(missing, `kill ${kill} with seed ${seed}`).toEqual([]);
      }
    },
  );

  it("is empty after a program that exits at once, if there is a relay", patient, async ({ folder }) => {
    const [directory, port, file] = [join(folder, "spool"), await freePort(), join(folder, "relay.rrd")];
    const relay = await RelayProgram.startWarm(["serve", "--quiet", "--port", String(port), "--save", file]);
    const { code, stderr } = await runProgram("spool", [directory, urlAt(port), "0", "exit"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(await readdir(directory)).toEqual([]);
    await relay.interrupt();
    expect(rowNumbers(await readFile(file)).size).toBe(ROWS);
  });

  it.for([
    ["exits", "exit"],
    ["has nothing left to do", "leave"],
  ] as const)(
    "keeps what it has, and nobody waits for a server that does not answer, when a program %s",
    patient,
    async ([, end], { folder }) => {
      const directory = join(folder, "spool");
      const server = createServer().listen(0, "127.0.0.1");
      server.on("connection", (socket) => onTestFinished(() => void socket.destroy()));
      onTestFinished(() => void server.close());
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const program = startProgram("spool", [directory, urlAt(port), "0", end]);
      await program.report();
      const leftAt = performance.now();
      const { code, stderr } = await program.ended;
      expect(performance.now() - leftAt).toBeLessThan(STALL_MS);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const stored = (await readdir(directory)).map((name) => readFileSync(join(directory, name)));
      expect(stored.reduce((sum, rrd) => sum + rowNumbers(rrd).size, 0)).toBe(ROWS);
    },
  );
});

it("static data that a full disk cannot keep is counted as dropped, and the rest is sent", async ({ smallDisk }) => {
  const [directory, port] = [join(smallDisk, "spool"), await freePort()];
  const MESHES = 64;
  const log = async (count: number): Promise<{ recording: RecordingStream; sink: Sink }> => {
    const recording = new RecordingStream("full", { batcher: { flushNumRows: 1 }, onWarning() {}, onError() {} });
    const sink = spool(new WebSocketSink(`ws://127.0.0.1:${port}/ws`, { thread: false, maxQueueBytes: 0 }), {
      directory,
    });
    await recording.setSink(sink);
    for (let mesh = 0; mesh < count; mesh++)
      recording.log(`mesh/${mesh}`, new Tensor(randomBytes(400_000)), { static: true });
    return { recording, sink };
  };
  const first = await log(MESHES);
  await expect(first.recording.flush()).rejects.toMatchObject({ code: "IO_ERROR" });
  await expect(first.recording.close()).rejects.toMatchObject({ code: "IO_ERROR" });
  const { droppedRows } = first.sink.stats();
  expect(droppedRows).toBeGreaterThan(0);
  const server = await serve.serveGrpcRelay({ port, thread: false });
  onTestFinished(() => server.close());
  const second = await log(0);
  expect(await second.recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
  const reader = new RelayReaderClient(server.url);
  await reader.until(server.stats().heldMessages);
  reader.stop();
  const delivered = readChunks(reader.toRrd()).filter(({ entityPath }) => entityPath.startsWith("/mesh/"));
  expect(delivered.length).toBeGreaterThan(0);
  expect(delivered.length + droppedRows).toBe(MESHES);
  await second.recording.close();
});

describe("a spool whose container was killed", () => {
  /** A program in a container of its own: it has the number 1 there, and sees no other process. */
  const inContainer = (...args: string[]): Program =>
    new Program("unshare", ["--pid", "--fork", "--mount-proc", process.execPath, SPOOL_PROGRAM, ...args]);

  it.for(["leave", "exit"])("is used on by the container that is started anew (%s)", async (end, { folder, skip }) => {
    if (process.getuid?.() !== 0) skip("containers cannot be started (that takes root)");
    const [directory, url] = [join(folder, "spool"), urlOf(await freePort())];
    const first = inContainer(directory, url, String(STEP));
    const flushed = Number(await first.report());
    process.kill(-(first.process.pid ?? 0), "SIGKILL");
    await first.ended;
    const { code, reports } = await inContainer(directory, url, "0", end).ended;
    expect([code, reports]).toEqual([0, ["logged"]]);
    const names = (await readdir(directory)).filter((name) => name.endsWith(".rrd"));
    const rows = new Set(names.flatMap((name) => [...rowNumbers(readFileSync(join(directory, name)))]));
    expect(missingRows(ROWS, rows)).toEqual([]);
    expect(missingRows(flushed, new Set([...rows].map((row) => row - STEP)))).toEqual([]);
    expect((await readdir(directory)).filter((name) => name === "lock")).toEqual([]);
  });
});
