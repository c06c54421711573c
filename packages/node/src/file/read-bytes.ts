import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parse, sep } from "node:path";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { pathOf } from "./path-of.ts";

/** A path as a string. @throws {TypeError} if the value is neither a non-empty string nor a `file:` URL */
export function toPathString(path: string | URL): string {
  return pathOf("path", "the path of a file", path);
}

/** The entity path for a file: its path without root or drive, with slashes on every platform. */
export function entityPathOf(path: string): string {
  return path.slice(parse(path).root.length).split(sep).join("/");
}

/** Reads a file. @throws {RerunError} `NOT_FOUND` if the file does not exist, `IO_ERROR` if it cannot be read */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileFailure(path, error);
  }
}

/** Reads a file synchronously. @throws {RerunError} as {@link readBytes} */
export function readBytesSync(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileFailure(path, error);
  }
}

/** The error for a file that cannot be read. */
export function fileFailure(path: string, error: unknown): RerunError {
  const reason = messageOf(error);
  const code = (error as { code?: unknown }).code === "ENOENT" ? "NOT_FOUND" : "IO_ERROR";
  return new RerunError(code, `cannot read ${path}: ${reason}`, { cause: error, argument: "path" });
}
