import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { connectCatalog } from "@rerun-ts/catalog";
import { fsStore, openParts } from "@rerun-ts/storage";
import { NatsSink } from "@rerun-ts/storage/nats";
import { Points3D, RecordingStream, Scalars } from "@rerun-ts/node";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { describe, expect, onTestFinished } from "vitest";
import { untilStream } from "../harness/ingesting-nats.ts";
import { RelayProgram } from "../harness/relay-program.ts";
import { it } from "../harness/test.ts";
import { runWarmCli } from "../harness/warm-cli.ts";

function logRows(recording: RecordingStream, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    recording.setTime("row", { sequence: row });
    recording.log("rows", new Scalars(row / 2));
  }
}

const ingestArgs = (from: string, folder: string): string[] => {
  return ["ingest", "--from", from, "--to", join(folder, "bucket"), "--dataset", "fleet", "--max-seconds", "0.5"];
};

const numbers = (count: number): number[] => Array.from({ length: count }, (_, row) => row);

describe("rerun-ts ingest", () => {
  it("commits what programs log, for readers and catalogs, and ends when it is interrupted", async ({
    folder,
    rerun,
    skip,
  }) => {
    const nats = await NatsServer.start(await needNats({ skip }), folder, {
      args: ["--user", "a", "--pass", "canary"],
    });
    onTestFinished(() => nats.kill());
    const bucket = join(folder, "bucket");
    const from = nats.url.replace("//", "//a:canary@");
    const args = ["ingest", "--from", from, "--to", bucket, "--dataset", "fleet", "--max-seconds", "3600"];
    const first = await RelayProgram.start(args, /^Ingesting/);
    const recording = new RecordingStream("fleet", { recordingId: "monday" });
    await recording.setSink(new NatsSink(from, { dataset: "fleet", resendSeconds: 1 }));
    logRows(recording, 0, 100);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    logRows(recording, 100, 150);
    // NATS has these. Whether the first ingester has read them is open.
    await recording.flush();
    const { code, stderr } = await first.interrupt("SIGTERM");
    expect([code, stderr]).toEqual([0, ""]);
    expect(first.lines.slice(0, 2)).toEqual([
      `Ingesting the dataset fleet to file://${bucket}`,
      expect.stringMatching(/^committed 1 part, 101 rows, \d/),
    ]);
    const second = await RelayProgram.startWarm(args, /^Ingesting/, { env: { NATS_USER: "ignored" } });
    expect(await recording.close()).toMatchObject({ complete: true });

    await using file = await openParts(fsStore(bucket), { dataset: "fleet", recordingId: "monday" });
    const table = await file.recording().query({ index: "row", contents: "/rows" }).toTable();
    expect(Array.from(table.getChild("row") ?? [], Number)).toEqual(numbers(150));
    const port = await freePort();
    const keep = ["--from", bucket, "--files", join(folder, "files"), "--dataset", "fleet", "--port", `${port}`];
    const keeper = await RelayProgram.startWarm(["catalog", "keep", ...keep], /parts are registered/, {
      env: { RERUN_CLI_PATH: rerun.program },
    });
    using catalog = await connectCatalog(`rerun+http://127.0.0.1:${port}`);
    const dataset = await catalog.getDataset("fleet");
    const rows = await dataset.query({ index: "row", contents: "/rows" }).toTable();
    expect(Array.from(rows.getChild("row") ?? [], Number)).toEqual(numbers(150));
    await keeper.interrupt();
    expect((await second.interrupt()).code).toBe(0);
  });

  it("says what it waits for if it is interrupted while the store fails, and commits the rest", async ({
    folder,
    skip,
  }) => {
    const nats = await NatsServer.start(await needNats({ skip }), folder);
    onTestFinished(() => nats.kill());
    const ingest = await RelayProgram.start(ingestArgs(nats.url, folder), /^Ingesting/);
    // The place of objects that are being written.
    const incoming = join(folder, "bucket/.incoming");
    mkdirSync(incoming, { recursive: true });
    rmSync(incoming, { recursive: true });
    writeFileSync(incoming, "");
    const recording = new RecordingStream("fleet", { recordingId: "monday" });
    await recording.setSink(new NatsSink(nats.url, { dataset: "fleet" }));
    logRows(recording, 0, 10);
    await recording.flush();
    await setTimeout(2000);
    const ended = ingest.interrupt("SIGTERM");
    await setTimeout(6000);
    rmSync(incoming);
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/waits until the rest is committed; a second signal ends/),
    ]);
    expect(await recording.close()).toMatchObject({ complete: true });
    expect(ingest.lines.at(-1)).toMatch(/^committed 1 part/);
  });

  it("commits everything although the stream is deleted again and again", async ({ folder, skip }) => {
    const nats = await NatsServer.start(await needNats({ skip }), folder);
    onTestFinished(() => nats.kill());
    const args = ingestArgs(nats.url, folder);
    const ingesters = await Promise.all([args, args].map((each) => RelayProgram.start(each, /^Ingesting/)));
    const recording = new RecordingStream("fleet", { recordingId: "monday" });
    await recording.setSink(new NatsSink(nats.url, { dataset: "fleet", resendSeconds: 1 }));
    const connection = await connect({ servers: nats.url });
    onTestFinished(() => connection.close());
    const { streams } = await jetstreamManager(connection);
    for (let row = 0; row < 80; row++) {
      logRows(recording, row, row + 1);
      if (row % 10 === 9) await streams.delete("rr-fleet").catch(() => {});
      await setTimeout(100);
    }
    expect(await recording.close()).toMatchObject({ complete: true });
    for (const ingester of ingesters) expect((await ingester.interrupt("SIGTERM")).code).toBe(0);
    await using file = await openParts(fsStore(join(folder, "bucket")), { dataset: "fleet", recordingId: "monday" });
    const table = await file.recording().query({ index: "row", contents: "/rows" }).toTable();
    expect(Array.from(table.getChild("row") ?? [], Number)).toEqual(numbers(80));
  });

  it("ends at a signal while the store and NATS are away", async () => {
    const away = ["--to", "s3://bucket", "--endpoint", "http://127.0.0.1:1", "--dataset", "fleet"];
    const args = ["ingest", "--from", "nats://127.0.0.1:1", ...away];
    const env = { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" };
    const ingest = await RelayProgram.start(args, /^Ingesting/, { env });
    expect((await ingest.interrupt()).code).toBe(0);
    // Without credentials it could never do its work.
    const { code, stderr } = await runWarmCli(args, { env: { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "" } });
    expect([code, stderr]).toEqual([1, expect.stringContaining("set AWS_SECRET_ACCESS_KEY in the environment")]);
  });

  it.for(["SIGKILL", "SIGSTOP"] as const)("ends at a signal after NATS got %s", async (fault, { folder, skip }) => {
    const nats = await NatsServer.start(await needNats({ skip }), folder);
    onTestFinished(() => nats.kill());
    const ingest = await RelayProgram.start(ingestArgs(nats.url, folder), /^Ingesting/);
    await untilStream(nats);
    process.kill(nats.pid ?? 0, fault);
    expect((await ingest.interrupt("SIGTERM")).code).toBe(0);
  });

  it("ends at a signal while NATS has no JetStream, and keeps no connection of its attempts", async ({
    folder,
    skip,
  }) => {
    const [port, status] = [await freePort(), await freePort()];
    const nats = spawn(await needNats({ skip }), ["-a", "127.0.0.1", "-p", `${port}`], { stdio: "ignore" });
    onTestFinished(() => void nats.kill("SIGKILL"));
    const from = `nats://127.0.0.1:${port}`;
    const args = ["ingest", "--from", from, "--to", join(folder, "bucket"), "--dataset", "fleet"];
    const state = ["--status-port", `${status}`, "--unhealthy-after", "0"];
    const ingest = await RelayProgram.start([...args, ...state], /^Ingesting/);
    for (let text = ""; !text.includes("jetstream is not enabled"); await setTimeout(20))
      text = await fetch(`http://127.0.0.1:${status}/healthz`).then((response) => response.text());
    expect((await ingest.interrupt("SIGTERM")).code).toBe(0);
  });

  it("reports messages that NATS counts and cannot deliver, and commits them after NATS has begun anew", async ({
    folder,
    skip,
  }) => {
    const nats = await NatsServer.start(await needNats({ skip }), folder);
    onTestFinished(() => nats.kill());
    const recording = new RecordingStream("fleet", { recordingId: "monday" });
    const first = await RelayProgram.start(ingestArgs(nats.url, folder), /^Ingesting/);
    await recording.setSink(new NatsSink(nats.url, { dataset: "fleet", resendSeconds: 3600 }));
    logRows(recording, 0, 10);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    await first.interrupt();
    for (let cloud = 0; cloud < 30; cloud++) {
      recording.log("clouds", new Points3D(new Float32Array(300_000).fill(cloud)));
      await recording.flush();
    }
    // Before a restart, NATS has the newest messages in memory.
    await nats.kill();
    await nats.restart();
    const files = readdirSync(nats.folder, { recursive: true, encoding: "utf8" });
    for (const file of files) if (file.endsWith(".blk")) rmSync(join(nats.folder, file));
    const status = await freePort();
    const state = ["--status-port", `${status}`, "--unhealthy-after", "1"];
    const second = await RelayProgram.start([...ingestArgs(nats.url, folder), ...state], /^Ingesting/);
    const health = (): Promise<string> =>
      fetch(`http://127.0.0.1:${status}/healthz`).then((response) => response.text());
    await expect.poll(health, { timeout: 60_000 }).toMatch(/counts \d+ messages that the server does not deliver/);
    await nats.kill("all");
    await nats.restart();
    expect(await recording.flush({ ack: true, timeoutMs: 60_000 })).toMatchObject({ complete: true });
    await recording.close();
    await expect.poll(health, { timeout: 60_000 }).toContain('"status": "ok"');
    expect((await second.interrupt()).code).toBe(0);
  });

  it.for([
    [["--to", "./x", "--dataset", "d"], "`--from` is required: nats://HOST:PORT"],
    [["--from", "nats://a", "--to", "./x"], "`--dataset` is required"],
    [["--from", "nats://a", "--dataset", "d"], "`--to` is required: s3://BUCKET/PREFIX, or a folder"],
    [
      ["--from", "nats://a", "--to", "https://canary@a/x", "--dataset", "d"],
      "`--to` must be s3://BUCKET/PREFIX, or a folder",
    ],
    [
      ["--from", "nats://a", "--to", "s3://No_Bucket", "--dataset", "d"],
      "`--to` must be s3:// and a bucket of 3 to 63",
    ],
    [
      ["--from", "nats://a", "--to", "s3://bucket", "--dataset", "d", "--endpoint", "canary.example"],
      "`--endpoint` must be an `http:` or `https:` URL without credentials",
    ],
    [["--from", "http://u:canary@a", "--to", "./x", "--dataset", "d"], "`--from` must be an address such as nats://"],
    [["--from", "nats://a", "--to", "./x", "--dataset", "d", "--partitions", "7-x"], "`--partitions` must be a list"],
    [["--from", "nats://a", "--to", "./x", "--dataset", "d", "--max-bytes", "big"], "`--max-bytes` must be a positive"],
  ] as const)("rejects the arguments %j", async ([args, message]) => {
    const env = { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" };
    const { code, stderr } = await runWarmCli(["ingest", ...args], { env });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("canary");
    expect(code).toBe(2);
  });
});
