import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { serve } from "@rerun-ts/node";
import { isCi, root } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { run } from "@rerun-ts/test-support/node/run";
import { chromiumLaunchOptions } from "@rerun-ts/test-support/setup/chromium";
import { chromium, type Browser } from "playwright-core";
import { preview } from "vite";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, type TestContext } from "vitest";
import { startDevServer } from "./harness/dev-server.ts";
import { ENVIRONMENT, FRAMEWORKS, installFrameworks, type Framework } from "./harness/frameworks.ts";
import { isComplete } from "./harness/is-complete.ts";
import { ALL_WORKS, logInPage } from "./harness/log-in-page.ts";
import { needRuntime } from "./harness/runtime.ts";

const TEST_MS = 400_000;
const INSTALL_MS = 900_000;

// `npm test` has no time for them.
describe.runIf(isComplete)("the packed package for pages", () => {
  let browser: Browser;
  let relay: Awaited<ReturnType<typeof serve.serveGrpcRelay>>;
  let installed: Awaited<ReturnType<typeof installFrameworks>>;

  beforeAll(async () => {
    installed = await installFrameworks();
    if ("folder" in installed) await copyPackages(join(installed.folder, "node_modules"));
    browser = await chromium.launch(chromiumLaunchOptions());
    relay = await serve.serveGrpcRelay({ port: 0 });
  }, INSTALL_MS);
  afterAll(async () => {
    await browser.close();
    await relay.close();
  });

  it.for(Object.entries(FRAMEWORKS))("works in pages that %s builds", { timeout: TEST_MS }, async (entry, context) => {
    const { cwd, program, framework, env } = await projectOf(entry, context);
    const { code, output } = await run(program, [bin(cwd, framework.build), ...framework.build.slice(1)], {
      cwd,
      env,
      capture: true,
    });
    expect(code, output).toBe(0);
    const served = await preview({
      root: join(cwd, framework.built),
      configFile: false,
      logLevel: "error",
      build: { outDir: "." },
      preview: { host: "127.0.0.1", port: 0 },
    });
    onTestFinished(() => served.close());
    expect(await logInPage(browser, served.resolvedUrls?.local[0] ?? "", relay.url)).toMatchObject(ALL_WORKS);
  });

  it.for(Object.entries(FRAMEWORKS))(
    "works in pages of the development server of %s",
    { timeout: TEST_MS },
    async (entry, context) => {
      const { cwd, program, framework, env } = await projectOf(entry, context);
      const port = await freePort();
      const url = `http://127.0.0.1:${port}/`;
      const flag = entry[0] === "Next" ? "--hostname" : "--host";
      const args = [...framework.serve.slice(1), "--port", String(port), flag, "127.0.0.1"];
      await startDevServer({ command: program, args: [bin(cwd, framework.serve), ...args], cwd, env, url });
      expect(await logInPage(browser, url, relay.url)).toMatchObject(ALL_WORKS);
    },
  );

  /** Writes the project of a framework beside the installed packages, without what an earlier test has made of it. */
  async function projectOf(
    [name, framework]: readonly [string, Framework],
    { skip, task }: Pick<TestContext, "skip" | "task">,
  ) {
    if ("missing" in installed) {
      if (isCi) throw new Error(installed.missing);
      return skip(installed.missing);
    }
    const { program } = needRuntime("Node 24", [], { skip, task });
    delete task.meta.shows;
    const cwd = join(installed.folder, name.toLowerCase());
    await rm(cwd, { recursive: true, force: true });
    const packed = join(cwd, framework.sources, "packed");
    await cp(join(root, "tests/e2e/packed"), packed, { recursive: true });
    if (framework.hasWorkerFile === true) {
      await writeFile(join(packed, "rerun-worker.js"), 'import "@rerun-ts/web/worker";\n');
      const source = await readFile(join(packed, "page.js"), "utf8");
      await writeFile(join(packed, "page.js"), source.replace("@rerun-ts/web/worker", "./rerun-worker.js"));
    }
    const files = { "package.json": '{ "private": true, "type": "module" }', ...framework.files };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(cwd, path)), { recursive: true });
      await writeFile(join(cwd, path), text);
    }
    await mkdir(join(cwd, "node_modules"));
    await symlink(join(installed.folder, "node_modules/@rerun-ts"), join(cwd, "node_modules/@rerun-ts"));
    const env = { ...ENVIRONMENT, PATH: `${dirname(program)}${delimiter}${process.env["PATH"] ?? ""}` };
    return { cwd, program, framework, env };
  }
});

const bin = (cwd: string, [name = ""]: readonly string[]): string => join(cwd, "../node_modules/.bin", name);

/** Copies the packed packages beside the frameworks, and what they need and the frameworks do not have. */
async function copyPackages(modules: string): Promise<void> {
  const packed = join(inject("project"), "node_modules");
  for (const name of await readdir(packed)) {
    if (name.startsWith(".")) continue;
    const isOurs = name === "rerun-ts" || name === "@rerun-ts";
    if (isOurs) await rm(join(modules, name), { recursive: true, force: true });
    const parts = name.startsWith("@") && !isOurs ? await readdir(join(packed, name)) : ["."];
    for (const part of parts) {
      const target = join(modules, name, part);
      if (!existsSync(target)) await cp(join(packed, name, part), target, { recursive: true, dereference: true });
    }
  }
}
