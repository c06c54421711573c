import { fileURLToPath } from "node:url";
import { invalidArgument, isUrl } from "@rerun-ts/core/checks";

/** The beginning of an address such as `s3://bucket`. Drives of Windows have one letter. */
const SCHEME = /^[a-z][\w+.-]+:(?=\/\/)/i;

/**
 * The path in an argument, which may be a `file:` URL.
 *
 * @param argument its name
 * @param expected what it must be
 * @throws {TypeError} if it is neither. An address of a server is none, and must not become a folder `https:`
 */
export function pathOf(argument: string, expected: string, value: unknown): string {
  if (typeof value !== "string" && !isUrl(value)) throw invalidArgument(argument, expected, value);
  const scheme = isUrl(value) ? value.protocol : SCHEME.exec(value)?.[0].toLowerCase();
  if (scheme === "file:") return fileURLToPath(value);
  // The message omits the rest, which may contain credentials.
  if (scheme !== undefined) throw invalidArgument(argument, `${expected}, or a \`file:\` URL`, `${scheme}//…`);
  if (value === "") throw invalidArgument(argument, expected, value);
  return String(value);
}
