import { once } from "node:events";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { onLoopback } from "@rerun-ts/test-support/node/real-server";
import { Program, startProgram } from "./program.ts";
import type { Rerun } from "./rerun.ts";
import { serve, type types } from "@rerun-ts/node";
import { onTestFinished } from "vitest";

const POLL_MS = 20;
const TIMEOUT_MS = 60_000;

/** Its worker may start too late on a busy machine. */
const SERVES_ITSELF = /^\[rerun\] no worker to serve from \(it did not start within .*\n/m;

/** A relay that other programs and this one use. */
abstract class TestRelay {
  readonly url: string;
  readonly port: number;

  protected constructor({ url, port }: { readonly url: string; readonly port: number }) {
    this.url = url;
    this.port = port;
  }

  async stats(): Promise<serve.RelayStats> {
    return (await (await fetch(`http://127.0.0.1:${this.port}/stats`)).json()) as serve.RelayStats;
  }

  /** Waits until its statistics satisfy a condition. */
  async until(isReached: (stats: serve.RelayStats) => boolean): Promise<serve.RelayStats> {
    const deadline = performance.now() + TIMEOUT_MS;
    for (;;) {
      const stats = await this.stats();
      if (isReached(stats)) return stats;
      if (performance.now() > deadline) throw new Error(`the relay has ${JSON.stringify(stats)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

/**
 * A relay in a thread of this process, for tests that are not about the memory or the end of its process: starting one
 * takes longer than most tests. It is closed at the end of the test.
 */
export class RelayThread extends TestRelay {
  readonly #relay: serve.GrpcServer;

  private constructor(relay: serve.GrpcServer) {
    super(relay);
    this.#relay = relay;
  }

  static async start(options: types.GrpcServerSinkOptions = {}): Promise<RelayThread> {
    const relay = await serve.serveGrpcRelay({ port: 0, ...options });
    onTestFinished(() => relay.close());
    return new RelayThread(relay);
  }

  /** Shuts the relay down. */
  async end(): Promise<void> {
    await this.#relay.close();
  }
}

/** A relay in a separate process. It is killed at the end of the test. */
export class RelayProcess extends TestRelay {
  readonly #program: Program;

  private constructor(program: Program, address: { readonly url: string; readonly port: number }) {
    super(address);
    this.#program = program;
  }

  static async start(options: types.GrpcServerSinkOptions = {}): Promise<RelayProcess> {
    const program = startProgram("relay", [JSON.stringify(options)]);
    return new RelayProcess(program, (await program.report()) as { url: string; port: number });
  }

  /** Shuts the relay down. Returns the last statistics, and the memory that the relay has used. */
  async end(): Promise<{ readonly stats: serve.RelayStats; readonly usedBytes: number }> {
    this.#program.process.kill("SIGTERM");
    const last = (await this.#program.report()) as { stats: serve.RelayStats; usedBytes: number };
    const { code, stderr: all } = await this.#program.ended;
    const stderr = all.replace(SERVES_ITSELF, "");
    if (code !== 0 || stderr !== "") throw new Error(`the relay ended with ${code}: ${stderr}`);
    return last;
  }

  /** Kills it at once, with SIGKILL. */
  async kill(): Promise<void> {
    this.#program.process.kill("SIGKILL");
    await once(this.#program.process, "exit");
  }
}

/**
 * Lets the real `rerun` write the data of a server to a file until the server ends. Rejects unless the file is
 * complete.
 */
export async function startSaving(rerun: Rerun, url: string, file: string): Promise<{ readonly saved: Promise<void> }> {
  const reader = new Program(rerun.program, [url, "--save", file, ...onLoopback(await freePort())]);
  const save = async (): Promise<void> => {
    const { code, stderr } = await reader.ended;
    if (code !== 0) throw new Error(`rerun ${url} --save: ${stderr}`);
    await rerun.verify(file);
  };
  const saved = save();
  saved.catch(() => {});
  return { saved };
}
