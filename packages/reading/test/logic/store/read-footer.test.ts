import { Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { fromBytes, type RandomAccess } from "../../../dist/source/random-access.js";
import { readFooter, type Footer, type NoFooter } from "../../../dist/store/read-footer.js";
import { record } from "../chunks.ts";

const bytes = record((recording) => recording.log("a", new Scalars(1)));
const many = record((recording) => {
  for (let entity = 0; entity < 200; entity++) recording.log(`${"long".repeat(100)}${entity}`, new Scalars(1));
});
/** Where the payload of the end message begins. */
const payloadAt = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(bytes.byteLength - 32, true));

function counting(source: Uint8Array): RandomAccess & { readonly reads: string[] } {
  const reads: string[] = [];
  const access = fromBytes(source);
  return {
    size: access.size,
    reads,
    read(start, length) {
      reads.push(`${start}+${length}`);
      return access.read(start, length);
    },
  };
}

async function footerOf(source: Uint8Array): Promise<Footer> {
  const footer = await readFooter(fromBytes(source));
  if ("missing" in footer) throw new Error(footer.missing);
  return footer;
}

async function missing(change: (copy: Uint8Array, view: DataView) => Uint8Array | void): Promise<NoFooter> {
  const copy = bytes.slice();
  const footer = await readFooter(fromBytes(change(copy, new DataView(copy.buffer)) ?? copy));
  if (!("missing" in footer)) throw new Error("there is a footer");
  return footer;
}

describe("the footer of a recording", () => {
  it("has the index, its place, and the store infos at the beginning", async () => {
    const footer = await footerOf(bytes);
    expect(footer.offset).toBe(payloadAt - 16);
    expect(footer.manifests.map(({ storeId }) => storeId?.recordingId)).toEqual(["unit"]);
    expect(footer.storeInfos).toMatchObject([{ kind: "storeInfo", storeId: { recordingId: "unit" } }]);
  });

  it("is read at once from the end of a short recording, else as a whole", async () => {
    const short = counting(bytes);
    await readFooter(short);
    expect(short.reads).toEqual([`0+${bytes.byteLength}`]);
    expect(many.byteLength).toBeGreaterThan(70_000);
    const long = counting(many);
    const footer = await readFooter(long);
    const at = "missing" in footer ? NaN : footer.offset + 16;
    expect(at).toBeLessThan(many.byteLength - 65_536);
    expect(long.reads).toEqual([`${many.byteLength - 65_536}+65536`, "0+1024", `${at}+${many.byteLength - 32 - at}`]);
  });

  it("has no store infos that are damaged, or behind the first bytes", async () => {
    const damaged = bytes.slice();
    damaged.fill(0xff, 28, 40);
    expect((await footerOf(damaged)).storeInfos).toEqual([]);
    const kind = bytes.slice();
    kind[12] = 2;
    expect((await footerOf(kind)).storeInfos).toEqual([]);
    const long = bytes.slice();
    new DataView(long.buffer).setUint32(20, 5000, true);
    expect((await footerOf(long)).storeInfos).toEqual([]);
  });
});

describe("there is no footer", () => {
  const NOT_FINISHED = "there is no footer: the recording was not closed, was cut off, or something follows it";
  const MOVED = "the footer is not where the end of the source says";
  const end = bytes.byteLength;
  it.for<[string, Parameters<typeof missing>[0], NoFooter]>([
    ["in a source that is too short", (copy) => copy.subarray(0, 43), { missing: NOT_FINISHED }],
    ["in a source of 44 bytes that are something else", () => new Uint8Array(44), { missing: NOT_FINISHED }],
    ["without the beginning of a recording", (copy) => void copy.fill(0, 0, 4), { missing: NOT_FINISHED }],
    ["in a recording that is cut off", (copy) => copy.subarray(0, end - 1), { missing: NOT_FINISHED }],
    [
      "if it is elsewhere",
      (_, view) => view.setBigUint64(end - 32, BigInt(payloadAt - 1), true),
      { missing: expect.stringContaining(MOVED) as string },
    ],
    [
      "if it has another length",
      (_, view) => view.setBigUint64(end - 24, 5n, true),
      { missing: expect.stringContaining(MOVED) as string },
    ],
    [
      "if there are several",
      (_, view) => view.setUint32(end - 4, 2, true),
      { missing: expect.stringContaining(MOVED) as string },
    ],
    [
      "if it would be in the header",
      (_, view) => {
        view.setBigUint64(end - 32, 27n, true);
        view.setBigUint64(end - 24, BigInt(end - 32 - 27), true);
      },
      { missing: expect.stringContaining(MOVED) as string },
    ],
    [
      "if its checksum is wrong",
      (_, view) => view.setUint32(end - 16, 5, true),
      { missing: "the checksum of the footer is wrong", offset: payloadAt - 16 },
    ],
    [
      "if its bytes are",
      (copy) => void (copy[payloadAt] = 0xff),
      { missing: "the checksum of the footer is wrong", offset: payloadAt - 16 },
    ],
  ])("%s", async ([, change, expected]) => {
    expect(await missing(change)).toEqual(expected);
  });
});
