import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import * as rr from "@rerun-ts/node";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

const folder = makeTemporaryFolder();
const servers: rr.serve.WebViewerServer[] = [];
let count = 0;

beforeEach(() => {
  vi.stubEnv("RERUN_CLI_PATH", undefined);
  vi.stubEnv("XDG_CACHE_HOME", join(folder.path, "caches", String(count++)));
  vi.stubEnv("PATH", join(folder.path, "none"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => folder.remove());

async function serve(
  options: rr.serve.ServeWebViewerOptions,
): Promise<{ url: string; warnings: string[]; progress: rr.serve.UnpackProgress[] }> {
  const warnings: string[] = [];
  const progress: rr.serve.UnpackProgress[] = [];
  const server = await rr.serve.serveWebViewer({
    webPort: 0,
    openBrowser: false,
    onWarning: (warning) => warnings.push(warning),
    onProgress: (step) => progress.push(step),
    ...options,
  });
  servers.push(server);
  return { url: server.url, warnings, progress };
}

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const path = join(folder.path, String(count++));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

const WASM = Buffer.alloc(500_000, "rerun");

function packageWith(version: string): string {
  return folderWith({
    "package.json": JSON.stringify({ name: "@rerun-io/web-viewer", version }),
    "index.js": "export class WebViewer {}",
    "re_viewer.js": "// glue",
    "re_viewer_bg.wasm": WASM,
  });
}

/** A fake program `rerun` that serves a page and counts its starts in a file. */
function programWith(version: string): string {
  const path = folderWith({ starts: "" });
  const program = `#!${process.execPath}
const { createServer } = require("node:http");
const { appendFileSync } = require("node:fs");
if (process.argv.includes("--version")) { console.log("rerun-cli ${version} (features)"); process.exit(); }
appendFileSync(${JSON.stringify(join(path, "starts"))}, "x");
const port = Number(process.argv.find((arg) => arg.startsWith("--web-viewer-port=")).split("=")[1]);
createServer(({ url }, response) => {
  const body = url === "/re_viewer_bg.wasm" ? "wasm".repeat(10000) : "page of " + url;
  response.setHeader("rerun-final-length", body.length);
  response.end(body);
}).listen(port, "127.0.0.1", () => console.error("Hosting a web-viewer at http://127.0.0.1:" + port));
`;
  writeFileSync(join(path, "rerun"), program);
  chmodSync(join(path, "rerun"), 0o755);
  return path;
}

/** A fake program `rerun` whose port is taken by another program, which serves a page as well, before it can listen. */
function programWithoutPort(): string {
  const path = folderWith({});
  const program = `#!${process.execPath}
const { spawn } = require("node:child_process");
if (process.argv.includes("--version")) { console.log("rerun-cli 0.41.0 (features)"); process.exit(); }
const port = Number(process.argv.find((arg) => arg.startsWith("--web-viewer-port=")).split("=")[1]);
const other = 'require("node:http").createServer((request, response) => response.end("another program"))' +
  '.listen(' + port + ', "127.0.0.1", () => console.log("listening"))';
const { stdout } = spawn(process.execPath, ["-e", other], { stdio: ["ignore", "pipe", "ignore"] });
stdout.once("data", () => setTimeout(() => {
  console.error("Error: Failed to create server: Address already in use (os error 98): (127.0.0.1:" + port + ")");
  process.exit(1);
}, 500));
`;
  writeFileSync(join(path, "rerun"), program);
  chmodSync(join(path, "rerun"), 0o755);
  return path;
}

/** A page that another user has put where the web viewer is looked for, named like the one in the cache folder. */
function poison(cache: string): void {
  const [key = ""] = readdirSync(join(process.env["XDG_CACHE_HOME"] as string, "rerun-ts", "web-viewer"));
  mkdirSync(join(cache, key), { recursive: true });
  writeFileSync(join(cache, key, "index.html"), "the page of another user");
}

/** The files of the npm package, which exports only `import`, in the folder `node_modules` or elsewhere. */
function packageFiles(version: string, path: string): Record<string, string | Buffer> {
  const exports = { ".": { types: "./index.d.ts", import: "./index.js" } };
  return {
    [`${path}/package.json`]: JSON.stringify({ name: "@rerun-io/web-viewer", version, type: "module", exports }),
    [`${path}/index.js`]: "export class WebViewer {}",
    [`${path}/re_viewer.js`]: "// glue",
    [`${path}/re_viewer_bg.wasm`]: WASM,
  };
}

/** The part of the file `.pnp.cjs` that matters here: `require("pnpapi")` finds the package. */
function plugAndPlay(path: string): string {
  return `const Module = require("node:module");
const load = Module._load;
process.versions.pnp = "3";
const api = { resolveToUnqualified: (request, issuer) => {
  if (request !== "@rerun-io/web-viewer" || !issuer.startsWith(__dirname)) throw new Error("not a dependency");
  return ${JSON.stringify(path)};
} };
Module._load = (request, ...rest) => (request === "pnpapi" ? api : load(request, ...rest));
`;
}

describe("serveWebViewer", () => {
  it("finds the installed npm package in the folders of npm and of pnpm", async () => {
    const npm = folderWith(packageFiles("9.1.0", "node_modules/@rerun-io/web-viewer"));
    mkdirSync(join(npm, "src"));
    const pnpm = folderWith(packageFiles("9.2.0", "node_modules/.pnpm/viewer@9.2.0/node_modules/@rerun-io/web-viewer"));
    mkdirSync(join(pnpm, "node_modules/@rerun-io"));
    symlinkSync(
      "../.pnpm/viewer@9.2.0/node_modules/@rerun-io/web-viewer",
      join(pnpm, "node_modules/@rerun-io/web-viewer"),
    );
    const cwd = vi.spyOn(process, "cwd");
    try {
      cwd.mockReturnValue(join(npm, "src"));
      expect((await serve({ assets: "npm" })).warnings).toEqual([expect.stringContaining("has version 9.1.0")]);
      cwd.mockReturnValue(pnpm);
      expect((await serve({ assets: "npm" })).warnings).toEqual([expect.stringContaining("has version 9.2.0")]);
    } finally {
      cwd.mockRestore();
    }
  });

  it("finds the installed npm package with Yarn's Plug'n'Play", async () => {
    const path = folderWith({ ...packageFiles("9.3.0", "cache/web-viewer") });
    writeFileSync(join(path, "pnp.cjs"), plugAndPlay(join(path, "cache/web-viewer")));
    const node = import.meta.resolve("@rerun-ts/node");
    writeFileSync(
      join(path, "program.mjs"),
      `import { serve } from ${JSON.stringify(node)};
const server = await serve.serveWebViewer({ assets: "npm", webPort: 0, openBrowser: false, onWarning: console.log });
await server.close();`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, ["-r", "./pnp.cjs", "program.mjs"], { cwd: path });
    expect(stdout).toContain("has version 9.3.0");
  });

  it("serves the files of a folder unchanged", async () => {
    const path = folderWith({ "index.html": "a page" });
    const { url } = await serve({ assets: pathToFileURL(path) });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(url)).text()).toBe("a page");
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
  });

  it("adds `connectTo` to the URL as parameters, as Rerun does", async () => {
    const connectTo = ["rerun+http://localhost:9876/proxy", new URL("https://example.com/a b.rrd")];
    const { url } = await serve({ assets: folderWith({ "index.html": "" }), connectTo });
    expect(new URL(url).search).toBe(
      "?url=rerun%2Bhttp%3A%2F%2Flocalhost%3A9876%2Fproxy&url=https%3A%2F%2Fexample.com%2Fa%2520b.rrd",
    );
  });

  it("unpacks the package once, and serves it compressed, cacheable and in ranges", async () => {
    const assets = packageWith("0.41.3");
    const { url, warnings, progress } = await serve({ assets });
    expect(warnings).toEqual([]);
    expect(progress.at(-1)?.bytes).toBe(progress.at(-1)?.totalBytes);

    const wasm = await fetch(`${url}/re_viewer_bg.wasm`);
    expect(Object.fromEntries(wasm.headers)).toMatchObject({
      "content-type": "application/wasm",
      "content-encoding": "gzip",
      "rerun-final-length": String(WASM.length),
    });
    expect(Number(wasm.headers.get("content-length"))).toBeLessThan(WASM.length / 10);
    expect(Buffer.from(await wasm.arrayBuffer())).toEqual(WASM);
    const again = await fetch(`${url}/re_viewer_bg.wasm`, {
      headers: { "if-none-match": String(wasm.headers.get("etag")) },
    });
    expect(again.status).toBe(304);
    const range = { range: "bytes=5-9", "accept-encoding": "identity" };
    const part = await fetch(`${url}/re_viewer_bg.wasm`, { headers: range });
    expect([part.status, await part.text()]).toEqual([206, "rerun"]);
    expect(await (await fetch(url)).text()).toContain('import { WebViewer } from "./index.js"');

    expect((await serve({ assets })).progress).toEqual([]);
  });

  it("warns about a package of another version", async () => {
    const { warnings } = await serve({ assets: packageWith("0.33.0") });
    expect(warnings).toEqual([expect.stringMatching(/version 0\.33\.0, but this SDK logs for 0\.41\.0/)]);
  });

  it("reads the files of the program `rerun`, which it runs once and ends", async () => {
    const path = programWith("0.41.0");
    vi.stubEnv("PATH", path);
    const first = await serve({});
    expect(await (await fetch(first.url)).text()).toBe("page of /");
    expect(await (await fetch(`${first.url}/signed-in`)).text()).toBe("page of /signed-in");
    await serve({});
    expect(readFileSync(join(path, "starts"), "utf8")).toBe("x");
    const [cache = ""] = readdirSync(join(process.env["XDG_CACHE_HOME"] as string, "rerun-ts", "web-viewer"));
    expect(cache).toMatch(/^rerun-0\.41\.0-/);
  });

  it("does not trust another program that listens on the port meant for `rerun`", async () => {
    vi.stubEnv("PATH", programWithoutPort());
    await expect(serve({ assets: "rerun" })).rejects.toMatchObject({
      code: "VIEWER_FAILED",
      message: expect.stringMatching(/cannot read the web viewer of .*: it exited \(code 1\)/),
    });
  });

  it("keeps the files where only this user can write", async () => {
    const caches = process.env["XDG_CACHE_HOME"] as string;
    mkdirSync(join(caches, "rerun-ts"), { recursive: true, mode: 0o777 });
    await serve({ assets: packageWith("0.41.0") });
    for (const path of ["rerun-ts", "rerun-ts/web-viewer"])
      expect(statSync(join(caches, path)).mode & 0o777).toBe(0o700);
  });

  it("serves nothing that another user may have put into the folder for temporary files", async () => {
    const assets = packageWith("0.41.0");
    await serve({ assets });
    const temporary = folderWith({});
    vi.stubEnv("TMPDIR", temporary);
    poison(join(temporary, "rerun-ts/web-viewer"));
    vi.stubEnv("XDG_CACHE_HOME", join(folder.path, "caches", String(count++)));
    expect(await (await fetch((await serve({ assets })).url)).text()).toContain("<title>Rerun Viewer</title>");

    // Without a cache folder of the user only the one for temporary files is left.
    const own = join(temporary, `rerun-ts-${process.getuid?.()}`);
    const other = join(temporary, "other");
    poison(join(other, "web-viewer"));
    vi.stubEnv("XDG_CACHE_HOME", join(folderWith({ file: "" }), "file"));
    symlinkSync(other, own);
    const problem = expect.stringMatching(/must be a folder of this user.*, but it is a link or a file; remove it/);
    await expect(serve({ assets })).rejects.toMatchObject({ code: "IO_ERROR", message: problem });
  });

  it.skipIf(process.getuid?.() !== 0)("serves nothing from a folder of another user", async () => {
    const assets = packageWith("0.41.0");
    await serve({ assets });
    const temporary = folderWith({});
    vi.stubEnv("TMPDIR", temporary);
    const own = join(temporary, "rerun-ts-0");
    poison(join(own, "web-viewer"));
    chownSync(own, 65_534, 65_534);
    vi.stubEnv("XDG_CACHE_HOME", join(folderWith({ file: "" }), "file"));
    const problem = expect.stringMatching(/must be a folder of this user.*, but it belongs to another user; remove it/);
    await expect(serve({ assets })).rejects.toMatchObject({ code: "IO_ERROR", message: problem });
  });

  it.each(["", "caches"])("ignores the cache folder %j of the environment", async (path) => {
    const home = folderWith({});
    vi.stubEnv("HOME", home);
    vi.stubEnv("XDG_CACHE_HOME", path);
    await serve({ assets: packageWith("0.41.0") });
    expect(existsSync(join(path, "rerun-ts"))).toBe(false);
    expect(readdirSync(join(home, ".cache/rerun-ts/web-viewer")).length).toBe(1);
  });

  it("rejects if there is no web viewer, with instructions to install one", async () => {
    const none = serve({ assets: "rerun" });
    await expect(none).rejects.toMatchObject({ code: "NOT_FOUND", message: expect.stringContaining("pip install") });
    const noDownload = serve({ assets: "pypi" });
    await expect(noDownload).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringMatching(/cannot download one: Python 3 with pip or venv is needed .*`npm install/),
    });
    const noPage = serve({ assets: folder.path });
    await expect(noPage).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining("no index.html"),
    });
  });

  it("rejects if the port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port: webPort } = other.address() as AddressInfo;
    const busy = serve({ webPort, assets: folderWith({ "index.html": "" }) });
    await expect(busy).rejects.toMatchObject({
      code: "LISTEN_FAILED",
      message: expect.stringContaining(`127.0.0.1:${webPort}`),
    });
    other.close();
  });

  it.each([
    [{ webPort: 70_000 }, "`webPort` must be an integer from 0 to 65535, got 70000"],
    [{ connectTo: [1] as never }, "`connectTo` must be a URL or an array of URLs, got "],
    [{ allowHosts: [""] }, "`allowHosts` must be a non-empty string or an array of them, got "],
    [{ assets: "" }, '`assets` must be "auto", "rerun", "npm", "pypi", or the path of a folder, got ""'],
    [{ openBrowser: "no" as never }, '`openBrowser` must be a boolean, got "no"'],
  ])("rejects the options %o", async (options, message) => {
    await expect(serve(options)).rejects.toThrow(message);
  });
});
