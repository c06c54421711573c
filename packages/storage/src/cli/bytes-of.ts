import { UsageError } from "rerun-ts/command";
import { parseByteCount } from "@rerun-ts/node/files";

/** The value of a flag that is a size, such as `64MB`. `undefined` if the flag is absent. @throws {UsageError} */
export function bytesOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : text;
  try {
    return parseByteCount(flag, value);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
