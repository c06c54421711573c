import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { serve } from "@rerun-ts/node";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { root } from "@rerun-ts/test-support/node/environment";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

/** A host that has done something before the SDK is loaded, itself or by a dependency. */
interface Habit {
  /** The code that does it. */
  readonly before?: string;
  /** The flags of Node. */
  readonly flags?: readonly string[];
  /** The code that it runs after the SDK was loaded. */
  readonly after?: string;
  /** What may be printed, once or more often. Default: nothing of this SDK. */
  readonly prints?: RegExp;
  /** The ways that are not possible there, which say so. */
  readonly lacks?: readonly (keyof typeof WAYS)[];
  /** Whether data cannot be read there, because apache-arrow cannot be loaded. */
  readonly cannotRead?: boolean;
}

const PERMISSION = Number(process.versions.node.split(".")[0]) >= 23 ? "--permission" : "--experimental-permission";

const HERE = /no worker to send to .*; the calling thread sends instead/;
const NO_HEADERS = /gRPC needs WebAssembly, for the `Headers` of Node; use `connectWebSocket`/;

/** A class of promises that shares nothing with those of async functions. */
const OTHER_PROMISE = `
  const Native = Promise;
  class Other {
    #inner;
    constructor(executor) { this.#inner = new Native(executor); }
    then(a, b) { const inner = this.#inner; return new Other((resolve, reject) => inner.then(a, b).then(resolve, reject)); }
    catch(b) { return this.then(undefined, b); }
    finally(f) { return this.then((v) => Other.resolve(f()).then(() => v), (e) => Other.resolve(f()).then(() => { throw e; })); }
  }
  for (const name of ["resolve", "reject", "all", "race", "allSettled", "any"])
    Other[name] = (...args) => new Other((resolve, reject) => Native[name](...args).then(resolve, reject));
  globalThis.Promise = Other;`;

const HABITS: Readonly<Record<string, Habit>> = {
  "adds names to prototypes": {
    before: `
      Object.prototype.version = 1;
      Object.prototype.each = () => {};
      Array.prototype.last = function () { return this[this.length - 1]; };`,
  },
  "freezes prototypes": {
    before: `for (const type of [Object, Array, Function, Promise, Map, Set, Uint8Array, Error]) Object.freeze(type.prototype);`,
    prints: /could not be optimized, and stays as it was logged|libraries for gRPC cannot be loaded/,
    // Those of apache-arrow and protobuf assign `toString` to their objects.
    lacks: ["grpc-here", "spawn"],
    cannotRead: true,
  },
  "replaces Promise by a class of another kind": { before: OTHER_PROMISE },
  "replaces Promise by that of bluebird": { before: 'globalThis.Promise = (await import("bluebird")).default;' },
  "loads zone.js": { before: 'await import("zone.js/node");' },
  "has timers and a clock of @sinonjs/fake-timers, as tests do": {
    // Libraries for connections need `nextTick` in the calling thread.
    after: '(await import("@sinonjs/fake-timers")).default.install({ now: 1e12, toNotFake: ["nextTick"] });',
  },
  "has no SharedArrayBuffer": { before: "delete globalThis.SharedArrayBuffer;", prints: HERE },
  "has no WebAssembly": { before: "delete globalThis.WebAssembly;", lacks: ["grpc-here"], prints: NO_HEADERS },
  "runs with --jitless": { flags: ["--jitless"], lacks: ["grpc", "grpc-here", "spawn", "spool"], prints: NO_HEADERS },
  "runs with Node's permissions for files and workers": {
    flags: [PERMISSION, "--allow-fs-read=*", "--allow-fs-write=*", "--allow-worker"],
  },
  "runs with Node's permissions for files": {
    flags: [PERMISSION, "--allow-fs-read=*", "--allow-fs-write=*"],
    prints: HERE,
  },
  "has a clock in 1970": { before: "const now = 0; Date.now = () => now;" },
  "has a clock beyond 2262": {
    before: "Date.now = () => 1e14; Object.defineProperty(performance, 'timeOrigin', { value: 1e14 });",
  },
  "has a clock that runs backwards": { before: "let now = Date.now(); Date.now = () => (now -= 1000);" },
  "has removed its working folder": {
    before: `
      const { mkdtempSync, rmdirSync } = await import("node:fs");
      const { tmpdir } = await import("node:os");
      const place = mkdtempSync(tmpdir() + "/rerun-ts-");
      process.chdir(place);
      rmdirSync(place);`,
    prints: HERE,
  },
};

/** The ways to log 100 rows. Those to a server are read there. */
const WAYS = {
  "a-file": 'rec.save(at("file.rrd"))',
  "an-optimized-file": 'rec.save(at("optimized.rrd"), { optimizeOnClose: true })',
  parts: 'rec.saveParts(at("parts"))',
  memory: "rec.setSink(memory)",
  grpc: "rec.connectGrpc(url)",
  "grpc-here": "rec.connectGrpc(url, { thread: false })",
  websocket: "rec.connectWebSocket(url)",
  "websocket-here": "rec.connectWebSocket(url, { thread: false })",
  // A viewer is there: the relay.
  spawn: "rec.spawn({ port: Number(/:(\\d+)/.exec(url)[1]) })",
  spool: 'rec.setSink(rr.spool(new rr.GrpcSink(url), { directory: at("spool") }))',
} as const;

const SENDING = ["grpc", "grpc-here", "websocket", "websocket-here", "spawn", "spool"];

const PROGRAM = `
  const [, folder, url, canRead, lacks] = process.argv;
  const at = (name) => folder + "/" + name;
  const rr = await import(${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)});
  AFTER;
  const memory = new rr.MemorySink();
  const ends = {};
  const log = async (way, open) => {
    if (lacks.split(",").includes(way)) return;
    const rec = new rr.RecordingStream("habits", { recordingId: way, strict: true });
    await open(rec);
    for (let row = 0; row < 100; row++) {
      rec.setTime("row", row);
      rec.log([way, "points"], new rr.Points3D([[row, 0, 0]], { radii: 1 }));
      rec.log([way, "any"], new rr.AnyValues({ row }));
    }
    await rec.sendBlueprint(new rr.blueprint.Blueprint(new rr.blueprint.Spatial3DView({ origin: "/" })));
    const flushed = await rec.flush();
    const { complete, droppedRows } = await rec.close();
    ends[way] = flushed.complete && complete && droppedRows === 0;
  };
  ${Object.entries(WAYS)
    .map(([way, open]) => `await log("${way}", (rec) => ${open});`)
    .join("\n  ")}
  (await import("node:fs")).writeFileSync(at("memory.rrd"), memory.toBytes());
  if (canRead === "true") {
    const { compareRrd, openRrd, optimizeRrd } = await import(${JSON.stringify(import.meta.resolve("@rerun-ts/reading"))});
    const parts = [];
    for await (const part of optimizeRrd(at("file.rrd"))) parts.push(part);
    ends.tools = (await compareRrd(Buffer.concat(parts), at("file.rrd"))).isEqual;
    const file = await openRrd(at("file.rrd"));
    let rows = 0;
    for await (const batch of file.recording().query({ index: "row" })) rows += batch.numRows;
    await file.close();
    ends.reader = rows === 100;
  }
  console.log(JSON.stringify(ends));
`;

/** The rows of the entity \`points\` of a way. */
function rowsOf(way: string, rrd: Uint8Array): number {
  const path = `/${way}/points`;
  return readChunks(rrd)
    .filter(({ entityPath }) => entityPath === path)
    .reduce((sum, { rows }) => sum + rows, 0);
}

describe.concurrent("a program", () => {
  it.for(Object.entries(HABITS))(
    "that %s stores, sends and reads all rows",
    { timeout: 60_000 },
    async ([name, habit]) => {
      const { before = "", after = "", flags = [], prints, lacks = [], cannotRead = false } = habit;
      const place = join(folder.path, name.replaceAll(/\W/g, "-"));
      mkdirSync(place);
      const isPossible = (way: string): boolean => !lacks.some((lacking) => lacking === way);
      const relay = await serve.serveGrpcRelay({ port: 0 });
      const reader = new RelayReaderClient(relay.url);
      try {
        const program = `${before}\n;${PROGRAM.replace("AFTER", after)}`;
        const args = [
          ...flags,
          "--no-warnings",
          "--input-type=module",
          "-e",
          program,
          place,
          relay.url,
          String(!cannotRead),
          lacks.join(),
        ];
        const { stdout, stderr } = await run(process.execPath, args, { cwd: root, timeout: 50_000 });
        const ways = [...Object.keys(WAYS).filter(isPossible), ...(cannotRead ? [] : ["tools", "reader"])];
        expect(JSON.parse(stdout)).toEqual(Object.fromEntries(ways.map((way) => [way, true])));
        // On a busy machine a worker may start late.
        const isExpected = (line: string): boolean =>
          prints?.test(line) === true || line.includes("did not start within");
        const printed = stderr.split("\n").filter((line) => line.includes("rerun") && !isExpected(line));
        expect(printed).toEqual([]);
        const sent = reader.toRrd();
        for (const way of SENDING.filter(isPossible)) expect(rowsOf(way, sent), way).toBe(100);
        const files = { "a-file": "file.rrd", "an-optimized-file": "optimized.rrd", memory: "memory.rrd" };
        for (const [way, file] of Object.entries(files)) expect(rowsOf(way, readFileSync(join(place, file)))).toBe(100);
        const parts = readdirSync(join(place, "parts"), { recursive: true, encoding: "utf8" });
        const stored = parts
          .filter((path) => path.endsWith(".rrd"))
          .map((path) => readFileSync(join(place, "parts", path)));
        expect(stored.reduce((sum, part) => sum + rowsOf("parts", part), 0)).toBe(100);
      } finally {
        reader.stop();
        await relay.close();
      }
    },
  );

  it("is told what gRPC lacks, and goes on", async () => {
    const frozen = HABITS["freezes prototypes"]?.before ?? "";
    for (const [before, flags, thread, message] of [
      [frozen, [], false, /the libraries for gRPC cannot be loaded/],
      ["", ["--jitless"], "auto", NO_HEADERS],
    ] as const) {
      const program = `${before}
        const rr = await import(${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)});
        const rec = new rr.RecordingStream("habits");
        rec.connectGrpc("rerun+http://127.0.0.1:1/proxy", { thread: ${JSON.stringify(thread)} });
        rec.log("a", new rr.Scalars(1));
        console.log(await rec.close().catch(({ code, message }) => code + message));`;
      const { stdout } = await run(process.execPath, [...flags, "--no-warnings", "--input-type=module", "-e", program]);
      expect(stdout).toMatch(/^UNSUPPORTED/);
      expect(stdout).toMatch(message);
    }
  });
});
