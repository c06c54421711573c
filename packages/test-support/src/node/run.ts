import { spawn } from "node:child_process";
import { root } from "./environment.ts";

/** Options of {@link run}. */
export interface RunOptions {
  /** Whether its output is returned instead of being printed. Default: `false`. */
  readonly capture?: boolean;
  /** Environment variables to add. */
  readonly env?: NodeJS.ProcessEnv;
  /** The folder to run in. Default: the root of the repository. */
  readonly cwd?: string;
}

/** The end of a command. */
export interface RunResult {
  readonly code: number;
  /** Standard output and standard error, in the order of their arrival; empty unless captured. */
  readonly output: string;
}

/** Runs a command to its end. Never rejects: a command that cannot be started has the exit code 127. */
export function run(
  command: string,
  args: readonly string[],
  { capture = false, env = {}, cwd = root }: RunOptions = {},
): Promise<RunResult> {
  return new Promise((resolve) => {
    const output = capture ? "pipe" : "inherit";
    const child = spawn(command, args, { cwd, stdio: ["ignore", output, output], env: { ...process.env, ...env } });
    let text = "";
    child.stdout?.on("data", (data) => (text += data));
    child.stderr?.on("data", (data) => (text += data));
    child.on("error", (error) => resolve({ code: 127, output: `${text}${error.message}\n` }));
    child.on("close", (code, signal) => resolve({ code: code ?? (signal === null ? 1 : 128), output: text }));
  });
}
