import { existsSync } from "node:fs";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serveGrpcRelay } from "@rerun-ts/node";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { runNpm } from "@rerun-ts/test-support/node/run-bin";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { chromiumLaunchOptions } from "@rerun-ts/test-support/setup/chromium";
import { chromium, type Browser } from "playwright-core";
import { preview } from "vite";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { isComplete } from "./harness/is-complete.ts";
import { needRuntime } from "./harness/runtime.ts";

/** The versions of docs/toolchains.md. */
const PACKAGES = [
  "rollup@4.68.8",
  "@rollup/plugin-node-resolve@16.0.3",
  "@rollup/plugin-commonjs@29.0.3",
  "@rsbuild/core@2.3.2",
  "parcel@2.16.4",
];
const FOLDER = join(root, ".cache/runtimes/bundlers");
const ALL_SENT = { complete: true, droppedRows: 0, warnings: [] };

/** A bundler, and a page of its output. */
interface Bundler {
  /** The files that a project has for it. */
  readonly files?: Readonly<Record<string, string>>;
  /** The program and its arguments, in the project. */
  readonly command: readonly string[];
  /** The script of the page, if the bundler writes no page. */
  readonly script?: string;
  /** Whether the page names the files of the workers. The project has copies of them. */
  readonly namesWorkers?: boolean;
  /** Whether it does not find `@rerun-ts/web/worker` in a URL, so that the project has a file that imports it. */
  readonly hasWorkerFile?: boolean;
}

const bin = (name: string): string => join(FOLDER, "node_modules/.bin", name);
const plugin = (name: string): string => JSON.stringify(join(FOLDER, "node_modules/@rollup", name, "dist/es/index.js"));
const PAGE = '<!doctype html><meta charset="utf-8"><title>page</title><body DATA><button>Log</button><output></output>';

const BUNDLERS: Readonly<Record<string, Bundler>> = {
  Rollup: {
    files: {
      "rollup.config.mjs": `
        import nodeResolve from ${plugin("plugin-node-resolve")};
        import commonjs from ${plugin("plugin-commonjs")};
        export default {
          input: { page: "page.js", "rerun-worker": "node_modules/@rerun-ts/web/dist/worker.js" },
          output: { dir: "dist" },
          plugins: [nodeResolve({ browser: true }), commonjs()],
        };`,
    },
    command: [bin("rollup"), "-c", "--silent"],
    script: "page.js",
    namesWorkers: true,
  },
  Rsbuild: {
    files: {
      "rsbuild.config.mjs": `export default {
        source: { entry: { index: "./page.js" } },
        html: { template: "./template.html" },
      };`,
    },
    command: [bin("rsbuild"), "build"],
  },
  Parcel: {
    files: {
      "package.json":
        '{ "private": true, "type": "module", "@parcel/resolver-default": { "packageExports": true }, "alias": { "@rerun-io/web-viewer": false } }',
    },
    command: [bin("parcel"), "build", "template.html", "--dist-dir", "dist", "--no-cache", "--no-source-maps"],
    hasWorkerFile: true,
  },
  Bun: {
    command: ["bun", "build", "page.js", "rerun-worker.js", "--outdir=dist", "--target=browser"],
    script: "page.js",
    namesWorkers: true,
  },
};

/** Installs the bundlers. Returns the reason if that is impossible. */
async function install(): Promise<string | undefined> {
  if (existsSync(bin("parcel"))) return undefined;
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, "package.json"), '{ "private": true }\n');
  const options = ["--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  const { code, output } = await runNpm(["install", ...options, ...PACKAGES], { cwd: FOLDER, capture: true });
  return code === 0 ? undefined : `the bundlers cannot be installed: ${output.trim().split("\n")[0]}`;
}

// `npm test` has no time for them.
describe.runIf(isComplete)("pages of the packed packages", () => {
  const folder = makeTemporaryFolder();
  let browser: Browser;
  let relay: Awaited<ReturnType<typeof serveGrpcRelay>>;
  let missing: string | undefined;

  beforeAll(async () => {
    missing = await install();
    browser = await chromium.launch(chromiumLaunchOptions());
    relay = await serveGrpcRelay({ port: 0 });
  });
  afterAll(async () => {
    await browser.close();
    await relay.close();
    await folder.remove();
  });

  it.for(Object.entries(BUNDLERS))("work with %s", { timeout: 300_000 }, async ([name, bundler], { skip, task }) => {
    skip(missing !== undefined, missing);
    const { files = {}, command, script, namesWorkers = false, hasWorkerFile = false } = bundler;
    const project = join(folder.path, name);
    await cp(join(root, "tests/e2e/packed"), project, { recursive: true });
    await symlink(join(inject("project"), "node_modules"), join(project, "node_modules"));
    const page = PAGE.replace("DATA", namesWorkers ? WORKERS : "");
    const module = '<script type="module" src="./page.js"></script>';
    // A template of Rsbuild gets its script from it.
    await writeFile(join(project, "template.html"), name === "Rsbuild" ? page : page + module);
    await writeFile(join(project, "rerun-worker.js"), 'import "@rerun-ts/web/worker";\n');
    if (hasWorkerFile) {
      const source = await readFile(join(project, "page.js"), "utf8");
      await writeFile(join(project, "page.js"), source.replace("@rerun-ts/web/worker", "./rerun-worker.js"));
    }
    for (const [path, text] of Object.entries(files)) await writeFile(join(project, path), text);
    const [program = "", ...args] = command;
    const file = program === "bun" ? needRuntime("Bun", [], { skip, task }).program : program;
    const { code, output } = await run(file, args, { cwd: project, capture: true });
    expect(code, output).toBe(0);

    const dist = join(project, "dist");
    if (script !== undefined) await writeFile(join(dist, "template.html"), page + module);
    if (namesWorkers)
      for (const worker of ["opfs-worker", "encoder-worker"])
        await cp(join(project, `node_modules/@rerun-ts/web/dist/${worker}.js`), join(dist, `${worker}.js`));
    const index = existsSync(join(dist, "template.html")) ? "template.html" : "index.html";
    expect(await readFile(join(dist, index), "utf8")).toContain("<script");
    expect(await logIn(dist, index)).toMatchObject({
      sent: ALL_SENT,
      hosted: ALL_SENT,
      spooled: ALL_SENT,
      encoded: { logged: true, warnings: [] },
    });
  });

  /** Opens a page, lets it log in all ways, and returns its report. */
  async function logIn(dist: string, index: string): Promise<unknown> {
    const served = await preview({
      root: dist,
      configFile: false,
      logLevel: "error",
      build: { outDir: "." },
      preview: { host: "127.0.0.1", port: 0 },
    });
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    try {
      await page.goto(`${served.resolvedUrls?.local[0]}${index}?url=${encodeURIComponent(relay.url)}`);
      await page.getByRole("button").click();
      const output = page.locator("output:not(:empty)");
      await output.waitFor({ timeout: 60_000 }).catch((error: unknown) => {
        throw new Error(`the page has no result: ${errors.join("; ")}`, { cause: error });
      });
      expect(errors).toEqual([]);
      return JSON.parse((await output.textContent()) ?? "");
    } finally {
      await page.close();
      await served.close();
    }
  }
});

const WORKERS =
  'data-storage-worker="./opfs-worker.js" data-host-worker="./rerun-worker.js" data-encoder-worker="./encoder-worker.js"';
