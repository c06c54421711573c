import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { build } from "esbuild";
import { expect, it, onTestFinished } from "vitest";

const PROGRAM = `
import * as rr from "@rerun-ts/node";
const quiet = { onWarning() {}, onError() {} };
const rec = new rr.RecordingStream("bundle", quiet);
const server = await rr.serve.serveGrpcRelay({ port: 0 }).catch((error) => error.message);
await rec.connectWebSocket("ws://127.0.0.1:1/ws", { headers: { a: "b" }, thread: false });
rec.log("row", new rr.Scalars(1));
await rec.flush({ ack: true, timeoutMs: 5000 }).catch(() => {});
console.log(JSON.stringify([server.url ?? server, rec.stats().sinks[0].lastError.message]));
process.exit();
`;
const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

async function run(banner: string): Promise<readonly [server: string, client: string]> {
  const folder = makeTemporaryFolder();
  onTestFinished(folder.remove);
  const file = join(folder.path, "bundle.mjs");
  const stdin = { contents: PROGRAM, resolveDir: import.meta.dirname };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
    logLevel: "error",
    banner: { js: banner },
  });
  await writeFile(file, outputFiles[0]?.contents ?? "");
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  return JSON.parse(stdout) as [string, string];
}

it("WebSockets in an ES module bundle name what the bundler must do", async () => {
  const remedy =
    /^cannot load WebSockets: Dynamic require of .*; in a bundle, leave the package `ws` external, or define/;
  const [server, client] = await run("");
  expect(server).toMatch(remedy);
  expect(client).toMatch(remedy);
});

it("WebSockets work in an ES module bundle that defines `require`", async () => {
  const [server, client] = await run(BANNER);
  expect(server).toMatch(/^rerun\+http:/);
  expect(client).toContain("ECONNREFUSED");
});
