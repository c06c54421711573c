import { readFile } from "node:fs/promises";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";

/** Reads the certificates of a flag. @throws {RerunError} `IO_ERROR` */
export async function readCa(flag: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new RerunError("IO_ERROR", `cannot read the certificates of ${flag}: ${messageOf(error)}`, { cause: error });
  }
}
