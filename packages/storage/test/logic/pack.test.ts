import { createHash } from "node:crypto";
import { RecordingStream, customSink, isRerunError, type EncodedMessage } from "@rerun-ts/core";
import { encodeRrd } from "@rerun-ts/core/encode";
import { Points3D, Scalars, TextDocument } from "@rerun-ts/types";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PackAssembler } from "../../dist/ingest/pack-assembler.js";
import { partBody } from "../../dist/ingest/part-body.js";
import { cutPack, decodePack, encodePack, readPackId, slicePack, type Pack } from "../../dist/nats/pack.js";

const RUN = "00ff10203040a0b0";

/** A pack with chunks of all kinds: static, with nulls, with several timelines, and large. */
async function makePack(): Promise<Pack & { readonly info: EncodedMessage }> {
  const all: EncodedMessage[] = [];
  const recording = new RecordingStream("packs", { recordingId: "run" });
  await recording.setSink(customSink({ send: (message) => void all.push(message) }));
  recording.log("note", new TextDocument("static"), { static: true });
  for (let row = 0; row < 50; row++) {
    recording.setTime("row", { sequence: row });
    if (row % 7 === 0) recording.setTime("stamp", { timestamp: 1.7e9 + row });
    recording.log("scalars", new Scalars(row));
    recording.log("points", new Points3D([[row, 1, 2]], row % 2 === 0 ? { radii: [1] } : {}));
  }
  recording.log("cloud", new Points3D(new Float32Array(30_000).map(() => Math.random())));
  await recording.close();
  const [info, ...messages] = all as [EncodedMessage, ...EncodedMessage[]];
  // The message that opens the store has a number, too.
  const id = { run: RUN, number: 2 ** 40 + 7, count: messages.length + 1 };
  return { ...id, storeId: info.storeId, storeInfo: info.payload, messages, info };
}

/** Messages as JSON has them: without properties that are undefined, and those that only encoders need. */
function plain(messages: Iterable<EncodedMessage>): unknown {
  const encoded = [...messages].map(({ payload, ...rest }) => ({ ...rest, payload: [...payload] }));
  return JSON.parse(JSON.stringify(encoded, (name, value: unknown) => (name === "isSorted" ? undefined : value)));
}

/** Reads all messages of a pack. Returns the code of the error, or the error if it has none. */
function outcomeOf(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    const { messages, count } = decodePack(bytes);
    return [...messages].length > count ? "too many messages" : "read";
  } catch (error) {
    return isRerunError(error) ? error.code : String(error);
  }
}

function sha256(pieces: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

describe("a pack", () => {
  it("has its messages with their manifests again when it is decoded", async () => {
    const { info, ...pack } = await makePack();
    const decoded = decodePack(encodePack(pack));
    expect(decoded).toMatchObject({ run: RUN, number: pack.number, count: pack.count, storeId: info.storeId });
    expect([...(decoded.storeInfo ?? [])]).toEqual([...info.payload]);
    expect(plain(decoded.messages)).toEqual(plain(pack.messages));
    // The messages are read again each time.
    expect(plain(decoded.messages)).toEqual(plain(pack.messages));
  });

  it("says whether later parts may repeat some of its messages", async () => {
    const { info: _, ...pack } = await makePack();
    const isTemporal = (changes: Partial<Pack>): boolean | undefined =>
      decodePack(encodePack({ ...pack, ...changes })).messages.isTemporal;
    const [note] = pack.messages;
    const rows = [...pack.messages].filter(({ isStatic }) => !isStatic);
    expect(isTemporal({ messages: rows })).toBe(true);
    expect(isTemporal({})).toBe(false);
    const activation = { ...(note as EncodedMessage), kind: "activation", chunkId: undefined } as const;
    expect(isTemporal({ messages: [...rows, activation] })).toBe(false);
    expect(isTemporal({ messages: rows, storeId: { ...pack.storeId, kind: "blueprint" } })).toBe(false);
  });

  it("is divided in the same way after it was encoded", async () => {
    const { info: _, ...all } = await makePack();
    const messages = all.messages.slice(0, 20);
    const [number, count] = [all.number, messages.length + 1];
    const pack: Pack = { ...all, count, messages };
    const ranges = fc.uniqueArray(fc.nat(count - 1), { minLength: 2, maxLength: 8 }).map((numbers) => {
      const sorted = numbers.sort((a, b) => a - b).map((one) => one + number);
      return sorted.length % 2 === 0 ? sorted : sorted.slice(1);
    });
    const decoded = decodePack(encodePack(pack));
    const messagesOf = (packs: readonly Pack[]): unknown[] =>
      packs.map((one) => Array.from(one.messages, ({ payload }) => Buffer.from(payload).toString("base64")));
    fc.assert(
      fc.property(ranges, ranges, (first, second) => {
        const slices = slicePack(decoded, first);
        expect(messagesOf(slices)).toEqual(messagesOf(slicePack(pack, first)));
        // Slices of slices, as other ingesters commit some messages.
        const [slice, expected] = [slices[0], slicePack(pack, first)[0]];
        if (slice !== undefined && expected !== undefined)
          expect(messagesOf(slicePack(slice, second))).toEqual(messagesOf(slicePack(expected, second)));
      }),
      { numRuns: 20 },
    );
  });

  it("is rejected, or read within its bounds, whatever numbers its records have", async () => {
    const { info: _, ...pack } = await makePack();
    const bytes = encodePack({ ...pack, messages: pack.messages.slice(0, 8) });
    const view = new DataView(bytes.buffer);
    const start = 34 + view.getUint32(18);
    // The first shape, which is unknown then, and the size of the first payload.
    for (const at of [start, start + 4]) {
      const before = view.getUint32(at);
      view.setUint32(at, before + 1000);
      expect(() => decodePack(bytes)).toThrow("a pack has a damaged manifest");
      view.setUint32(at, before);
    }
    const { records } = JSON.parse(new TextDecoder().decode(bytes.subarray(34, start))) as { records: number };
    for (let at = start; at < start + records; at += 4) {
      const before = view.getUint32(at);
      for (const value of [0, 1, 2, 3, 4, 5, 6, 2 ** 31, 2 ** 32 - 1]) {
        view.setUint32(at, value);
        expect(outcomeOf(bytes), `${value} at ${at}`).toMatch(/^(?:read|INVALID_FORMAT)$/);
      }
      view.setUint32(at, before);
    }
    expect(outcomeOf(bytes)).toBe("read");
  });

  it.for([0x52525031, 0x52525034, 0x52525053])(
    "is rejected with its id if it is from another version (%i)",
    async (magic) => {
      const { info: _, ...pack } = await makePack();
      const bytes = encodePack(pack);
      new DataView(bytes.buffer).setUint32(0, magic);
      expect(readPackId(bytes)).toMatchObject({ run: RUN, number: pack.number, count: pack.count });
      expect(() => decodePack(bytes)).toThrow(
        "a pack is from another version of @rerun-ts/storage: ingesters must have the version of its producer",
      );
    },
  );

  it("has exactly the messages that are asked for when it is divided", async () => {
    const { info: _, ...pack } = await makePack();
    const { number, count, messages } = pack;
    const last = number + count - 1;
    expect(slicePack(pack, [number, last])).toEqual([pack]);
    expect(slicePack(pack, [])).toEqual([]);
    // The message that opens the store is the first, and in no list.
    expect(slicePack(pack, [number, number, number + 2, number + 3, last, last])).toEqual([
      { ...pack, count: 1, messages: [] },
      { ...pack, number: number + 2, count: 2, messages: messages.slice(1, 3) },
      { ...pack, number: last, count: 1, messages: [...messages].slice(-1) },
    ]);
  });

  it("becomes the part that a file sink would have written", async () => {
    const { info, ...pack } = await makePack();
    const bytes = encodePack(pack);
    const store = { storeId: info.storeId, packs: [{ pack: decodePack(bytes), bytes: bytes.byteLength }] };
    const part = partBody(store, { repeated: [], all: [], earlier: 0 }, sha256);
    const pieces: Uint8Array[] = [];
    for await (const piece of part?.body.chunks() ?? []) pieces.push(piece);
    const expected = encodeRrd([info, ...pack.messages]);
    expect(Buffer.compare(Buffer.concat(pieces), expected)).toBe(0);
    expect(part).toMatchObject({ sha256: sha256([expected]), body: { size: expected.byteLength }, rows: 103 });
  });

  it("is complete when all of its pieces have arrived, in any order and repeatedly", async () => {
    const { info: _, ...pack } = await makePack();
    const bytes = encodePack(pack);
    const pieces = cutPack(pack, bytes, 4096);
    expect(pieces.length).toBeGreaterThan(10);
    expect(Math.max(...pieces.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(4096);
    // After the server has changed its limit, they are cut at other places.
    const others = cutPack(pack, bytes, 3000);
    expect(pieces.map((piece) => readPackId(piece))).toMatchObject(
      pieces.map((_piece, index) => ({ run: RUN, number: pack.number, piece: { index } })),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray([...pieces, ...others.slice(1)], { minLength: pieces.length }), (shuffled) => {
        const assembler = new PackAssembler(1e9);
        const complete = [...shuffled, ...shuffled, ...pieces].map((piece) =>
          assembler.add(piece as Uint8Array<ArrayBuffer>),
        );
        const found = complete.find((one) => one !== undefined);
        expect(Buffer.compare(found ?? Buffer.alloc(0), bytes)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it("is never made of the pieces of two senders that have encoded its messages in different ways", async () => {
    const { info, ...pack } = await makePack();
    const [one, other] = [encodePack(pack), encodePack({ ...pack, storeInfo: info.payload.slice(0, 4) })];
    const [pieces, others] = [one, other].map((bytes) => cutPack(pack, bytes, 4096)) as [Uint8Array[], Uint8Array[]];
    expect(others.length).toBe(pieces.length);
    const assembler = new PackAssembler(1e9);
    const add = (piece: Uint8Array): Uint8Array | undefined => assembler.add(piece as Uint8Array<ArrayBuffer>);
    expect([...pieces.slice(0, 3), ...others.slice(3)].map(add).filter((found) => found !== undefined)).toEqual([]);
    const damaged = pieces.map((piece, index) =>
      index === 5 ? piece.map((byte, at) => byte ^ Number(at === 99)) : piece,
    );
    const last = damaged.pop() as Uint8Array;
    damaged.slice(3).map(add);
    expect(() => add(last)).toThrow("damaged");
  });

  it("is forgotten if it stays incomplete while others arrive", async () => {
    const { info: _, ...pack } = await makePack();
    const assembler = new PackAssembler(10_000);
    for (let number = 1; number <= 50; number++) {
      const [first] = cutPack({ run: RUN, number, count: pack.count }, encodePack({ ...pack, number }), 4096);
      expect(assembler.add(first as Uint8Array<ArrayBuffer>)).toBeUndefined();
      expect(assembler.bytes).toBeLessThanOrEqual(10_000);
    }
  });

  it("is forgotten ten minutes after its last piece", async () => {
    const { info: _, ...pack } = await makePack();
    let now = 0;
    const assembler = new PackAssembler(1e9, () => now);
    const pieceOf = (number: number, index: number): Uint8Array<ArrayBuffer> =>
      cutPack({ run: RUN, number, count: pack.count }, encodePack({ ...pack, number }), 4096)[
        index
      ] as Uint8Array<ArrayBuffer>;
    assembler.add(pieceOf(1, 0));
    now = 500_000;
    assembler.add(pieceOf(2, 0));
    const { bytes } = assembler;
    now = 700_000;
    // The first one is too old now, and the second one is not.
    assembler.add(pieceOf(3, 0));
    expect(assembler.bytes).toBe(bytes);
  });

  it("is rejected with a plain error if it is damaged", async () => {
    const { info: _, ...pack } = await makePack();
    const bytes = encodePack({ ...pack, messages: pack.messages.slice(0, 3) });
    const damage = fc.tuple(fc.nat(bytes.byteLength - 1), fc.integer({ min: 1, max: 255 }), fc.boolean());
    fc.assert(
      fc.property(damage, ([at, change, isCut]) => {
        const damaged = bytes.slice(0, isCut ? at : undefined);
        if (!isCut) damaged[at] = (damaged[at] as number) ^ change;
        expect(outcomeOf(damaged)).toMatch(/^(?:read|INVALID_FORMAT)$/);
      }),
      { numRuns: 2000 },
    );
  });
});
