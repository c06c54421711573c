import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { serve } from "@rerun-ts/node";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { run } from "@rerun-ts/test-support/node/run";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { needRuntime } from "./harness/runtime.ts";

/** The flags of docs/runtimes.md. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  memory: [],
  save: ["--allow-write"],
  saveParts: ["--allow-write", "--allow-read", "--allow-sys=hostname"],
  connectGrpc: ["--allow-net"],
  connectWebSocket: ["--allow-net"],
  spool: ["--allow-net", "--allow-write", "--allow-read", "--allow-sys=hostname"],
  serveGrpc: ["--allow-net", "--allow-env"],
};

describe("Deno with the permissions of the documentation", () => {
  const folder = makeTemporaryFolder();
  let relay: Awaited<ReturnType<typeof serve.serveGrpcRelay>>;
  beforeAll(async () => {
    relay = await serve.serveGrpcRelay({ port: 0 });
  });
  afterAll(async () => {
    await relay.close();
    await folder.remove();
  });

  it.for(Object.entries(FLAGS))("stores all rows: %s", async ([way, flags], { skip, task }) => {
    const { program, env } = needRuntime("Deno", [], { skip, task });
    mkdirSync(folder.path, { recursive: true });
    const target = way.startsWith("save") ? join(folder.path, way === "save" ? "a.rrd" : way) : relay.url;
    const args = ["run", "--quiet", "--no-prompt", ...flags, join(inject("project"), "way.js"), way, target];
    const { code, output } = await run(program, args, { cwd: folder.path, capture: true, env });
    expect(code, output).toBe(0);
    expect(output).toContain(JSON.stringify({ way, complete: true, droppedRows: 0 }));
  });
});
