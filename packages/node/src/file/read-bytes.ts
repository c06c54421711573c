import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { RerunError } from "@rerun-ts/core";
import { describeValue } from "@rerun-ts/core/internal";

/** The path as a text. @throws {TypeError} if it is no path */
export function pathText(path: string | URL): string {
  if (path instanceof URL) return fileURLToPath(path);
  if (typeof path === "string" && path !== "") return path;
  throw new TypeError(`\`path\` must be the path of a file, got ${describeValue(path)}`);
}

/** The bytes of a file. @throws {RerunError} `FILE` */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw failure(path, error);
  }
}

/** The same before it returns. @throws {RerunError} `FILE` */
export function readBytesSync(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw failure(path, error);
  }
}

function failure(path: string, error: unknown): RerunError {
  const reason = error instanceof Error ? error.message : String(error);
  return new RerunError("FILE", `cannot read ${path}: ${reason}`, { cause: error, argument: "path" });
}
