import { readFile } from "node:fs/promises";
import { decodeRrd } from "@rerun-ts/core/decode";
import * as rr from "@rerun-ts/node";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { describe, expect, test } from "vitest";
import { chunkIdText, printedChunks } from "./harness/chunks.ts";
import { outputFile, outputFolder } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

/** Logs a file to a recording, and returns the path of the resulting file. */
async function importFile(name: string, file: string): Promise<string> {
  const rec = new rr.RecordingStream("importer", { recordingId: "importer" });
  const path = outputFile(`import.${name}.rrd`);
  await rec.save(path);
  rec.log("own", new rr.Scalars(1));
  await rec.logFileFromContents(name, await readFile(file));
  await rec.close();
  return path;
}

/** The stores in a file: kind, application and recording. */
function storesIn(bytes: Uint8Array): string[] {
  const stores = decodeRrd(bytes).flatMap((message) => {
    if (message.kind === "end") return [];
    const { kind, applicationId, recordingId } = message.storeId;
    return [`${kind} ${applicationId} ${recordingId}`];
  });
  return [...new Set(stores)];
}

describe("logFileFromContents logs a file of Rerun's own SDK", () => {
  for (const [index, form] of ["complete", "without footer", "with a blueprint"].entries()) {
    test(form, async (context) => {
      needRerun(context);
      const source = (await runPython<string[]>("write_samples.py", outputFolder))[index] ?? "";
      const path = await importFile(`sample ${index}.rrd`, source);
      // `verify` only reads the footer, `merge` reads all chunks.
      await rerunRrd("verify", path);
      await rerunRrd("merge", path, "-o", `${path}.merged.rrd`);
      const theirs = await printedChunks(source);
      const ours = await printedChunks(path);
      expect(ours.slice(-theirs.length)).toEqual(theirs);
      expect(ours.length - theirs.length).toBe(2);
      const [own, ...others] = storesIn(await readFile(path));
      expect(own).toBe("recording importer importer");
      expect(others).toEqual(storesIn(await readFile(source)));
    });
  }

  test("that is a blueprint, for the application of the recording", async (context) => {
    needRerun(context);
    const source = (await runPython<string[]>("write_samples.py", outputFolder))[2] ?? "";
    const path = await importFile("sample.rbl", source);
    await rerunRrd("verify", path);
    const expected = storesIn(await readFile(source)).map((store) => store.replace(" samples ", " importer "));
    expect(storesIn(await readFile(path)).slice(1)).toEqual(expected);
    const chunks = (bytes: Uint8Array): string[] =>
      decodeRrd(bytes).flatMap((message) => (message.kind === "chunk" ? [chunkIdText(message)] : []));
    expect(chunks(await readFile(path)).slice(2)).toEqual(chunks(await readFile(source)));
  });
});
