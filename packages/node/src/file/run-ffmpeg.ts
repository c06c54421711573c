import { spawn } from "node:child_process";

/** The maximum number of characters of FFmpeg's messages that are kept, and of lines in an error. */
const MAX_ERROR_CHARS = 4096;
const MAX_ERROR_LINES = 3;

/**
 * Runs FFmpeg. Resolves with its messages if it fails, and else with `undefined`. The signal and the end of this
 * program end FFmpeg.
 */
export function runFfmpeg(
  program: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], windowsHide: true });
    const kill = (): void => void child.kill("SIGKILL");
    // The end of this program also ends FFmpeg.
    process.once("exit", kill);
    signal?.addEventListener("abort", kill);
    if (signal?.aborted === true) kill();
    let messages = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      messages = (messages + text).slice(0, MAX_ERROR_CHARS);
    });
    let failure: Error | undefined;
    child.on("error", (error) => (failure = error));
    child.on("close", (code, ended) => {
      process.off("exit", kill);
      signal?.removeEventListener("abort", kill);
      if (code === 0) done(undefined);
      else done(firstLines(messages) || failure?.message || `it ended with ${ended ?? `exit code ${code}`}`);
    });
  });
}

/** The messages of which others follow: FFmpeg repeats itself. */
function firstLines(messages: string): string {
  return messages.trim().split("\n").slice(0, MAX_ERROR_LINES).join("; ");
}
