import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import {
  createSecureServer as createHttp2SecureServer,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fsStore, openParts } from "@rerun-ts/storage";
import { NatsSink } from "@rerun-ts/storage/nats";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { s3Name, s3Program } from "@rerun-ts/test-support/setup/need-s3";
import { describe, expect, onTestFinished } from "vitest";
import { CLI } from "../harness/command.ts";
import { Program } from "../harness/program.ts";
import { RelayProgram, runCli } from "../harness/relay-program.ts";
import { it } from "../harness/test.ts";
import { runWarmCli } from "../harness/warm-cli.ts";

const LOGIN = ["--user", "a", "--pass", "canary"];

describe("refused credentials of NATS", () => {
  it.for([
    ["ingest", "--to", "file:///nowhere"],
    ["serve", "--port", "0"],
  ])("end %s at its start", async ([command = "", ...more], { folder, skip }) => {
    const nats = await NatsServer.start(await needNats({ skip }), folder, { args: LOGIN });
    onTestFinished(() => nats.kill());
    const args = [command, "--from", nats.url, "--dataset", "fleet", ...more];
    const { code, stderr } = await runCli(args, { env: { NATS_USER: "a", NATS_PASSWORD: "wrong" } });
    expect([code, stderr]).toEqual([1, `rerun-ts: cannot connect to ${nats.url}: Authorization Violation\n`]);
  });

  it("do not end an ingester that was running before", async ({ folder, skip }) => {
    const program = await needNats({ skip });
    const nats = await NatsServer.start(program, folder, { args: LOGIN });
    onTestFinished(() => nats.kill());
    const from = nats.url.replace("//", "//a:canary@");
    const bucket = join(folder, "bucket");
    const status = await freePort();
    const state = ["--status-port", `${status}`, "--unhealthy-after", "0"];
    const ingest = await RelayProgram.startWarm(
      ["ingest", "--from", from, "--to", bucket, "--dataset", "fleet", ...state],
      /^Ingesting/,
    );
    await nats.kill();
    const other = await NatsServer.start(program, folder, { port: nats.port, args: ["--user", "a", "--pass", "b"] });
    onTestFinished(() => other.kill());
    for (let text = ""; !text.includes("Authorization Violation"); await setTimeout(20))
      text = await fetch(`http://127.0.0.1:${status}/healthz`).then((response) => response.text());
    await other.kill();
    await nats.restart();
    const recording = new RecordingStream("fleet", { recordingId: "monday" });
    await recording.setSink(new NatsSink(from, { dataset: "fleet" }));
    recording.log("rows", new Scalars(1));
    expect(await recording.close()).toMatchObject({ complete: true });
    await using file = await openParts(fsStore(bucket), { dataset: "fleet", recordingId: "monday" });
    expect(file.recording().numRows).toBeGreaterThan(0);
    expect((await ingest.interrupt()).code).toBe(0);
  });
});

// moto checks no signatures.
describe.skipIf(s3Name() !== "versitygw")("refused credentials of a bucket", () => {
  it.for([
    ["ingest", "--from", "nats://127.0.0.1:1", "--dataset", "fleet", "--to", "s3://bucket"],
    ["catalog", "keep", "--url", "rerun+http://127.0.0.1:1", "--dataset", "fleet", "--from", "s3://bucket"],
  ])("end %s at its start", async (command, { folder }) => {
    const server = await S3Server.start(s3Program(), { folder, buckets: ["bucket"] });
    onTestFinished(() => server.stop());
    const args = [...command, "--endpoint", server.url];
    if (command[0] === "catalog") args.push("--files", join(folder, "files"));
    const { code, stderr } = await runCli(args, {
      env: { AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: "wrong" },
    });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^rerun-ts: cannot \S+ s3:.*: access was denied.*\n$/)]);
    const other = args.map((arg) => arg.replace("s3://bucket", "s3://misspelt"));
    const env = {
      AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
    };
    expect(await runWarmCli(other, { env })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^rerun-ts: cannot \S+ s3:.*: no such bucket; create it first\n$/) as string,
    });
  });
});

describe("an ingester that cannot begin, and has reached NATS,", () => {
  it("ends", async ({ folder, skip }) => {
    const nats = await NatsServer.start(await needNats({ skip }), folder);
    onTestFinished(() => nats.kill());
    const args = ["ingest", "--from", nats.url, "--dataset", "fleet"];
    const port = createServer().listen(0, "127.0.0.1");
    await once(port, "listening");
    onTestFinished(() => void port.close());
    const taken = `${(port.address() as AddressInfo).port}`;
    expect(await runCli([...args, "--to", join(folder, "bucket"), "--status-port", taken])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`cannot serve the status at 127.0.0.1:${taken}`) as string,
    });
    // It is not a bucket.
    const denied = createHttpServer((_, response) => response.writeHead(403).end()).listen(0, "127.0.0.1");
    await once(denied, "listening");
    onTestFinished(() => void denied.close());
    const endpoint = `http://127.0.0.1:${(denied.address() as AddressInfo).port}`;
    const env = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
    expect(await runCli([...args, "--to", "s3://bucket", "--endpoint", endpoint], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("access was denied") as string,
    });
  });
});

/** A catalog that refuses each login, and notes its token. */
function refusing(tokens: unknown[]): (request: Http2ServerRequest, response: Http2ServerResponse) => void {
  return (request, response) => {
    tokens.push(request.headers.authorization);
    response.writeHead(200, { "content-type": "application/grpc", "grpc-status": "16" }).end();
  };
}

/** Makes the dataset `fleet` in a folder. */
async function makeDataset(folder: string): Promise<void> {
  await mkdir(join(folder, "v1/fleet/direct"), { recursive: true });
  await writeFile(join(folder, "v1/fleet/direct/other"), "");
}

describe("a variable of the environment", () => {
  const KEYS = { AWS_ACCESS_KEY_ID: "canary", AWS_SECRET_ACCESS_KEY: "canary" };
  const KEEP = ["catalog", "keep", "--from", ".", "--files", "files", "--dataset", "fleet"];
  const FLEET = ["fleet", "status", "s3://bucket", "--endpoint", "http://127.0.0.1:1"];

  it.for([
    ["AWS_ACCESS_KEY_ID", FLEET, 1],
    ["AWS_SESSION_TOKEN", FLEET, 1],
    ["RERUN_CATALOG_TOKEN", [...FLEET.slice(0, 2), ".", "--catalog", "rerun+http://127.0.0.1:1"], 2],
    ["RERUN_CATALOG_TOKEN", [...KEEP, "--url", "rerun+http://127.0.0.1:1"], 2],
    ["RERUN_CATALOG_TOKEN", ["catalog", "ls", "rerun+http://127.0.0.1:1"], 2],
    ["RERUN_CONTROL_TOKEN", ["controls", "ls", "http://127.0.0.1:1"], 2],
  ] as const)("%s with a line break, of which headers make a message, is not shown: %j", async ([name, args, code]) => {
    const end = await runWarmCli(args, { env: { ...KEYS, [name]: "canary\ncanary" } });
    expect([end.code, end.stderr]).toEqual([code, expect.stringContaining("ASCII characters without ")]);
    expect(end.stderr + end.stdout.toString()).not.toContain("canary");
  });

  it.for([
    ["fleet", "status", ".", "--catalog"],
    [...KEEP, "--url"],
  ])("with the token of a catalog logs in: %j", async (args, { folder }) => {
    const tokens: unknown[] = [];
    const server = createHttp2Server(refusing(tokens)).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    await makeDataset(folder);
    const url = `rerun+http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { RERUN_CATALOG_TOKEN: "canary" };
    const { code } = await runWarmCli([...args, url], { cwd: folder, env });
    expect([code, tokens[0]]).toEqual([1, "Bearer canary"]);
  });

  it.for([
    ["fleet", "status", ".", "--catalog"],
    [...KEEP, "--url"],
  ])("for a catalog is replaced by flags, also for a private authority: %j", async (args, { folder }) => {
    const tokens: unknown[] = [];
    const certificate = join(import.meta.dirname, "../harness/tls/certificate.pem");
    const tls = { key: await readFile(certificate.replace("certificate", "key")), cert: await readFile(certificate) };
    const server = createHttp2SecureServer(tls, refusing(tokens)).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    await makeDataset(folder);
    const url = `rerun+https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const run = (...flags: readonly string[]): ReturnType<typeof runWarmCli> =>
      runWarmCli([...args, url, ...flags], { cwd: folder, env: { RERUN_CATALOG_TOKEN: "other" } });
    const end = await run("--token", "canary", "--tls-ca", certificate);
    expect([end.code, tokens[0]]).toEqual([1, "Bearer canary"]);
    expect(end.stderr + end.stdout.toString()).not.toContain("canary");
    const broken = await run("--token", "canary\ncanary", "--tls-ca", certificate);
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining("`--token` must be a non-empty string")]);
    expect(broken.stderr + broken.stdout.toString()).not.toContain("canary");
    expect(await run("--tls-ca", "missing.pem")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("cannot read the certificates of --tls-ca") as string,
    });
    const flags = ["--token", "canary"];
    const alone = await runWarmCli([...args.slice(0, -1), ...flags], { cwd: folder });
    const other = args.at(-1) ?? "";
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining(`\`--token\` requires \`${other}\``)]);
  });

  it("is none if it is empty, and is named if it is wrong", async () => {
    const env = { ...KEYS, AWS_REGION: "", AWS_DEFAULT_REGION: "eu west", AWS_ENDPOINT_URL_S3: "" };
    const { code, stderr } = await runWarmCli(["fleet", "status", "s3://bucket"], { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining("`AWS_DEFAULT_REGION` must be the name of a region")]);
  });
});

describe("a value that is wrong", () => {
  const INGEST = ["ingest", "--from", "nats://127.0.0.1:1", "--to", ".", "--dataset", "fleet"];
  const KEEP = ["catalog", "keep", "--from", ".", "--files", "files", "--dataset", "fleet"];

  it.for([
    [[...KEEP, "--url", "nonsense"], "`--url` must be the address of a catalog"],
    [[...KEEP, "--url", "rerun+http://127.0.0.1:1", "--port", "5"], "`--url` cannot be combined with `--port`"],
    [[...KEEP, "--port", "99999"], "`--port` must be a port from 0 to 65535"],
    [[...KEEP, "--status-port", "99999"], "`--status-port` must be a port from 0 to 65535"],
    [["push", "files", "--to", ".", "--dataset", ""], '`--dataset` must be the name of a dataset, got ""'],
    [[...INGEST, "--replicas", "9"], "`--replicas` must be an integer from 1 to 5, as NATS allows, got 9"],
    [[...INGEST, "--replicas", "0"], "`--replicas` must be an integer from 1 to 5, as NATS allows, got 0"],
    [[...INGEST, "--max-seconds", "1e400"], "`--max-seconds` must be a non-negative number"],
    [["server", "--port", "1e3"], "`--port` must be a port from 0 to 65535"],
    [["fleet", "status", ".", "--catalog", "nonsense"], "`--catalog` must be the address of a catalog"],
  ] as const)("ends the command with its name: %j", async ([args, message], { folder }) => {
    const { code, stderr } = await runWarmCli(args, { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining(`rerun-ts: ${message}`)]);
  });
});

describe("an address or a folder that is wrong", () => {
  const KEEP = ["catalog", "keep", "--from", ".", "--files", "files", "--dataset", "fleet"];

  it("ends a keeper whose folder cannot be made, in one line", async ({ folder }) => {
    await writeFile(join(folder, "files"), "");
    const { code, stderr } = await runWarmCli(KEEP, { cwd: folder });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^rerun-ts: cannot make the folder of --files: .*\n$/)]);
  });

  it("has a password that neither the output of a keeper nor its state shows", async ({ folder }) => {
    const port = await freePort();
    const url = `rerun+http://me:canary@127.0.0.1:${await freePort()}`;
    const keeper = new Program(process.execPath, [CLI, ...KEEP, "--url", url, "--status-port", `${port}`], {
      cwd: folder,
    });
    let state = "";
    while (!state.includes("cannot connect"))
      state = await fetch(`http://127.0.0.1:${port}/healthz`).then(
        (response) => response.text(),
        () => "",
      );
    keeper.process.kill();
    const { stdout, stderr } = await keeper.ended;
    expect(state).toContain("rerun+http://…@127.0.0.1");
    expect(state + stdout.toString() + stderr).not.toContain("canary");
  });

  it("is noticed by `parts check`, because nothing is there", async ({ folder }) => {
    for (const [more, what] of [
      [[], "no parts of the dataset typo"],
      [["--recording", "monday"], "no parts of these recordings of the dataset typo"],
    ] as const) {
      const { code, stderr } = await runWarmCli(["parts", "check", folder, "--dataset", "typo", ...more]);
      expect([code, stderr]).toEqual([0, expect.stringMatching(new RegExp(`^rerun-ts: file:.* has ${what}\n$`))]);
    }
  });
});

describe("a place that may be meant as a bucket", () => {
  it.for([
    ["push", "spool", "--to", "recordings/robots"],
    ["ingest", "--from", "nats://127.0.0.1:1", "--dataset", "fleet", "--to", "recordings/robots"],
    ["compact", "recordings/robots", "--dataset", "fleet"],
    ["catalog", "keep", "--dataset", "fleet", "--files", "files", "--from", "recordings/robots"],
  ])("is no new folder for %s", async (args, { folder }) => {
    const { code, stderr } = await runWarmCli(args, { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining("s3://recordings/robots")]);
    expect(stderr).toContain("./recordings/robots");
    expect(existsSync(join(folder, "recordings"))).toBe(false);
  });

  it("is a folder that exists, or with a path", async ({ folder }) => {
    await mkdir(join(folder, "recordings"));
    await mkdir(join(folder, "spool"));
    for (const to of ["recordings", "./new", join(folder, "other")])
      expect(await runWarmCli(["push", "spool", "--to", to], { cwd: folder })).toMatchObject({ code: 0 });
    const args = ["push", "spool", "--to", "recordings", "--endpoint", `http://127.0.0.1:${await freePort()}`];
    const { code, stderr } = await runWarmCli(args, { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining("`--endpoint` requires s3://")]);
  });
});
