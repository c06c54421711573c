import { readFile } from "node:fs/promises";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { checkCertificates } from "../store/certificates.ts";

/** Reads the certificates of a flag. @throws {RerunError} `IO_ERROR` @throws {TypeError} if there are none in the file */
export async function readCa(flag: string, file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new RerunError("IO_ERROR", `cannot read the certificates of ${flag}: ${messageOf(error)}`, { cause: error });
  }
  return checkCertificates(flag, text);
}
