import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test, type Page } from "@playwright/test";
import * as node from "@rerun-ts/node";
import * as esbuild from "esbuild";
import * as vite from "vite";
import { PACKAGES, packAll, packInstalled } from "@rerun-ts/test-support/packages/pack";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { root } from "@rerun-ts/test-support/node/environment";
import { newRecording, record } from "./packed/record.js";
import { findRealRerun, type Rerun } from "./rerun.ts";

const runFile = promisify(execFile);
const SENT = { complete: true, droppedRows: 0 };

let project: string;
let pages: { url: string; close: () => Promise<void> };
let rerun: Rerun;
let server: RealServer;

test.describe.configure({ mode: "serial" });

test.beforeAll("the packed packages are installed into an empty project", async () => {
  test.setTimeout(180_000);
  const found = await findRealRerun();
  test.skip("missing" in found && process.env.CI !== "true", "missing" in found ? found.missing : "");
  if ("missing" in found) throw new Error(found.missing);
  rerun = found;
  project = await mkdtemp(join(tmpdir(), "rerun-ts-packed-"));
  const tarballs = join(project, "tarballs");
  // Dependencies are packed as they are installed here, so that no registry is needed.
  const packed = [...(await packAll(tarballs)), ...(await packInstalled(tarballs, await dependencies()))];
  await writeFile(join(project, "package.json"), '{ "private": true, "type": "module" }');
  const install = ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await runFile("npm", [...install, ...packed.map(({ tarball }) => tarball)], { cwd: project });
  await cp(join(root, "tests/e2e/packed"), project, { recursive: true });

  await saveHere(join(project, "expected.rrd"));
  server = await RealServer.start(rerun.path);
  pages = await serveAsItIs(project);
});

test.afterAll(async () => {
  await pages?.close();
  await server?.stop();
  if (project !== undefined) await rm(project, { recursive: true });
});

test("the packed packages work in Node", async () => {
  const { stdout } = await runFile(process.execPath, ["node.js", "node.rrd", server.url], { cwd: project });
  expect(JSON.parse(stdout)).toMatchObject(SENT);
  await expectSame(join(project, "node.rrd"));
});

test("the package `rerun-ts` runs the command", async () => {
  const command = join(project, "node_modules/rerun-ts/dist/main.js");
  const { stdout } = await runFile(process.execPath, [command, "serve", "--help"], { cwd: project });
  expect(stdout).toContain("rerun-ts serve");
});

test("the packed packages work with Vite", async ({ page }) => {
  await writePage("index.html", "with Vite", '<script type="module" src="./page.js"></script>');
  await vite.build({ root: project, base: "./", configFile: false, logLevel: "warn", build: { outDir: "vite" } });
  await expectToLog(page, "vite/index.html");
});

test("the packed packages work with esbuild", async ({ page }) => {
  await esbuild.build({
    entryPoints: [join(project, "page.js")],
    outdir: join(project, "esbuild"),
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    logLevel: "warning",
  });
  // esbuild does not look for workers: the page copies the file.
  await cp(join(project, "node_modules/@rerun-ts/web/dist/opfs-worker.js"), join(project, "esbuild/worker.js"));
  const body = '<body data-worker="esbuild/worker.js">';
  await writePage("esbuild.html", "with esbuild", `${body}<script type="module" src="./esbuild/page.js"></script>`);
  await expectToLog(page, "esbuild.html");
});

test("the packed packages work without a bundler, with the import map of the documentation", async ({ page }) => {
  const readme = await readFile(join(project, "node_modules/@rerun-ts/web/README.md"), "utf8");
  const [map] = /<script type="importmap">.*?<\/script>/s.exec(readme) ?? [];
  const script = `${map}\n<script type="module" src="./page.js"></script>`;
  await writePage("import-map.html", "with an import map", script);
  await expectToLog(page, "import-map.html");
});

test("a server has received the data of all of these programs", async () => {
  const file = join(project, "server.rrd");
  await server.save(file);
  const printed = await rerun.run("rrd", "print", file);
  for (const use of ["in Node", "with Vite", "with esbuild", "with an import map"]) expect(printed).toContain(use);
});

/** The folders of all direct and indirect dependencies of the packages, except for optional ones. */
async function dependencies(): Promise<string[]> {
  const found = new Map<string, string>();
  const waiting = PACKAGES.map((name) => join(root, "packages", name));
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    for (const name of Object.keys((manifest as { dependencies?: object }).dependencies ?? {})) {
      if (name.startsWith("@rerun-ts/") || found.has(name)) continue;
      found.set(name, installedFolder(folder, name));
      waiting.push(found.get(name) as string);
    }
  }
  return [...found.values()];
}

/** The folder of a package as another one sees it: in its own folder, or in one above. */
function installedFolder(from: string, name: string): string {
  const own = join(from, "node_modules", name);
  return from === root || existsSync(own) ? own : installedFolder(dirname(from), name);
}

async function writePage(name: string, title: string, script: string): Promise<void> {
  const head = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>${title}</title>`;
  await writeFile(join(project, name), `${head}<button>Log</button><output></output>${script}`);
}

async function expectToLog(page: Page, path: string): Promise<void> {
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
  await page.goto(`${pages.url}${path}?url=${encodeURIComponent(server.url)}`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button").click()]);
  const file = join(project, "page.rrd");
  await download.saveAs(file);
  await expect(page.locator("output")).not.toBeEmpty();
  const result = JSON.parse((await page.locator("output").textContent()) ?? "") as { kept: number };
  expect(result).toMatchObject(SENT);
  expect(errors).toEqual([]);
  await expectSame(file);
  // The recording in OPFS has the same data.
  expect(Math.abs(result.kept - (await stat(file)).size)).toBeLessThan(1000);
}

async function expectSame(file: string): Promise<void> {
  expect(await rerun.run("rrd", "verify", file)).toContain("1 file verified without error");
  await rerun.run("rrd", "compare", "--unordered", file, join(project, "expected.rrd"));
}

/** Logs the same data in this process, with the packages of the workspace. */
async function saveHere(file: string): Promise<void> {
  const rec: node.RecordingStream = newRecording(node);
  await rec.save(file);
  await record(node, rec);
  await rec.close();
}

/** Serves the files of a folder unchanged. */
async function serveAsItIs(folder: string): Promise<typeof pages> {
  const served = await vite.preview({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { outDir: "." },
    preview: { host: "127.0.0.1", port: 0 },
  });
  return { url: served.resolvedUrls?.local[0] ?? "", close: () => served.close() };
}
