import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { describe, expect, onTestFinished } from "vitest";
import { startProgram, type Program } from "./harness/program.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const ALL_ROWS = { "/__properties": 1, "/rows": ROWS };

async function startSignals(way: string, file: string): Promise<Program> {
  const program = startProgram("signals", [way, file]);
  while ((await program.report()) !== "ready");
  return program;
}

function killGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-(pid as number), "SIGKILL");
  } catch {
    // It has ended, with all that it has started.
  }
}

describe("installShutdownSignals", () => {
  it.for([
    ["alone", "SIGTERM", 143],
    ["alone", "SIGINT", 130],
    ["alone", "SIGHUP", 129],
    ["with handlers installed twice", "SIGTERM", 143],
  ] as const)("completes the file and ends the process: %s, %s", async ([way, signal, code], { folder, rerun }) => {
    const file = join(folder, "signals.rrd");
    const program = await startSignals(way, file);
    program.process.kill(signal);
    expect(await program.ended).toMatchObject({ code, signal: null, stderr: "" });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });

  it("keeps what is logged while `before` finishes the program's own work", async ({ folder, rerun }) => {
    const file = join(folder, "signals.rrd");
    const program = await startSignals("with work to do before, and other handlers", file);
    program.process.kill("SIGTERM");
    expect(await program.ended).toMatchObject({ code: 143, signal: null, stderr: "" });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual({ ...ALL_ROWS, "/drained": 1 });
  });

  it.for([
    ["fails", "`before` of `installShutdownSignals` failed: Error: cannot drain"],
    ["never ends", "`before` of `installShutdownSignals` took more than 100 ms"],
  ] as const)("completes the file and says so if `before` %s", async ([what, says], { folder, rerun }) => {
    const file = join(folder, "signals.rrd");
    const program = await startSignals(`with work to do before that ${what}`, file);
    program.process.kill("SIGTERM");
    expect(await program.ended).toMatchObject({ code: 143, stderr: expect.stringContaining(says) });
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });

  it.for(["SIGTERM", "SIGINT"] as const)(
    "completes the file at %s, and does not exit if there is another listener",
    async (signal, { folder, rerun }) => {
      const file = join(folder, "signals.rrd");
      const program = await startSignals("beside another listener", file);
      program.process.kill(signal);
      expect(await program.report()).toEqual({ received: signal });
      expect(await program.report()).toEqual({ state: "closed" });
      expect(await program.ended).toMatchObject({ code: 0, signal: null });
      await rerun.verify(file);
      expect(await rerun.rows(file)).toEqual(ALL_ROWS);
    },
  );

  it("exits at once at the second signal", async ({ folder, rerun }) => {
    const file = join(folder, "signals.rrd");
    const program = await startSignals("with a sink that is stuck", file);
    program.process.kill("SIGTERM");
    expect(await program.report()).toBe("file closed");
    program.process.kill("SIGTERM");
    expect(await program.ended).toMatchObject({ code: 143, signal: null });
    expect(await program.report()).toEqual({ isClosing: true });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });

  it.for(["a socket", "a pipe"])("ends a program at a signal that logs to %s from which nobody reads", async (kind) => {
    const script = join(import.meta.dirname, "programs/signals.mjs");
    const args = ["while nobody reads standard output", ""];
    // The standard output of a child of Node is a socket. In a pipeline of Bash it is a pipe, which nobody reads here.
    const [command, allArgs] =
      kind === "a socket"
        ? [process.execPath, [script, ...args]]
        : ["bash", ["-c", 'exec "$0" "$@" > >(exec sleep 600)', process.execPath, script, ...args]];
    const program = spawn(command, allArgs, { stdio: ["ignore", "pipe", "ignore", "pipe"], detached: true });
    onTestFinished(() => killGroup(program));
    const ended = once(program, "exit");
    await once(program.stdio[3] as Readable, "data");
    const timer = setInterval(() => program.kill("SIGTERM"), 500);
    const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
    clearInterval(timer);
    expect({ code, signal }).toEqual({ code: null, signal: "SIGTERM" });
  });

  it("returns a function that removes the handlers", async ({ folder, rerun }) => {
    const file = join(folder, "signals.rrd");
    const program = startProgram("signals", ["after the handlers were removed", file]);
    expect(await program.report()).toEqual({ listeners: 0 });
    expect(await program.report()).toBe("ready");
    program.process.kill("SIGTERM");
    expect(await program.ended).toMatchObject({ code: null, signal: "SIGTERM" });
    await rerun.rowsAfterMerge(file);
  });
});
