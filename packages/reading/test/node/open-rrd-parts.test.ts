import { readdirSync, truncateSync } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { openRrd, openRrdParts, type RandomAccess } from "@rerun-ts/reading";
import { FileSink, PartsFileSink, RecordingStream, Scalars, TextDocument } from "@rerun-ts/node";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROWS = 400;
const folder = makeTemporaryFolder({ ignore: (path) => path.startsWith("cut") });
const whole = join(folder.path, "whole.rrd");
const parts = join(folder.path, "parts");
afterAll(() => folder.remove());

beforeAll(async () => {
  const rec = new RecordingStream("parts", { recordingId: "run", batcher: { flushNumRows: 10 } });
  await rec.setSinks([new FileSink(whole), new PartsFileSink(parts, { maxBytes: "20kB", maxSeconds: Infinity })]);
  rec.log("note", new TextDocument("static"), { static: true });
  for (let frame = 0; frame < ROWS; frame++) {
    rec.setTime("frame", frame);
    rec.log("a", new Scalars(frame));
    if (frame % 3 === 0) rec.log("b", new Scalars(-frame));
  }
  await rec.close();
});

const paths = (): string[] =>
  readdirSync(parts)
    .sort()
    .map((name) => join(parts, name));

describe("openRrdParts", () => {
  it("answers queries as the recording in one file", async () => {
    expect(paths().length).toBeGreaterThan(3);
    await using one = await openRrd(whole);
    await using several = await openRrdParts(paths());
    const [expected, reader] = [one.recording(), several.recording()];
    expect(reader.info).toEqual(expected.info);
    expect([reader.numChunks, reader.numRows]).toEqual([expected.numChunks, expected.numRows]);
    const query = { index: "frame", contents: "/**" };
    const rows = (await reader.query(query).toTable()).toArray().map(String);
    expect(rows).toHaveLength(ROWS);
    expect(rows).toEqual((await expected.query(query).toTable()).toArray().map(String));
  });

  it("reads the chunks of a query only from the parts that have them", async () => {
    const read = new Map<number, number>();
    const sources = await Promise.all(
      paths().map(async (path, index): Promise<RandomAccess> => {
        const bytes = await readFile(path);
        return {
          size: bytes.byteLength,
          read: (start, length) => {
            read.set(index, (read.get(index) ?? 0) + 1);
            return Uint8Array.from(bytes.subarray(start, start + length));
          },
        };
      }),
    );
    await using several = await openRrdParts(sources);
    read.clear();
    const query = { index: "frame", contents: "/a", range: { from: 0, to: 9 } };
    expect((await several.recording().query(query).toTable()).numRows).toBe(10);
    expect([...read.keys()]).toEqual([0]);
  });

  it("names a part without a footer, and closes the others", async () => {
    const [first = "", second = ""] = paths();
    const cut = join(folder.path, "cut.rrd");
    await copyFile(second, cut);
    truncateSync(cut, 1000);
    await expect(openRrdParts([first, cut])).rejects.toMatchObject({
      code: "INVALID_FORMAT",
      message: expect.stringContaining(`${cut} is not a complete part: there is no footer`) as string,
    });
    await expect(openRrdParts([first, "missing.rrd"])).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
