import { readFile } from "node:fs/promises";
import { decodeRrd, readEncodedMessages } from "@rerun-ts/core/decode";
import { encodeRrd } from "@rerun-ts/core/internal";
import * as rr from "@rerun-ts/node";
import { describe, expect, test } from "vitest";
import { CASES } from "./harness/cases.ts";
import { chunkIdText, printedChunks } from "./harness/chunks.ts";
import { outputFile, outputFolder } from "./harness/output.ts";
import { needRerun, rerunRrd, runPython } from "./harness/real-rerun.ts";

/** Lets a recording take a file up, and returns what it wrote. */
async function importFile(name: string, file: string): Promise<string> {
  const rec = new rr.RecordingStream("importer", { recordingId: "importer" });
  const path = outputFile(`import.${name}.rrd`);
  await rec.save(path);
  rec.log("own", new rr.Scalars(1));
  await rec.logFileFromContents(name, await readFile(file));
  await rec.close();
  return path;
}

/** The stores in a file, and what they are. */
function storesIn(bytes: Uint8Array): string[] {
  const stores = decodeRrd(bytes).flatMap((message) => {
    if (message.kind === "end") return [];
    const { kind, applicationId, recordingId } = message.storeId;
    return [`${kind} ${applicationId} ${recordingId}`];
  });
  return [...new Set(stores)];
}

test("our own files, read back and put together again, are the same with their footers", async () => {
  for (const { log, title } of CASES) {
    if (title.startsWith("files")) continue;
    const recordings = (log.recordings ?? [{}]).map(
      ({ applicationId = "import", ...options }) =>
        new rr.RecordingStream(applicationId, { ...options, onWarning: () => {} }),
    );
    const memories = recordings.map((recording) => recording.memoryRecording());
    await log(...recordings);
    for (const memory of memories) {
      const bytes = memory.drainAsBytes();
      const again = encodeRrd(readEncodedMessages(bytes));
      expect(Buffer.compare(again, bytes), title).toBe(0);
    }
  }
});

describe("files of Rerun's own SDK become part of a recording", () => {
  for (const [index, form] of ["complete", "without footer", "with a blueprint"].entries()) {
    test(form, async (context) => {
      needRerun(context);
      const source = (await runPython<string[]>("write_samples.py", outputFolder))[index] ?? "";
      const path = await importFile(`sample ${index}.rrd`, source);
      // By the footer alone, and with all chunks.
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

  test("a blueprint that stands alone, as one of the recording's application", async (context) => {
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
