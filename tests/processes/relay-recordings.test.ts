import { isSoak } from "@rerun-ts/test-support/node/environment";
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { compareRrd } from "@rerun-ts/reading";
import { RrdWriter } from "@rerun-ts/core/encode";
import * as rr from "@rerun-ts/node";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { expect } from "vitest";
import { Http2Client } from "@rerun-ts/test-support/node/relay-client";
import { RelayProgram } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";

const RECORDINGS = isSoak ? 5000 : 100;
const ROUNDS = 4;
/** The memory that a recording may take in a relay, besides its data and the history. */
const BYTES_PER_RECORDING = 48 * 1024;

/** The messages of one recording: a name, static data, and rows. */
function messagesOf(index: number): rr.types.EncodedMessage[] {
  const batcher = { flushNumRows: 1 };
  const recording = new rr.RecordingStream("fleet", { recordingId: `robot${index}`, batcher });
  const memory = recording.memoryRecording();
  recording.sendRecordingName(`Robot ${index}`);
  recording.log("mesh", new rr.Points3D([[1, 2, 3]]), { static: true });
  for (let row = 0; row < ROUNDS; row++) recording.log("speed", new rr.Scalars(row));
  return readEncodedMessages(memory.drainAsBytes());
}

function memoryOf(relay: RelayProgram): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${relay.pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

it(
  `rerun-ts serve writes one complete file for each of ${RECORDINGS} recordings that are logged in turns`,
  { timeout: isSoak ? 600_000 : 240_000 },
  async ({ folder, rerun }) => {
    const pattern = join(folder, "{application}/{recording}.rrd");
    const relay = await RelayProgram.start([
      "serve",
      "--quiet",
      "--port",
      "0",
      "--memory-limit",
      "0",
      "--save",
      pattern,
    ]);
    const before = memoryOf(relay);
    const client = new Http2Client(relay.url);
    const recordings = Array.from({ length: RECORDINGS }, (_, index) => messagesOf(index));
    const rounds = Math.max(...recordings.map(({ length }) => length));
    for (let round = 0; round < rounds; round++) {
      const messages = recordings.flatMap((recording) => recording[round] ?? []);
      for (let at = 0; at < messages.length; at += 50)
        expect(await client.write(messages.slice(at, at + 50))).toMatchObject({ status: 0 });
    }
    expect((memoryOf(relay) - before) / RECORDINGS).toBeLessThan(BYTES_PER_RECORDING + (100 * 2 ** 20) / RECORDINGS);
    client.close();
    expect(await relay.interrupt()).toMatchObject({ code: 0, stderr: "" });
    const files = readdirSync(join(folder, "fleet")).map((name) => join(folder, "fleet", name));
    expect(files).toHaveLength(RECORDINGS);
    for (const [index, messages] of recordings.entries()) {
      const stored = readEncodedMessages(readFileSync(join(folder, "fleet", `robot${index}.rrd`)));
      expect(stored.map(({ payload }) => payload)).toEqual(messages.map(({ payload }) => payload));
    }
    const { stdout, stderr } = await promisify(execFile)(rerun.program, ["rrd", "verify", ...files]);
    expect(stdout + stderr).toContain(`${RECORDINGS} files verified without error`);
  },
);

it("rerun-ts serve --optimize puts the chunks of its files together at the end", async ({ folder, rerun }) => {
  const pattern = join(folder, "{recording}.rrd");
  const relay = await RelayProgram.startWarm(["serve", "--quiet", "--port", "0", "--save", pattern, "--optimize"]);
  const client = new Http2Client(relay.url);
  for (const index of [0, 1]) expect(await client.write(messagesOf(index))).toMatchObject({ status: 0 });
  client.close();
  expect(await relay.interrupt()).toMatchObject({ code: 0, stderr: "" });
  for (const index of [0, 1]) {
    const path = join(folder, `robot${index}.rrd`);
    const stored = readEncodedMessages(readFileSync(path));
    // The start time, the name, the points, and all rows of the scalar together.
    expect(stored.filter(({ kind }) => kind === "chunk")).toHaveLength(4);
    const writer = new RrdWriter();
    const frames = messagesOf(index).flatMap((message) => [writer.frame(message), message.payload]);
    const received = Buffer.concat([writer.header(), ...frames, writer.finish()]);
    expect(await compareRrd(path, received)).toMatchObject({ isEqual: true });
    await promisify(execFile)(rerun.program, ["rrd", "verify", path]);
  }
});
