import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PartsSink, fsStore, registerParts, s3Store, type ObjectStore } from "@rerun-ts/storage";
import { connectCatalog } from "@rerun-ts/catalog";
import { startIngest } from "@rerun-ts/storage/ingest";
import { NatsSink } from "@rerun-ts/storage/nats";
import { decodeRrd, readEncodedMessages } from "@rerun-ts/core/decode";
import { RrdWriter } from "@rerun-ts/core/encode";
import { AnyValues, MemorySink, RecordingStream, Scalars, blueprint } from "@rerun-ts/node";
import { CatalogServer } from "@rerun-ts/test-support/node/catalog-server";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { lacksS3, s3Name, s3Program } from "@rerun-ts/test-support/setup/need-s3";
import { runWarmPython } from "@rerun-ts/test-support/python/warm-python";
import { describe, expect, onTestFinished } from "vitest";
import { childrenOf, killGroup } from "../harness/program.ts";
import { RelayProgram, runCli } from "../harness/relay-program.ts";
import { it } from "../harness/test.ts";
import { runWarmCli } from "../harness/warm-cli.ts";

const ROWS = 60;

/** The rows of a dataset, by Rerun's own client: the recording, the row and the value of each. */
const READ_ROWS = `
import json, sys
import rerun as rr
dataset = rr.catalog.CatalogClient(sys.argv[1]).get_dataset(sys.argv[2])
table = dataset.filter_contents(["/rows"]).reader(index="row").to_arrow_table()
columns = [table[name].to_pylist() for name in ("rerun_segment_id", "row", "/rows:Scalars:scalars")]
print(json.dumps(sorted([segment, row, value[0]] for segment, row, value in zip(*columns))))
`;

async function rowsInPython(url: string, dataset: string): Promise<unknown> {
  return JSON.parse(await runWarmPython({ text: READ_ROWS }, [url, dataset]));
}

/** Logs a recording in parts of 20 rows to a store. */
async function logRun(
  store: ObjectStore,
  spool: string,
  recordingId: string,
  value: string | number = 1,
): Promise<void> {
  const rec = new RecordingStream("fleet", { recordingId });
  const sink = new PartsSink(store, { dataset: "fleet", spool, producer: "robot", maxSeconds: Infinity });
  await rec.setSinks([sink]);
  for (let row = 0; row < ROWS; row++) {
    rec.setTime("row", row);
    rec.log("rows", new Scalars(row / 2));
    if (row === 30) rec.log("any", new AnyValues({ value }));
    if (row % 20 === 19) await rec.flush({ ack: true });
  }
  await rec.close();
}

function expectedRows(...ids: readonly string[]): unknown {
  return ids.flatMap((id) => Array.from({ length: ROWS }, (_, row) => [id, row, row / 2]));
}

interface Health {
  readonly status: string;
  readonly registered: number;
  readonly pending: number;
  readonly passes: number;
  readonly refused: {
    readonly count: number;
    readonly parts: readonly { key: string; dataset?: string; reason: string }[];
  };
}

/** Waits until the keeper says that something is so. */
async function health(port: number, isWanted: (health: Health) => boolean): Promise<Health> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    const state = (await response?.json()) as Health | undefined;
    if (response?.status === 200 && state !== undefined && isWanted(state)) return state;
    await sleep(50);
  }
}

/** The number of the process that another one has started, or 0. */
function childOf(pid: number | undefined): number {
  return childrenOf(pid)[0] ?? 0;
}

describe("rerun-ts catalog keep after a keeper was killed", () => {
  it("uses the server that this one has left, and leaves it alone", async ({ folder, rerun }) => {
    const data = join(folder, "store");
    await logRun(fsStore(data), join(folder, "spool"), "monday");
    const port = await freePort();
    const args = ["catalog", "keep", "--from", data, "--files", data, "--mounted", "--dataset", "fleet"];
    const start = (): Promise<RelayProgram> =>
      RelayProgram.start([...args, "--port", `${port}`], /parts are registered/, {
        env: { RERUN_CLI_PATH: rerun.program },
      });
    const first = await start();
    const server = childOf(first.pid);
    expect(server).toBeGreaterThan(0);
    onTestFinished(() => killGroup(server));
    process.kill(first.pid ?? 0, "SIGKILL");
    const second = await start();
    expect(second.lines).toEqual([`Catalog at rerun+http://127.0.0.1:${port}`, "3 parts are registered"]);
    const { code, stderr } = await second.interrupt("SIGTERM");
    expect(code).toBe(0);
    expect(stderr).toContain("already, such as that of a killed keeper: it is used");
    expect(await rowsInPython(`rerun+http://127.0.0.1:${port}`, "fleet")).toEqual(expectedRows("monday"));
  });
});

describe.skipIf(lacksS3())(`rerun-ts catalog keep, with ${s3Name()}`, () => {
  it("registers all parts, also later ones and after the server was killed", async ({ folder, rerun }) => {
    const data = join(folder, "s3");
    await mkdir(data);
    const server = await S3Server.start(s3Program(), { folder: data, buckets: ["bucket"] });
    onTestFinished(() => server.stop());
    const store = s3Store("s3://bucket/data", { endpoint: server.url, credentials: S3_CREDENTIALS });
    const spool = join(folder, "spool");
    await logRun(store, spool, "monday");
    await logRun(store, spool, "tuesday/1");
    const damaged = "v1/fleet/direct/monday/robot-00/00000001.rrd";
    await store.create(damaged, new TextEncoder().encode("no recording at all"));

    const [port, statusPort] = [await freePort(), await freePort()];
    const env = {
      RERUN_CLI_PATH: rerun.program,
      AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_S3: server.url,
    };
    const args = ["--from", "s3://bucket/data", "--files", join(folder, "files"), "--dataset", "fleet"];
    const ports = ["--port", `${port}`, "--status-port", `${statusPort}`, "--interval", "0.2"];
    const keeper = await RelayProgram.startWarm(["catalog", "keep", ...args, ...ports], /parts are registered/, {
      env,
    });
    const url = `rerun+http://127.0.0.1:${port}`;
    expect(keeper.lines).toEqual([`Catalog at ${url}`, "6 parts are registered"]);

    // A part of another type than the dataset has cannot be in it. It is in the dataset for conflicts.
    await logRun(store, spool, "wednesday", "text");
    const { status, refused } = await health(
      statusPort,
      ({ registered, refused: { count, parts } }) =>
        registered === 8 && count === 2 && parts.some(({ dataset }) => dataset !== undefined),
    );
    expect(status).toBe("ok");
    expect(refused.parts.map(({ key, dataset }) => [key.replace(/[0-9a-f]{32}/, "RUN"), dataset])).toEqual([
      [damaged, undefined],
      ["v1/fleet/direct/wednesday/robot-RUN/00000002.rrd", "fleet.conflicts"],
    ]);
    expect(refused.parts[0]?.reason).toContain("there is no footer");
    expect(refused.parts[1]?.reason).toMatch(/merge|schema|type/i);
    using catalog = await connectCatalog(url);
    const conflicts = await (await catalog.getDataset("fleet.conflicts")).segment("wednesday");
    const rows = await conflicts.query({ index: "row", contents: "/rows" }).toTable();
    expect(Array.from(rows.getChild("row") ?? [], Number)).toEqual(
      Array.from({ length: 20 }, (_, index) => 20 + index),
    );
    const metrics = await (await fetch(`http://127.0.0.1:${statusPort}/metrics`)).text();
    expect(metrics).toContain("rerun_ts_keep_parts_registered 8\n");
    expect(metrics).toContain("rerun_ts_keep_parts_refused 2\n");

    const before = childOf(keeper.pid);
    expect(before).toBeGreaterThan(0);
    process.kill(before, "SIGKILL");
    while ([0, before].includes(childOf(keeper.pid))) await sleep(5);
    // The pass that was in progress may have ended before.
    const { passes } = await health(statusPort, () => true);
    await health(statusPort, (later) => later.registered === 8 && later.passes > passes + 1);
    const [monday, tuesday, wednesday] = ["monday", "tuesday/1", "wednesday"].map(
      (id) => expectedRows(id) as unknown[],
    );
    const kept = [...(wednesday ?? []).slice(0, 20), ...(wednesday ?? []).slice(40)];
    expect(await rowsInPython(url, "fleet")).toEqual([...(monday ?? []), ...(tuesday ?? []), ...kept]);

    const { code, stderr } = await keeper.interrupt("SIGTERM");
    expect(code).toBe(0);
    expect(stderr).toContain(`refused ${damaged}, and it is in no dataset: `);
    expect(stderr).toContain("the catalog has ended (SIGKILL) and is started again");
    expect(stderr).not.toContain(S3_CREDENTIALS.secretAccessKey);
    await expect(connectCatalog(url)).rejects.toMatchObject({ code: "CONNECTION" });
  });
});

describe("rerun-ts catalog keep, with a folder", () => {
  it("follows a server that runs elsewhere, and copies nothing where the store is mounted", async ({
    folder,
    rerun,
  }) => {
    const path = join(folder, "store");
    await logRun(fsStore(path), join(folder, "spool"), "monday");
    const server = await CatalogServer.start(rerun.program);
    onTestFinished(() => server.stop());
    const args = ["--from", path, "--files", path, "--mounted", "--dataset", "fleet", "--url", server.url, "--once"];
    const { code, stdout, stderr } = await runCli(["catalog", "keep", ...args]);
    expect([code, stdout.toString(), stderr]).toEqual([0, `Catalog at ${server.url}\n3 parts are registered\n`, ""]);
    using catalog = await connectCatalog(server.url);
    const dataset = await catalog.getDataset("fleet");
    expect((await dataset.manifest()).numRows).toBe(3);
    expect((await runWarmCli(["catalog", "keep", ...args])).stdout.toString()).toContain("3 parts are registered\n");
    expect((await dataset.manifest()).numRows).toBe(3);
    expect((await runWarmCli(["catalog", "keep", "--from", path, "--dataset", "fleet"])).code).toBe(2);

    // A recording with a damaged record holds up no other one.
    await logRun(fsStore(path), join(folder, "spool"), "tuesday");
    const records = join(path, "v1/fleet/compact/monday");
    await mkdir(records, { recursive: true });
    await mkdir(join(path, "v1/fleet/compact-parts/monday"), { recursive: true });
    await writeFile(join(records, "0000000000000001.json"), '{"own');
    await writeFile(join(path, "v1/fleet/compact-parts/monday/0000000000000001-0123456789ab.rrd"), "part");
    const again = await runWarmCli(["catalog", "keep", ...args]);
    expect([again.code, again.stdout.toString()]).toEqual([1, expect.stringContaining("3 parts are registered\n")]);
    expect(again.stderr).toContain("monday stays as it is in the catalog: v1/fleet/compact/monday/0000000000000001");
    expect((await dataset.manifest()).numRows).toBe(6);
  });
});

/** The layouts of a dataset, and its default one, by Rerun's own client. */
const READ_LAYOUTS = `
import json, sys
import rerun as rr
dataset = rr.catalog.CatalogClient(sys.argv[1]).get_dataset("fleet")
print(json.dumps([sorted(dataset.blueprints()), dataset.default_blueprint()]))
`;

describe("rerun-ts catalog keep, with layouts", () => {
  it("makes the newest one the default, and leaves the choice of a person", async ({ folder, rerun, skip }) => {
    const natsProgram = await needNats({ skip });
    const path = join(folder, "store");
    const store = fsStore(path);
    const server = await CatalogServer.start(rerun.program);
    onTestFinished(() => server.stop());
    const keepOnce = async (): Promise<unknown> => {
      const args = ["--from", path, "--files", path, "--mounted", "--dataset", "fleet", "--url", server.url, "--once"];
      const { code, stderr } = await runWarmCli(["catalog", "keep", ...args]);
      expect([code, stderr]).toEqual([0, ""]);
      return JSON.parse(await runWarmPython({ text: READ_LAYOUTS }, [server.url]));
    };
    const uploaded = await sendLayout(new PartsSink(store, { dataset: "fleet", spool: join(folder, "spool") }), "a");
    expect(await keepOnce()).toEqual([[uploaded], uploaded]);
    const nats = await NatsServer.start(natsProgram, folder);
    onTestFinished(() => nats.kill());
    const ingest = startIngest({ from: nats.url, to: store, dataset: "fleet" });
    onTestFinished(() => ingest.abort());
    const committed = await sendLayout(new NatsSink(nats.url, { dataset: "fleet" }), "b");
    expect(await keepOnce()).toEqual([[uploaded, committed].sort(), committed]);
    using catalog = await connectCatalog(server.url);
    await (await catalog.getDataset("fleet")).setDefaultBlueprint(uploaded);
    expect(await keepOnce()).toEqual([[uploaded, committed].sort(), uploaded]);
    await sendLayout(new PartsSink(store, { dataset: "fleet", spool: join(folder, "spool") }), "c", false);
    expect(await keepOnce()).toEqual([[uploaded, committed].sort(), uploaded]);
  });

  it("leaves out one that the catalog refuses", async ({ folder, rerun }) => {
    const path = join(folder, "store");
    const server = await CatalogServer.start(rerun.program);
    onTestFinished(() => server.stop());
    const layouts = join(path, "v1/fleet/layouts/fleet/robot-1");
    await mkdir(layouts, { recursive: true });
    const args = ["--from", path, "--files", path, "--mounted", "--url", server.url, "--once"];
    const keepOnce = () => runWarmCli(["catalog", "keep", ...args, "--dataset", "fleet", "--dataset", "other"]);
    await writeFile(join(layouts, "00000001.rbl"), await layoutWith(1));
    const nothing = ["fleet", "other"].map(
      (name) => `rerun-ts: ${fsStore(path).url} has no parts of the dataset ${name} yet\n`,
    );
    expect(await keepOnce()).toMatchObject({ code: 0, stderr: nothing.join("") });
    await writeFile(join(layouts, "00000002.rbl"), await layoutWith("text"));
    await logRun(fsStore(path), join(folder, "spool"), "monday");
    const { code, stdout, stderr } = await keepOnce();
    expect([code, stdout.toString()]).toEqual([0, expect.stringContaining("3 parts are registered\n")]);
    expect(stderr).toMatch(/the layout \S+00000002\.rbl does not become the default: .*schema incompatibility/s);
    using catalog = await connectCatalog(server.url);
    expect(await (await catalog.getDataset("fleet")).blueprints()).toHaveLength(1);
  });
});

describe("small recordings that share objects", () => {
  it("are in the catalog with each row once, before and after compaction", async ({ folder, rerun, skip }) => {
    const natsProgram = await needNats({ skip });
    const path = join(folder, "store");
    const store = fsStore(path);
    const nats = await NatsServer.start(natsProgram, folder);
    onTestFinished(() => nats.kill());
    const server = await CatalogServer.start(rerun.program);
    onTestFinished(() => server.stop());
    const keepOnce = async (): Promise<unknown> => {
      const args = ["--from", path, "--files", join(folder, "files"), "--dataset", "fleet", "--url", server.url];
      expect(await runWarmCli(["catalog", "keep", ...args, "--once"])).toMatchObject({ code: 0, stderr: "" });
      return rowsInPython(server.url, "fleet");
    };
    const ids = Array.from({ length: 70 }, (_, page) => `page-${10 + page}`);
    const pages = await Promise.all(
      ids.map(async (recordingId) => {
        const rec = new RecordingStream("fleet", { recordingId });
        await rec.setSinks([new NatsSink(nats.url, { dataset: "fleet" })]);
        return rec;
      }),
    );
    const keysBelow = async (prefix: string): Promise<readonly string[]> => {
      const keys: string[] = [];
      for await (const { key } of store.list(prefix)) keys.push(key);
      return keys;
    };
    let row = 0;
    for (let commit = 0; commit < 4; commit++) {
      const ingest = startIngest({ from: nats.url, to: store, dataset: "fleet" });
      for (const rec of pages) {
        rec.setTime("row", row);
        rec.log("rows", new Scalars(row / 2));
      }
      row++;
      await Promise.all(pages.map((rec) => rec.flush()));
      // What NATS has by now is read before the end.
      await expect.poll(() => ingest.stats().pendingBytes, { timeout: 20_000 }).toBeGreaterThan(0);
      await Promise.all(pages.map((rec) => rec.flush({ ack: true })));
      await ingest.finish();
    }
    await Promise.all(pages.map((rec) => rec.close()));
    const rows = ids.flatMap((id) => Array.from({ length: row }, (_, at) => [id, at, at / 2]));
    expect((await keysBelow("v1/fleet/log-bundles/")).length).toBeGreaterThan(0);
    expect(await keepOnce()).toEqual(rows);
    expect(await runWarmCli(["compact", path, "--dataset", "fleet"])).toMatchObject({ code: 0, stderr: "" });
    expect((await keysBelow("v1/fleet/compact-parts/")).length).toBe(ids.length);
    expect(await keepOnce()).toEqual(rows);
    const args = ["compact", path, "--dataset", "fleet", "--delete-after", "0"];
    expect(await runWarmCli(args)).toMatchObject({ code: 0, stderr: "" });
    expect(await keysBelow("v1/fleet/log-bundles/")).toEqual([]);
    expect(await keepOnce()).toEqual(rows);
  });
});

/** A layout with a value of its own, whose type must be the same in all layouts of a dataset. */
async function layoutWith(value: string | number): Promise<Uint8Array> {
  const rec = new RecordingStream("fleet");
  const memory = new MemorySink();
  await rec.setSinks([memory]);
  rec.log("own", new AnyValues({ value }));
  rec.sendBlueprint(new blueprint.TimeSeriesView());
  await rec.close();
  const messages = readEncodedMessages(memory.toBytes());
  const layout = messages.filter(({ storeId }) => storeId.kind === "blueprint");
  const { storeId } = layout[0] as (typeof layout)[0];
  const own = readEncodedMessages(memory.toBytes(), { storeOf: () => storeId }).filter(
    ({ kind }, index) => kind === "chunk" && !layout.includes(messages[index] as (typeof layout)[0]),
  );
  const writer = new RrdWriter({ maxFooterBytes: Infinity });
  const header = writer.header();
  const [first, ...others] = layout as [(typeof layout)[0]];
  const pieces = [first, ...own, ...others].flatMap((message) => [writer.frame(message), message.payload]);
  return Buffer.concat([header, ...pieces, writer.finish()]);
}

/** Sends a layout, and resolves to its name in catalogs. */
async function sendLayout(sink: NatsSink | PartsSink, origin: string, makeDefault = true): Promise<string> {
  const rec = new RecordingStream("fleet", { recordingId: "layouts" });
  const memory = new MemorySink();
  await rec.setSinks([sink, memory]);
  rec.sendBlueprint(new blueprint.TimeSeriesView({ origin }), { makeDefault });
  expect(await rec.close()).toMatchObject({ complete: true });
  const stores = decodeRrd(memory.toBytes()).flatMap((message) => (message.kind === "end" ? [] : [message.storeId]));
  return stores.find(({ kind }) => kind === "blueprint")?.recordingId ?? "";
}

describe("registerParts", () => {
  it("changes nothing when it is repeated, and refuses only the parts at fault", async ({ folder, rerun }) => {
    const store = fsStore(join(folder, "store"));
    await logRun(store, join(folder, "spool"), "monday");
    const parts: { url: string; layer: string }[] = [];
    for await (const { key } of store.list("v1/fleet/direct/"))
      parts.push({ url: new URL(key, `${store.url}/`).href, layer: key });
    const server = await CatalogServer.start(rerun.program);
    onTestFinished(() => server.stop());
    using catalog = await connectCatalog(server.url);
    const dataset = await catalog.createDataset("fleet");
    const missing = { url: `${store.url}/missing.rrd`, layer: "missing" };
    const [first, ...others] = parts;
    expect(await registerParts(dataset, [first as (typeof parts)[0], missing, ...others])).toMatchObject({
      registered: parts,
      known: [],
      refused: [missing],
    });
    expect(await rowsInPython(server.url, "fleet")).toEqual(expectedRows("monday"));
    expect(await registerParts(dataset, parts)).toEqual({ registered: [], known: parts, refused: [] });
    await expect(registerParts(dataset, "all" as never)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});
