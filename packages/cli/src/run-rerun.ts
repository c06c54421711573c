import { execFile } from "node:child_process";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { environmentOf, findExecutable } from "@rerun-ts/node/processes";

/**
 * Runs the program `rerun` for a task that only this program can do.
 *
 * @param reason the task, as the beginning of error messages
 * @throws {RerunError} `NOT_FOUND` if there is no such program, `IO_ERROR` with the end of its output if it fails
 */
export async function runRerun(args: readonly string[], reason: string): Promise<string> {
  let program: string;
  try {
    program = findExecutable({ executableName: undefined, executablePath: undefined });
  } catch (error) {
    throw new RerunError("NOT_FOUND", `${reason}, but there is none: ${messageOf(error)}`, { cause: error });
  }
  const failure = await new Promise<string | undefined>((resolve) => {
    execFile(program, args, { env: environmentOf() }, (error, _, stderr) =>
      resolve(error === null ? undefined : stderr.trim() || messageOf(error)),
    );
  });
  if (failure !== undefined) throw new RerunError("IO_ERROR", `${reason}, and that ended with: ${failure}`);
  return program;
}
