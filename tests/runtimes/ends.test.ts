import { join } from "node:path";
import { serve } from "@rerun-ts/node";
import { receivedRrd } from "@rerun-ts/test-support/common/received-messages";
import { describe, expect, onTestFinished } from "vitest";
import { missingRows, rowNumbers } from "../processes/harness/logged-rows.ts";
import { it } from "../processes/harness/test.ts";
import { isComplete } from "./harness/is-complete.ts";
import { RecordingsReader } from "./harness/reader.ts";
import { linesOf, needRuntime, SERVER_RUNTIMES, startIn } from "./harness/runtime.ts";

const ROWS = isComplete ? 20_000 : 5000;
/** `tests/processes` tests the end of Node programs with Node 20. */
const RUNTIMES = isComplete ? SERVER_RUNTIMES : (["Bun", "Deno"] as const);
/** The ways in which a program ends, with its exit code and its output on standard error. */
const WAYS: readonly (readonly [way: string, code: number, says: RegExp])[] = [
  ["ends without closing", 0, /^$/],
  ["throws an uncaught exception", 1, /not caught/],
  ["does not handle a rejection", 1, /not caught/],
  ["calls process.exit", 0, /^$/],
  ["is interrupted", 130, /^$/],
];

describe.for(RUNTIMES)("in %s nothing is lost of a program that", (name) => {
  const all = name === "Deno" ? [...WAYS, ["calls Deno.exit", 0, /^$/] as const] : WAYS;
  it.for(all)("%s", async ([way, code, says], { rerun, folder, skip, task }) => {
    const runtime = needRuntime(name, [`nothing is lost: the program ${way}`], { skip, task });
    const relay = await serve.serveGrpcRelay({ port: 0 });
    onTestFinished(() => relay.close());
    const file = join(folder, "ends.rrd");
    const program = startIn(runtime, "ends", [way, file, relay.url, "ends", String(ROWS)]);
    if (way === "is interrupted") {
      await linesOf(program).next();
      program.process.kill("SIGINT");
    }
    expect(await program.ended).toMatchObject({ code, signal: null, stderr: expect.stringMatching(says) });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/rows": ROWS });
    const reader = new RecordingsReader(relay.url);
    onTestFinished(() => reader.stop());
    await expect
      .poll(() => missingRows(ROWS, rowNumbers(receivedRrd(reader.of("ends")))), { timeout: 10_000 })
      .toEqual([]);
  });
});
