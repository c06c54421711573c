import { readFile, writeFile } from "node:fs/promises";
import { decodeRrd } from "@rerun-ts/core/decode";
import * as rr from "@rerun-ts/node";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { describe, expect, test } from "vitest";
import { chunkIdText, decodedChunks, messagePlaces, printedChunks, type MessagePlace } from "./harness/chunks.ts";
import { outputFile } from "./harness/output.ts";
import { rerunRrd } from "./harness/real-rerun.ts";

const CHUNK = 2;

async function record(name: string, options?: rr.types.SaveOptions): Promise<{ path: string; bytes: Uint8Array }> {
  const rec = new rr.RecordingStream("repair", { batcher: { flushNumRows: 0 } });
  const path = outputFile(`repair.${name}.rrd`);
  await rec.save(path, options);
  rec.log("title", new rr.TextDocument("a sample"), { static: true });
  for (let frame = 0; frame < 5; frame++) {
    rec.setTime("frame", frame);
    rec.log("points", new rr.Points3D(new Float32Array(300).fill(frame)));
    rec.log(["camera", frame], new rr.Scalars(frame));
  }
  await rec.close();
  return { path, bytes: await readFile(path) };
}

/** The ids of the chunks that the decoder of this SDK finds. */
function chunkIds(bytes: Uint8Array): string[] {
  return decodeRrd(bytes)
    .filter((message) => message.kind === "chunk")
    .map(chunkIdText);
}

/** The ids of the chunks whose messages end within the first `end` bytes of a complete file. */
function chunksBefore(bytes: Uint8Array, end: number): string[] {
  const count = messagePlaces(bytes).filter((place) => place.kind === CHUNK && place.end <= end).length;
  return chunkIds(bytes).slice(0, count);
}

/** Lets Rerun read a file and write a repaired one, and checks that both have these chunks. */
async function expectChunks(path: string, ids: readonly string[]): Promise<string> {
  expect((await printedChunks(path)).map(({ id }) => id)).toEqual(ids);
  const repaired = path.replace(/rrd$/, "repaired.rrd");
  await rerunRrd("merge", path, "-o", repaired);
  expect((await printedChunks(repaired)).map(({ id }) => id).sort()).toEqual([...ids].sort());
  return repaired;
}

/** The positions at which a writer is interrupted: at the third chunk, at the footer, and at the end. */
const CUTS: Readonly<Record<string, (places: readonly MessagePlace[]) => number>> = {
  "between messages": (places) => thirdChunk(places).start,
  "at the first byte of a header": (places) => thirdChunk(places).start + 1,
  "inside a header": (places) => thirdChunk(places).start + 9,
  "between header and payload": (places) => thirdChunk(places).payload,
  "inside a payload": (places) => thirdChunk(places).payload + 100,
  "before the last byte of a payload": (places) => thirdChunk(places).end - 1,
  "after the store's information": (places) => places.find(({ kind }) => kind === CHUNK)?.start ?? 0,
  "before the footer": (places) => lastPlace(places).start,
  "inside the header of the footer": (places) => lastPlace(places).start + 8,
  "inside the footer": (places) => lastPlace(places).payload + 50,
  "after the footer": (places) => lastPlace(places).end,
  "inside the last 32 bytes": (places) => lastPlace(places).end + 31,
};

function thirdChunk(places: readonly MessagePlace[]): MessagePlace {
  return places.filter(({ kind }) => kind === CHUNK)[2] as MessagePlace;
}

function lastPlace(places: readonly MessagePlace[]): MessagePlace {
  return places.at(-1) as MessagePlace;
}

describe("Rerun reads a file of this SDK", () => {
  test("that is complete, and whose messages agree with their chunks", async (context) => {
    needRerun(context);
    const { path, bytes } = await record("whole");
    expect(await decodedChunks(decodeRrd(bytes))).toEqual(await printedChunks(path));
    await expectChunks(path, chunkIds(bytes));
  });

  test("without footer", async (context) => {
    needRerun(context);
    const { path, bytes } = await record("without-footer", { writeFooter: false });
    expect(messagePlaces(bytes).at(-1)?.kind).toBe(CHUNK);
    await rerunRrd("verify", "--check-footers=false", path);
    const repaired = await expectChunks(path, chunksBefore(bytes, bytes.byteLength));
    await rerunRrd("verify", repaired);
    await rerunRrd("compare", "--unordered", path, repaired);
  });

  for (const [where, place] of Object.entries(CUTS)) {
    test(`cut ${where}`, async (context) => {
      needRerun(context);
      const { path, bytes } = await record(`cut ${where}`);
      const end = place(messagePlaces(bytes));
      await writeFile(path, bytes.subarray(0, end));
      await expectChunks(path, chunksBefore(bytes, end));
      expect(chunkIds(bytes.subarray(0, end))).toEqual(chunksBefore(bytes, end));
    });
  }

  test("that is a concatenation of several files", async (context) => {
    needRerun(context);
    const files = [await record("first"), await record("second", { writeFooter: false }), await record("third")];
    const path = outputFile("repair.concatenated.rrd");
    await writeFile(path, Buffer.concat(files.map(({ bytes }) => bytes)));
    await expectChunks(path, chunkIds(await readFile(path)));
    expect(chunkIds(await readFile(path))).toEqual(files.flatMap(({ bytes }) => chunkIds(bytes)));
  });
});
