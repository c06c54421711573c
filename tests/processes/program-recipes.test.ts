import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdir, rm } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import * as rr from "@rerun-ts/node";
import { describe, expect, onTestFinished } from "vitest";
import { programOf, writeInRepository, writeProgram } from "@rerun-ts/test-support/examples/recipe";
import { root } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { RelayProgram } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";

const CONFIG = `export default { test: { include: ["*.test.ts"] } };`;
/** Tests that use the recipe: one passes, one fails. */
const TESTS = `
recorded("the arm moves", (rec) => rec.log("joints", new rr.Scalars(1)));
recorded("the arm fails", (rec) => {
  for (const joint of [0, 1, 2]) rec.log("joints", new rr.Scalars(joint));
  throw new Error("too far");
});`;

describe("the recipes of docs/recipes.md", () => {
  it.for(["express", "fastify"])(
    "a server with %s answers what is under way at SIGTERM, and records it",
    async (title, { folder, rerun }) => {
      const path = await writeProgram(title, await programOf("recipes.md", title));
      const server = spawn(process.execPath, [path], {
        cwd: folder,
        env: { ...process.env, PORT: String(await freePort()) },
        stdio: ["ignore", "pipe", "inherit"],
      });
      onTestFinished(() => void server.kill("SIGKILL"));
      const ended = once(server, "exit");
      const [line] = (await once(createInterface(server.stdout), "line")) as [string];
      // A connection that stays open for further requests would delay the end.
      const [response] = (await once(get(line, { agent: false }), "response")) as [IncomingMessage];
      const parts = response.setEncoding("utf8")[Symbol.asyncIterator]();
      expect(await parts.next()).toMatchObject({ value: "counting … " });
      server.kill("SIGTERM");
      expect(await parts.next()).toMatchObject({ value: "done" });
      expect(await ended).toEqual([143, null]);
      const file = join(folder, "requests.rrd");
      await rerun.verify(file);
      expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/requests/log": 1, "/requests/ms": 1 });
    },
  );

  it.for(["systemd", "Docker"])(
    "the command for %s starts a relay that saves each recording, and ends at SIGTERM",
    async (title, { folder, rerun }) => {
      const command = /\bserve\b.*/.exec(await programOf("recipes.md", title, "ini|dockerfile"))?.[0] ?? "";
      // The words of a command line, or the strings of a list.
      const args = Array.from(command.matchAll(/[^\s"',\]]+/g), ([word]) => word);
      const relay = await RelayProgram.start([...args, "--bind", "127.0.0.1", "--port", "0"], undefined, {
        cwd: folder,
      });
      const rec = new rr.RecordingStream("robot", { recordingId: "one" });
      await rec.connectGrpc(relay.url);
      rec.log("battery", new rr.Scalars(12));
      await rec.close();
      expect(await relay.interrupt("SIGTERM")).toMatchObject({ code: 0, signal: null });
      const file = join(folder, title === "systemd" ? "runs" : "", "robot/one.rrd");
      await rerun.verify(file);
      expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/battery": 1 });
    },
  );

  it("only tests that fail leave a recording", async ({ rerun }) => {
    const recipe = await programOf("recipes.md", "A recording of each failed test");
    const config = await writeInRepository("vitest/vitest.config.mjs", CONFIG);
    const folder = dirname(config);
    await rm(join(folder, "recordings"), { recursive: true, force: true });
    await writeInRepository("vitest/arm.test.ts", `${recipe}\n${TESTS}`);
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const { status, stdout } = spawnSync(process.execPath, [vitest, "run", "--reporter=json"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: 1, numFailedTests: 1 });
    expect(status).toBe(1);
    expect(await readdir(join(folder, "recordings"))).toEqual(["the-arm-fails.rrd"]);
    const file = join(folder, "recordings/the-arm-fails.rrd");
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/joints": 3 });
  });
});
