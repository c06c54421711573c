import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { environmentOf, findExecutable, type ExecutableChoice } from "../spawn/find-executable.ts";

/** The output of `rerun server` once it accepts connections, and before that with its address. */
const READY = /Ready for connections/;
const LISTENING = /Listening on \S*:(\d+)\./;
const IN_USE = /address already in use/i;
/** The lines of the output that the error of a server has. */
const LINES_MAX = 20;
const IS_WINDOWS = process.platform === "win32";
/** Ends a group of processes once standard input is closed. */
const GUARD = 'read -r _; kill -TERM "-$1" 2>/dev/null';

/** Settings of a {@link ServerProcess}. */
export interface ServerProcessSettings extends Partial<ExecutableChoice> {
  /** The arguments after `server`. */
  readonly args: readonly string[];
  /** Receives the lines that the server prints on standard error. */
  readonly onLine?: (line: string) => void;
  /** Whether the server shares the standard output of this process. Default `false`: programs may write data there. */
  readonly sharesOutput?: boolean;
  /** Whether the server ends with this process, even if that is killed. Default `true`. */
  readonly endsWithProgram?: boolean;
}

/** The real `rerun server`, as a process. */
export class ServerProcess {
  /** Resolves to the port once the server accepts connections. Rejects if it ends before that. */
  readonly ready: Promise<number>;
  /** Resolves to the exit code, or to the signal, once the server has ended. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;
  readonly #program: string;

  /** @throws {RerunError} `NOT_FOUND` without the program `rerun` */
  constructor(settings: ServerProcessSettings) {
    const { executableName, executablePath, args, sharesOutput = false, endsWithProgram = true } = settings;
    this.#program = findExecutable({ executableName, executablePath });
    // A separate process group: `rerun` may be a launcher, whose end would leave the server running.
    this.#child = spawn(this.#program, ["server", ...args], {
      stdio: ["ignore", sharesOutput ? "inherit" : "ignore", "pipe"],
      env: environmentOf(),
      detached: !IS_WINDOWS,
    });
    this.ended = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => resolve(signal ?? code ?? 0));
      this.#child.once("error", () => resolve(1));
    });
    this.ready = this.#untilReady(settings.onLine ?? (() => {}));
    this.ready.catch(() => {});
    if (endsWithProgram) this.#startGuard();
  }

  /** Whether the server has not ended. */
  get isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The server no longer keeps this process alive. */
  unref(): void {
    this.#child.unref();
    (this.#child.stderr as { unref?: () => void } | null)?.unref?.();
  }

  /** Sends a signal to the server and its launcher. */
  signal(signal: NodeJS.Signals): void {
    if (!this.isRunning || this.#child.pid === undefined) return;
    if (IS_WINDOWS) this.#child.kill(signal);
    else process.kill(-this.#child.pid, signal);
  }

  /** Ends the server, and waits for its end. */
  async stop(): Promise<void> {
    this.#child.ref();
    this.signal("SIGTERM");
    await this.ended;
  }

  async #untilReady(onLine: (line: string) => void): Promise<number> {
    let port = 0;
    const lines: string[] = [];
    return new Promise((resolve, reject) => {
      this.#child.once("error", (cause) =>
        reject(new RerunError("NOT_FOUND", `cannot start ${this.#program}: ${messageOf(cause)}`, { cause })),
      );
      const reader = createInterface({ input: this.#child.stderr as NodeJS.ReadableStream });
      reader.on("line", (line) => {
        const text = stripVTControlCharacters(line);
        port ||= Number(LISTENING.exec(text)?.[1] ?? 0);
        if (READY.test(text)) resolve(port);
        if (lines.length < LINES_MAX) lines.push(text);
        onLine(line);
      });
      reader.once("close", () => reject(endedEarly(lines)));
    });
  }

  /** A process that ends the server when this process is gone, whatever the reason. It closes the pipe between them. */
  #startGuard(): void {
    const end = (): void => this.signal("SIGTERM");
    process.once("exit", end);
    void this.ended.then(() => process.off("exit", end));
    if (IS_WINDOWS || this.#child.pid === undefined) return;
    const guard = spawn("/bin/sh", ["-c", GUARD, "sh", String(this.#child.pid)], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    guard.on("error", () => {});
    guard.stdin?.on("error", () => {});
    guard.unref();
    (guard.stdin as { unref?: () => void } | null)?.unref?.();
    // The id of an ended process may be given to another one, so the guard must not outlive the server.
    void this.ended.then(() => guard.kill("SIGKILL"));
  }
}

function endedEarly(lines: readonly string[]): RerunError {
  const isInUse = lines.some((line) => IN_USE.test(line));
  const code = isInUse ? "LISTEN_FAILED" : "SERVER";
  return new RerunError(code, `\`rerun server\` did not start: ${lines.join("\n") || "it printed nothing"}`);
}
