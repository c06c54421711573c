import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

const run = promisify(execFile);
const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

/** What a program, or one of its dependencies, may do before the SDK is loaded. */
const HABITS: Readonly<Record<string, string>> = {
  "adds names to prototypes": `
    Object.prototype.version = 1;
    Object.prototype.each = () => {};
    Array.prototype.last = function () { return this[this.length - 1]; };`,
  "freezes prototypes": `
    for (const type of [Object, Array, Function, Promise, Map, Set, Uint8Array, Error]) Object.freeze(type.prototype);`,
  "replaces Promise by a class of another kind": `
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
    globalThis.Promise = Other;`,
  "has no SharedArrayBuffer": "delete globalThis.SharedArrayBuffer;",
  "has no WebAssembly": "delete globalThis.WebAssembly;",
  "has a clock in 1970": "const now = 0; Date.now = () => now;",
  "has a clock beyond 2262":
    "Date.now = () => 1e14; Object.defineProperty(performance, 'timeOrigin', { value: 1e14 });",
};

const PROGRAM = `
  const rr = await import("@rerun-ts/node");
  const rec = new rr.RecordingStream("habits", { strict: true });
  await rec.save(process.argv[1], { optimizeOnClose: process.argv[2] === "optimize" });
  for (let row = 0; row < 100; row++) {
    rec.setTime("row", row);
    rec.log("points", new rr.Points3D([[row, 0, 0]], { radii: 1 }));
    rec.log("any", new rr.AnyValues({ row }));
  }
  await rec.sendBlueprint(new rr.blueprint.Blueprint(new rr.blueprint.Spatial3DView({ origin: "/" })));
  const flushed = await rec.flush();
  const closed = await rec.close();
  if (!flushed.complete || !closed.complete || closed.droppedRows > 0) throw new Error(JSON.stringify({ flushed, closed }));
`;

describe.concurrent.each(Object.entries(HABITS))("a program that %s", (name, habit) => {
  it.each(["log", "optimize"])("stores all rows (%s)", async (mode) => {
    const path = join(folder.path, `${name.replaceAll(" ", "-")}-${mode}.rrd`);
    const program = `${habit}\n;${PROGRAM}`.replaceAll(
      "@rerun-ts/node",
      new URL("../../dist/index.js", import.meta.url).href,
    );
    const args = ["--input-type=module", "-e", program, path, mode];
    const { stderr } = await run(process.execPath, args);
    // The library `apache-arrow` cannot be loaded then.
    if (name === "freezes prototypes" && mode === "optimize")
      expect(stderr).toMatch(/could not be optimized, and stays as it was logged/);
    else expect(stderr).not.toMatch(/rerun/);
    const rows = readChunks(readFileSync(path))
      .filter(({ entityPath }) => entityPath === "/points")
      .reduce((sum, chunk) => sum + chunk.rows, 0);
    expect(rows).toBe(100);
  });
});
