import type { RegistrationResult } from "@rerun-ts/catalog";
import { print } from "../rrd/rrd-output.ts";
import { jsonText } from "./catalog-text.ts";

/** Prints the results of registrations. A failure makes the command exit with status 1. */
export async function printResults(results: readonly RegistrationResult[], isJson: boolean): Promise<void> {
  const plain = results.map(({ url, segmentId, layer, error }) => ({ url, segmentId, layer, error: error?.message }));
  if (isJson) await print(jsonText(plain));
  else {
    const done = plain.filter(({ error }) => error === undefined);
    if (done.length > 0)
      await print(done.map(({ segmentId, layer, url }) => `${segmentId}\t${layer}\t${url}`).join("\n"));
    for (const { error } of plain) if (error !== undefined) console.error(`rerun-ts: ${error}`);
  }
  if (plain.some(({ error }) => error !== undefined)) process.exitCode = 1;
}
