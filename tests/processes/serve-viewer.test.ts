import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { once } from "node:events";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { describe, expect } from "vitest";
import { missingRows, rowNumbers } from "./harness/logged-rows.ts";
import { RelayProgram } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

/** Writes the files of the npm package with the viewer. */
async function fakePackage(folder: string, version: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "@rerun-io/web-viewer", version }));
  for (const name of ["index.js", "re_viewer.js", "re_viewer_bg.wasm"]) await writeFile(join(folder, name), name);
  return folder;
}

/** A machine without the viewer, and without a way to download it. */
async function bareMachine(folder: string): Promise<Record<string, string>> {
  const empty = join(folder, "empty");
  await mkdir(empty, { recursive: true });
  return { PATH: empty, PYTHON: join(empty, "python"), RERUN_CLI_PATH: "", XDG_CACHE_HOME: join(folder, "cache") };
}

async function logRow(url: string): Promise<void> {
  const rec = new rr.RecordingStream("serve_viewer");
  await rec.connectGrpc(url);
  rec.log("rows", new rr.Scalars(0), { time: { row: 0 } });
  expect(await rec.close()).toMatchObject({ complete: true });
}

describe("rerun-ts serve --save", () => {
  it("makes no file if the web viewer cannot be had, and says what it takes", async ({ folder }) => {
    const saved = join(folder, "all.rrd");
    const args = ["serve", "--port", "0", "--web-viewer", "--assets", "pypi", "--no-open", "--save", saved];
    const { code, stderr } = await runWarmCli(args, { env: await bareMachine(folder), cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain("install the program `rerun`, which contains one (`pip install rerun-sdk==");
    expect(stderr).toContain("Python 3");
    expect(existsSync(saved)).toBe(false);
  });

  it("creates the file with the first message, and says so if there was none", async ({ folder, rerun }) => {
    const saved = join(folder, "all.rrd");
    const idle = await RelayProgram.startWarm(["serve", "--port", "0", "--save", saved]);
    expect(existsSync(saved)).toBe(false);
    const { code, stdout } = await idle.interrupt();
    expect({ code, stdout: stdout.toString() }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Nothing was received, so ${saved} was not written`),
    });
    expect(await readdir(folder)).toEqual([]);

    const relay = await RelayProgram.startWarm(["serve", "--port", "0", "--save", saved]);
    await logRow(relay.url);
    expect(missingRows(1, rowNumbers(await readFile(saved)))).toEqual([]);
    expect(await relay.interrupt()).toMatchObject({ code: 0, stderr: "" });
    await rerun.verify(saved);
  });

  it("leaves a file that another program has made before the first message, and rejects the data", async ({
    folder,
  }) => {
    const saved = join(folder, "taken.rrd");
    const relay = await RelayProgram.startWarm(["serve", "--port", "0", "--save", saved]);
    await writeFile(saved, "of another program");
    const rec = new rr.RecordingStream("refused", { onError() {}, onWarning() {} });
    await rec.connectGrpc(relay.url);
    rec.log("rows", new rr.Scalars(0));
    await rec.flush({ ack: true, timeoutMs: 3000 }).catch(() => {});
    await rec.close({ timeoutMs: 500 }).catch(() => {});
    const { code, stderr } = await relay.interrupt();
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("another program has changed it") });
    expect(await readFile(saved, "utf8")).toBe("of another program");
  });
});

describe("rerun-ts serve --web-viewer", () => {
  it("allows the pages that it serves, and shows them the relay by the name that they have used", async ({
    folder,
  }) => {
    const assets = join(folder, "viewer");
    await mkdir(assets);
    await writeFile(join(assets, "index.html"), "the viewer");
    const args = ["--bind", "0.0.0.0", "--port", "0", "--web-viewer-port", "0", "--no-open", "--assets", assets];
    const relay = await RelayProgram.startWarm(["serve", ...args], /^The web viewer is at /);
    const viewer = new URL(relay.url);
    const served = relay.lines.find((line) => line.startsWith("Serving at ")) ?? "";
    const port = /:(\d+)\//.exec(served)?.[1] ?? "";
    // Any address of this machine but the default ones.
    const own = "127.0.0.7";
    const page = await fetch(`http://${own}:${viewer.port}/?theme=dark`, { redirect: "manual" });
    const shown = new URL(page.headers.get("location") ?? "", "http://x");
    expect(Object.fromEntries(shown.searchParams)).toEqual({ theme: "dark", url: `rerun+http://${own}:${port}/proxy` });
    const status = async (origin: string): Promise<number> =>
      (await fetch(`http://${own}:${port}/stats`, { headers: { origin } })).status;
    expect(await status(`http://${own}:${viewer.port}`)).toBe(200);
    expect(await status(`http://${own}:1`)).toBe(403);
    expect(await status(`http://evil.example:${viewer.port}`)).toBe(403);
    const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all);
    for (const { address, family, internal } of addresses) {
      if (family !== "IPv4" || internal) continue;
      expect(relay.lines).toContain(`From other machines: rerun+http://${address}:${port}/proxy`);
      expect(relay.lines).toContain(`From other machines: http://${address}:${viewer.port}`);
    }
  });
});

describe("rerun-ts view", () => {
  it("takes a free port if the default one is in use", async ({ folder }) => {
    const other = createServer();
    other.listen(9090, "127.0.0.1");
    // Another program may have the port already.
    await Promise.race([once(other, "listening"), once(other, "error")]).catch(() => {});
    await writeFile(join(folder, "index.html"), "the viewer");
    const args = ["view", "--no-open", "--assets", folder, "rerun+http://localhost:9876/proxy"];
    const program = await RelayProgram.startWarm(args, /^The web viewer is at /);
    expect(program.port).not.toBe((other.address() as AddressInfo | null)?.port ?? 9090);
    expect(await (await fetch(program.url)).text()).toBe("the viewer");
    other.close();
    expect(await program.interrupt()).toMatchObject({ code: 0, stderr: expect.stringContaining("9090 is in use") });
  });
});

describe("rerun-ts viewer-files", () => {
  it("writes the viewer as a package, and replaces only a viewer", async ({ folder }) => {
    const assets = await fakePackage(join(folder, "installed"), rr.RERUN_VERSION);
    const env = { XDG_CACHE_HOME: join(folder, "cache") };
    const target = join(folder, "site/viewer");
    for (const _ of [1, 2])
      expect(await runWarmCli(["viewer-files", "--assets", assets, target], { env })).toMatchObject({
        code: 0,
        stdout: expect.anything(),
        stderr: "",
      });
    expect((await readdir(target)).sort()).toEqual(["index.js", "package.json", "re_viewer.js", "re_viewer_bg.wasm"]);
    expect(JSON.parse(await readFile(join(target, "package.json"), "utf8"))).toMatchObject({
      name: "@rerun-io/web-viewer",
      version: rr.RERUN_VERSION,
      exports: { ".": "./index.js" },
    });
    await writeFile(join(folder, "site/index.html"), "a page");
    const refused = await runWarmCli(["viewer-files", "--assets", assets, join(folder, "site")], { env });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("must be new, empty, or written by") });
    expect(await readdir(join(folder, "site"))).toHaveLength(2);
  });

  it("names what is missing", async ({ folder }) => {
    const env = await bareMachine(folder);
    const target = join(folder, "viewer");
    const cases: [string[], number, string][] = [
      [["--assets", "pypi", target], 1, "install the program `rerun`"],
      [["--assets", "rerun", target], 1, "has no module for pages"],
      [["--assets", folder, target], 1, "has no index.js"],
      [[], 2, "requires one folder"],
    ];
    for (const [args, code, message] of cases) {
      const end = await runWarmCli(["viewer-files", ...args], { env, cwd: folder });
      expect({ args, code: end.code, stderr: end.stderr }).toEqual({
        args,
        code,
        stderr: expect.stringContaining(message),
      });
      expect(existsSync(target)).toBe(false);
    }
  });
});
