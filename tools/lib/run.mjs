import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * Runs a command in the project's folder. Its output goes to ours, or is returned with `capture: true`.
 * @returns {Promise<{ code: number, output: string }>} never rejects: a command that cannot be started has the code 127
 */
export function run(command, args, { capture = false, env = {}, cwd = root } = {}) {
  return new Promise((resolve) => {
    const stdio = capture ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"];
    const child = spawn(command, args, { cwd, stdio, env: { ...process.env, ...env } });
    let output = "";
    child.stdout?.on("data", (data) => (output += data));
    child.stderr?.on("data", (data) => (output += data));
    child.on("error", (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on("close", (code, signal) => resolve({ code: code ?? (signal === null ? 1 : 128), output }));
  });
}

/** Runs a command and ends this program with its output if it fails. */
export async function must(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code === 0) return output;
  if (output !== "") console.error(output);
  console.error(`\`${[command, ...args].join(" ")}\` failed (exit code ${code})`);
  process.exit(1);
}

/** Whether failures to set something up are failures of the tests. */
export const isCi = process.env.CI === "true" || process.env.CI === "1";
