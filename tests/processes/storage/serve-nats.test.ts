import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeRrd } from "@rerun-ts/core/decode";
import { NatsSink } from "@rerun-ts/storage/nats";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { readChunk } from "@rerun-ts/test-support/common/read-chunks";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { describe, expect, onTestFinished, vi } from "vitest";
import { RelayProgram } from "../harness/relay-program.ts";
import { it } from "../harness/test.ts";
import { runWarmCli } from "../harness/warm-cli.ts";

async function startRecording(url: string, recordingId: string): Promise<RecordingStream> {
  const recording = new RecordingStream("live", { recordingId });
  await recording.setSink(new NatsSink(url, { dataset: "fleet", resendSeconds: 1 }));
  return recording;
}

async function logRows(recording: RecordingStream, from: number, to: number): Promise<void> {
  for (let row = from; row < to; row++) {
    recording.setTime("row", { sequence: row });
    recording.log("rows", new Scalars(row));
  }
  expect(await recording.flush()).toMatchObject({ complete: true });
}

/** The rows of each recording that a relay has now: a reader receives the history first. */
async function rowsAt(relay: RelayProgram, folder: string): Promise<Record<string, number[]>> {
  await runWarmCli(["download", relay.url, "-o", folder, "--idle-timeout", "4"]);
  const rows: Record<string, number[]> = {};
  for (const message of decodeRrd(readFileSync(join(folder, "output.rrd")))) {
    if (message.kind !== "chunk") continue;
    const { entityPath, times } = readChunk(message);
    if (entityPath === "/rows") (rows[message.storeId.recordingId] ??= []).push(...(times["row"] ?? []).map(Number));
  }
  for (const numbersOf of Object.values(rows)) numbersOf.sort((one, other) => one - other);
  return rows;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, row) => row);

describe("rerun-ts serve --from", () => {
  it("serves what the stream has and what follows, each row once, also after NATS has lost its disk", async ({
    folder,
    skip,
  }) => {
    const nats = await NatsServer.start(await needNats({ skip }), folder);
    onTestFinished(() => nats.kill());
    const serve = ["serve", "--port", "0", "--from", nats.url, "--dataset", "fleet"];
    const all = await RelayProgram.startWarm(serve);
    const [monday, tuesday] = [await startRecording(nats.url, "monday"), await startRecording(nats.url, "tuesday.1")];
    await logRows(monday, 0, 100);
    await logRows(tuesday, 0, 50);
    const one = await RelayProgram.startWarm([...serve, "--recording", "tuesday.1"]);
    await logRows(tuesday, 50, 60);
    expect(await rowsAt(one, join(folder, "one"))).toEqual({ "tuesday.1": numbers(60) });
    await nats.kill("all");
    await nats.restart();
    // Producers still have everything: nothing is committed.
    await logRows(monday, 100, 120);
    // The relay finds the new NATS whenever it tries again.
    let attempt = 0;
    await vi.waitFor(
      async () =>
        expect(await rowsAt(all, join(folder, `all-${attempt++}`))).toEqual({
          monday: numbers(120),
          "tuesday.1": numbers(60),
        }),
      { timeout: 30_000 },
    );
    for (const recording of [monday, tuesday]) await recording.close({ timeoutMs: 1 });
    for (const relay of [one, all]) expect((await relay.interrupt()).code).toBe(0);
  });

  it.for([
    [["--from", "nats://a"], "`--from` requires `--dataset`"],
    [["--dataset", "d"], "`--dataset` requires `--from` or `--to`"],
    [["--from", "http://u:canary@a", "--dataset", "d"], "`--from` must be an address such as nats://"],
  ] as const)("rejects the arguments %j", async ([args, message]) => {
    const { code, stderr } = await runWarmCli(["serve", "--port", "0", ...args]);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("canary");
    expect(code).toBe(2);
  });
});
