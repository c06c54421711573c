import { RerunError } from "@rerun-ts/core";
import { ProgramError } from "@rerun-ts/core/transport";

/** Newer versions of Node have no other code for a module that cannot be read. */
const UNREADABLE = "ERR_INVALID_PACKAGE_CONFIG";

/**
 * The error for a library that cannot be loaded: a `ProgramError`, or the error of an attempt that may succeed later if
 * the system could not read the library, for example because the process has too many files open.
 */
export function loadError(message: string, cause: unknown): RerunError {
  const { code, errno } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  const isTemporary = errno !== undefined || code === UNREADABLE;
  return isTemporary
    ? new RerunError("UNSUPPORTED", message, { cause })
    : new ProgramError("UNSUPPORTED", message, { cause });
}
