import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { FileInUseError, FileRemovedError } from "./durable-file.ts";

/** Advice for error codes of the operating system. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: "the folder must exist; create it first",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "there is a file with this path; give the path of a folder, which is created",
  EISDIR: "the path is a folder; give the path of a file in it",
  EACCES: "the file must be writable, or its folder if the file is new",
  EPERM: "the file must be writable, or its folder if the file is new",
  EROFS: "the disk is read-only; write to another one",
  ENOSPC: "the disk is full; free some space, or write to another one",
  EDQUOT: "the disk quota is exceeded; free some space, or write to another disk",
  EFBIG: "the file has reached the limit of this process or of the disk (`ulimit -f`); raise it",
  EIO: "the disk fails; check it, or write to another one",
  EMFILE: "the process has too many files open; close some, or raise its limit (`ulimit -n`)",
  ENFILE: "the system has too many files open; close some, or raise its limit",
};

/**
 * The error for a file that cannot be written, with advice.
 * @param argument the name of the argument that names the place
 */
export function ioError(problem: string, error: unknown, argument: string): RerunError {
  const advice = adviceFor(error) ?? ADVICE[(error as NodeJS.ErrnoException).code ?? ""];
  const message = `${problem}: ${messageOf(error)}${advice === undefined ? "" : `; ${advice}`}`;
  return new RerunError("IO_ERROR", message, { cause: error, argument });
}

function adviceFor(error: unknown): string | undefined {
  if (error instanceof FileInUseError) return "close it first, or use another path";
  return error instanceof FileRemovedError ? "its contents are lost" : undefined;
}
