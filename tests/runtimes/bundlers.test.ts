import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { root } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { run } from "@rerun-ts/test-support/node/run";
import { runNpm } from "@rerun-ts/test-support/node/run-bin";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { chromiumLaunchOptions } from "@rerun-ts/test-support/setup/chromium";
import { chromium, type Browser } from "playwright-core";
import { preview } from "vite";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, type TestContext } from "vitest";
import { startDevServer } from "./harness/dev-server.ts";
import { isComplete } from "./harness/is-complete.ts";
import { ALL_WORKS, logInPage } from "./harness/log-in-page.ts";
import { needRuntime } from "./harness/runtime.ts";

/** The versions of docs/toolchains.md. */
const PACKAGES = [
  "rollup@4.68.8",
  "@rollup/plugin-node-resolve@16.0.3",
  "@rollup/plugin-commonjs@29.0.3",
  "@rsbuild/core@2.3.2",
  "parcel@2.16.4",
  "webpack@5.112.2",
  "webpack-cli@7.3.1",
  "webpack-dev-server@6.1.0",
];
const KEY = createHash("sha256").update(PACKAGES.join()).digest("hex").slice(0, 12);
const FOLDER = join(root, ".cache/runtimes", `bundlers-${KEY}`);

/** A bundler, and a page of its output. */
interface Bundler {
  /** The files that a project has for it. */
  readonly files?: Readonly<Record<string, string>>;
  /** The program that builds the page and its arguments, in the project. Without it `npm test` builds the page. */
  readonly command?: readonly string[];
  /** The program of the development server and its arguments. Port and host follow, or the port alone. */
  readonly serve?: readonly string[];
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
    serve: [bin("rsbuild"), "dev", "--host=127.0.0.1", "--port=PORT"],
  },
  Parcel: {
    files: {
      "package.json":
        '{ "private": true, "type": "module", "@parcel/resolver-default": { "packageExports": true }, "alias": { "@rerun-io/web-viewer": false } }',
    },
    command: [bin("parcel"), "build", "template.html", "--dist-dir", "dist", "--no-cache", "--no-source-maps"],
    serve: [bin("parcel"), "serve", "template.html", "--no-cache", "--host=127.0.0.1", "--port=PORT"],
    hasWorkerFile: true,
  },
  webpack: {
    files: {
      "webpack.config.mjs": `export default {
        mode: "development",
        entry: "./page.js",
        ignoreWarnings: [/@rerun-io\\/web-viewer/],
        devServer: { static: "." },
      };`,
      "index.html": `${PAGE}<script type="module" src="./main.js"></script>`,
    },
    // It needs Node 22.15.
    serve: ["node", bin("webpack"), "serve", "--host=127.0.0.1", "--port=PORT"],
  },
  Bun: {
    command: ["bun", "build", "page.js", "rerun-worker.js", "--outdir=dist", "--target=browser"],
    serve: ["bun", "serve.js", "PORT"],
    files: {
      "serve.js": `
        import page from "./template.html";
        await Bun.build({ entrypoints: ["rerun-worker.js"], outdir: "dist", target: "browser" });
        const [port] = process.argv.slice(2);
        const routes = { "/": page, "/rerun-worker.js": Bun.file("dist/rerun-worker.js") };
        for (const name of ["opfs-worker", "encoder-worker"])
          routes[\`/\${name}.js\`] = Bun.file(\`node_modules/@rerun-ts/web/dist/\${name}.js\`);
        Bun.serve({ hostname: "127.0.0.1", port, development: true, routes });`,
    },
    script: "page.js",
    namesWorkers: true,
  },
};

/** Installs the bundlers. Returns the reason if that is impossible. */
async function install(): Promise<string | undefined> {
  if (existsSync(bin("webpack-dev-server"))) return undefined;
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
  let relay: Awaited<ReturnType<typeof rr.serve.serveGrpcRelay>>;
  let missing: string | undefined;

  beforeAll(async () => {
    missing = await install();
    browser = await chromium.launch(chromiumLaunchOptions());
    relay = await rr.serve.serveGrpcRelay({ port: 0 });
  });
  afterAll(async () => {
    await browser.close();
    await relay.close();
    await folder.remove();
  });

  it.for(Object.entries(BUNDLERS).filter(([, { command }]) => command !== undefined))(
    "work with %s",
    { timeout: 300_000 },
    async ([name, bundler], context) => {
      const { command = [], script, namesWorkers = false } = bundler;
      const project = await projectOf(name, bundler, context);
      const [program = "", ...args] = command;
      const { code, output } = await run(programOf(program, context), args, { cwd: project, capture: true });
      expect(code, output).toBe(0);

      const dist = join(project, "dist");
      if (script !== undefined) await writeFile(join(dist, "template.html"), pageFor(bundler) + MODULE);
      if (namesWorkers)
        for (const worker of ["opfs-worker", "encoder-worker"])
          await cp(join(project, `node_modules/@rerun-ts/web/dist/${worker}.js`), join(dist, `${worker}.js`));
      const index = existsSync(join(dist, "template.html")) ? "template.html" : "index.html";
      expect(await readFile(join(dist, index), "utf8")).toContain("<script");
      const served = await preview({
        root: dist,
        configFile: false,
        logLevel: "error",
        build: { outDir: "." },
        preview: { host: "127.0.0.1", port: 0 },
      });
      onTestFinished(() => served.close());
      const address = `${served.resolvedUrls?.local[0]}${index}`;
      expect(await logInPage(browser, address, relay.url)).toMatchObject(ALL_WORKS);
    },
  );

  it.for(Object.entries(BUNDLERS).filter(([, { serve }]) => serve !== undefined))(
    "work with the development server of %s",
    { timeout: 300_000 },
    async ([name, bundler], context) => {
      const project = await projectOf(name, bundler, context);
      const port = String(await freePort());
      const [program = "", ...args] = (bundler.serve ?? []).map((arg) => arg.replace("PORT", port));
      const url = `http://127.0.0.1:${port}/`;
      await startDevServer({ command: programOf(program, context), args, cwd: project, url });
      expect(await logInPage(browser, url, relay.url)).toMatchObject(ALL_WORKS);
    },
  );

  /** Writes the project of a bundler. */
  async function projectOf(name: string, bundler: Bundler, { skip, task }: Context): Promise<string> {
    skip(missing !== undefined, missing);
    const project = join(folder.path, `${name} ${task.id}`);
    await cp(join(root, "tests/e2e/packed"), project, { recursive: true });
    await symlink(join(inject("project"), "node_modules"), join(project, "node_modules"));
    // A template of Rsbuild gets its script from it.
    await writeFile(join(project, "template.html"), pageFor(bundler) + (name === "Rsbuild" ? "" : MODULE));
    await writeFile(join(project, "rerun-worker.js"), 'import "@rerun-ts/web/worker";\n');
    if (bundler.hasWorkerFile === true) {
      const source = await readFile(join(project, "page.js"), "utf8");
      await writeFile(join(project, "page.js"), source.replace("@rerun-ts/web/worker", "./rerun-worker.js"));
    }
    for (const [path, text] of Object.entries(bundler.files ?? {})) await writeFile(join(project, path), text);
    return project;
  }
});

type Context = Pick<TestContext, "skip" | "task">;

function programOf(program: string, context: Context): string {
  if (program === "bun") return needRuntime("Bun", [], context).program;
  return program === "node" ? needRuntime("Node 24", [], context).program : program;
}

function pageFor({ namesWorkers = false }: Bundler): string {
  return PAGE.replace("DATA", namesWorkers ? WORKERS : "");
}

const MODULE = '<script type="module" src="./page.js"></script>';
const WORKERS =
  'data-storage-worker="./opfs-worker.js" data-host-worker="./rerun-worker.js" data-encoder-worker="./encoder-worker.js"';
