import { execFile } from "node:child_process";
import { cp, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, test, type Page } from "@playwright/test";
import * as node from "@rerun-ts/node";
import * as esbuild from "esbuild";
import * as vite from "vite";
import webpack from "webpack";
import { installPacked } from "@rerun-ts/test-support/packages/packed-project";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { isSoak, root } from "@rerun-ts/test-support/node/environment";
import { newRecording, record } from "./packed/record.js";
import { requireRealRerun, type Rerun } from "./rerun.ts";

const runFile = promisify(execFile);
const SENT = { complete: true, droppedRows: 0 };
const NOT_MINIFIED = { optimization: { minimize: false } };
/** What a page of these tests is built with, or finds its modules by. */
const PAGE_TOOLS = ["Vite", "Vite's server", "webpack", "esbuild", "zone.js", "an import map"];

let project: string;
let pages: { url: string; close: () => Promise<void> };
let rerun: Rerun;
let server: RealServer;

test.describe.configure({ mode: "serial" });

test.beforeAll("the packed packages are installed into an empty project", async () => {
  test.setTimeout(180_000);
  rerun = await requireRealRerun();
  project = makeTemporaryFolder().path;
  await installPacked(project, ["pino", "zone.js"]);
  await cp(join(root, "tests/e2e/packed"), project, { recursive: true });

  await saveHere(join(project, "expected.rrd"));
  server = await RealServer.start(rerun.path);
  pages = await serveAsItIs(project);
});

test.afterAll(async () => {
  await pages?.close();
  await server?.stop();
  if (project !== undefined) await removeTemporaryFolder(project);
});

test("the packed packages work in Node", async () => {
  const { stdout } = await runFile(process.execPath, ["node.js", "node.rrd", server.url], { cwd: project });
  expect(JSON.parse(stdout)).toMatchObject(SENT);
  await expectSame(join(project, "node.rrd"));
});

test("pino loads the transport of the packed packages by its name", async () => {
  await runFile(process.execPath, ["pino.js", "pino.rrd"], { cwd: project });
  const printed = await rerun.run("rrd", "print", "-vvv", join(project, "pino.rrd"));
  expect(printed).toContain("/logs/app");
  expect(printed).toContain("slow query ms=1200");
});

test("the packed integrations share the recordings of the packages for Node and for pages", async () => {
  const { stdout } = await runFile(process.execPath, ["integrations.js"], { cwd: project });
  expect(JSON.parse(stdout)).toEqual({ lines: 1, scene: 2, spans: 2, messages: 4, isRendered: true });
});

test("the packed integrations work in a bundle that leaves out `@rerun-ts/node`, and so has a second copy of the others", async () => {
  await esbuild.build({
    absWorkingDir: project,
    entryPoints: ["./integrations.js"],
    outfile: join(project, "bundled-integrations.js"),
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["@rerun-ts/node", "react"],
    logLevel: "error",
  });
  const { stdout, stderr } = await runFile(process.execPath, ["bundled-integrations.js"], { cwd: project });
  expect(JSON.parse(stdout)).toEqual({ lines: 1, scene: 2, spans: 2, messages: 4, isRendered: true });
  expect(stderr).toBe("");
});

test("without rrweb, the packed player of pages works, and the recorder names what is missing", async () => {
  const missing = runFile(process.execPath, ["--input-type=module", "-e", 'await import("@rerun-ts/replay")'], {
    cwd: project,
  });
  await expect(missing).rejects.toThrow("Cannot find package 'rrweb' imported from ");
  const build = (entry: string): Promise<esbuild.BuildResult> =>
    esbuild.build({
      absWorkingDir: project,
      stdin: { contents: `export * from "${entry}"`, resolveDir: project },
      write: false,
      bundle: true,
      format: "esm",
      logLevel: "silent",
    });
  await expect(build("@rerun-ts/replay")).rejects.toThrow('Could not resolve "rrweb"');
  for (const entry of ["@rerun-ts/replay/element", "@rerun-ts/replay/html"])
    expect((await build(entry)).errors).toEqual([]);
});

test("the package `rerun-ts` runs the command", async () => {
  const command = join(project, "node_modules/rerun-ts/dist/bundle/main.js");
  const { stdout } = await runFile(process.execPath, [command, "serve", "--help"], { cwd: project });
  expect(stdout).toContain("rerun-ts serve");
});

test("the packed packages work with Vite", async ({ page }) => {
  await writePage("index.html", "with Vite", '<script type="module" src="./page.js"></script>');
  await vite.build({ root: project, base: "./", configFile: false, logLevel: "warn", build: { outDir: "vite" } });
  await expectToLog(page, "vite/index.html");
});

test("the packed packages work in Vite's development server, with the setting of the documentation", async ({
  page,
}) => {
  const documented = await readFile(join(root, "docs/browser.md"), "utf8");
  const [, exclude = ""] = /`optimizeDeps: \{ exclude: (\[.*?\]) \}`/.exec(documented) ?? [];
  const served = await vite.createServer({
    root: project,
    configFile: false,
    logLevel: "error",
    optimizeDeps: { exclude: JSON.parse(exclude) as string[] },
    server: { host: "127.0.0.1", port: 0, watch: null },
  });
  try {
    await served.listen();
    // Its modules share one copy of core, or work with two.
    const scripts = ["page", "dataframe"].map((name) => `<script type="module" src="./${name}.js"></script>`);
    await writePage("development.html", "with Vite's server", scripts.join(""));
    await expectToLog(page, "development.html", served.resolvedUrls?.local[0]);
    await expect.poll(() => page.evaluate("globalThis.sentRows")).toBe(2);
  } finally {
    await served.close();
  }
});

test("the packed packages work with webpack", async ({ page }) => {
  await bundleWithWebpack({
    // Its minifier takes most of the time. Vite and esbuild minify in any case.
    ...(isSoak ? {} : NOT_MINIFIED),
    entry: "./page.js",
    output: { path: join(project, "webpack"), publicPath: "webpack/" },
    // An optional package that is not installed here.
    ignoreWarnings: [/@rerun-io\/web-viewer/],
  });
  await writePage("webpack.html", "with webpack", '<body><script src="webpack/main.js"></script>');
  await expectToLog(page, "webpack.html");
});

test("the packed packages work in a bundle for Node by webpack, with the settings of the documentation", async () => {
  const documented = await readFile(join(root, "docs/toolchains.md"), "utf8");
  const [, externals = ""] = /^externals: (\{.*\})$/m.exec(documented) ?? [];
  await bundleWithWebpack({
    ...NOT_MINIFIED,
    entry: "./node.js",
    target: "node20",
    externals: JSON.parse(externals) as Record<string, string>,
    output: { path: join(project, "webpack-node"), filename: "main.cjs" },
  });
  await runFile(process.execPath, ["webpack-node/main.cjs", "webpack-node.rrd", server.url], { cwd: project });
  await expectSame(join(project, "webpack-node.rrd"));
});

test("the packed packages work with esbuild", async ({ page }) => {
  await esbuild.build({
    absWorkingDir: project,
    entryPoints: { page: "./page.js", "rerun-worker": "@rerun-ts/web/worker" },
    outdir: join(project, "esbuild"),
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    logLevel: "warning",
  });
  // esbuild does not look for workers: those for storage and for encoding are copied, as they are.
  const dist = join(project, "node_modules/@rerun-ts/web/dist");
  await cp(join(dist, "opfs-worker.js"), join(project, "esbuild/storage-worker.js"));
  await cp(join(dist, "encoder-worker.js"), join(project, "esbuild/encoder-worker.js"));
  await expectToLogFrom(page, "page", "with esbuild");
});

test("the packed packages work where zone.js has replaced promises and timers", async ({ page }) => {
  await writeFile(join(project, "zone-page.js"), 'import "zone.js";\nimport "./page.js";\n');
  await esbuild.build({
    absWorkingDir: project,
    entryPoints: { "zone-page": "./zone-page.js" },
    outdir: join(project, "esbuild"),
    bundle: true,
    splitting: true,
    format: "esm",
    logLevel: "warning",
  });
  await expectToLogFrom(page, "zone-page", "with zone.js");
});

/** Opens a page of the folder `esbuild`, which has the files of all workers. */
async function expectToLogFrom(page: Page, name: string, title: string): Promise<void> {
  const workers = { storage: "storage-worker", host: "rerun-worker", encoder: "encoder-worker" };
  const data = Object.entries(workers).map(([worker, file]) => `data-${worker}-worker="esbuild/${file}.js"`);
  const body = `<body ${data.join(" ")}>`;
  const script = `<script type="module" src="./esbuild/${name}.js"></script>`;
  await writePage(`esbuild-${name}.html`, title, body + script);
  await expectToLog(page, `esbuild-${name}.html`);
}

test("the packed packages work without a bundler, with the import map of the documentation", async ({ page }) => {
  const readme = await readFile(join(project, "node_modules/@rerun-ts/web/README.md"), "utf8");
  const [map] = /<script type="importmap">.*?<\/script>/s.exec(readme) ?? [];
  // Import maps do not apply to workers: the worker that sends is a bundle, and the workers of the package have no
  // imports.
  const body = '<body data-host-worker="esbuild/rerun-worker.js">';
  const script = `${map}\n${body}<script type="module" src="./page.js"></script>`;
  await writePage("import-map.html", "with an import map", script);
  await expectToLog(page, "import-map.html");
  // What `connectViewer` loads.
  const loaded =
    'import("@connectrpc/connect-web").then(({ createGrpcWebTransport }) => typeof createGrpcWebTransport)';
  expect(await page.evaluate(loaded)).toBe("function");
});

test("a server has received the data of all of these programs", async () => {
  const file = join(project, "server.rrd");
  await server.save(file);
  const printed = await rerun.run("rrd", "print", file);
  const indirect = PAGE_TOOLS.flatMap((tool) => [`with ${tool}, from a worker`, `with ${tool}, through a spool`]);
  for (const use of ["in Node", ...indirect, ...PAGE_TOOLS.map((tool) => `with ${tool}"`)])
    expect(printed).toContain(use);
});

/** Bundles a program of the project. It must not lead to warnings. */
async function bundleWithWebpack(configuration: webpack.Configuration): Promise<void> {
  const compiler = webpack({ mode: "production", context: project, performance: false, ...configuration });
  const stats = await promisify(compiler.run.bind(compiler))();
  await promisify(compiler.close.bind(compiler))();
  expect(stats?.toJson({ all: false, errors: true, warnings: true })).toMatchObject({ errors: [], warnings: [] });
}

async function writePage(name: string, title: string, script: string): Promise<void> {
  const head = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>${title}</title>`;
  await writeFile(join(project, name), `${head}<button>Log</button><output></output>${script}`);
}

async function expectToLog(page: Page, path: string, base = pages.url): Promise<void> {
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
  await page.goto(`${base}${path}?url=${encodeURIComponent(server.url)}`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button").click()]);
  const file = join(project, "page.rrd");
  await download.saveAs(file);
  await expect(page.locator("output")).not.toBeEmpty();
  const result = JSON.parse((await page.locator("output").textContent()) ?? "") as { kept: number };
  const all = { ...SENT, warnings: [] };
  // A worker that does not start is a warning.
  expect(result).toMatchObject({ sent: all, hosted: all, spooled: all, encoded: { logged: true, warnings: [] } });
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
