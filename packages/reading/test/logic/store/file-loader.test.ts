import { arrowOf } from "../../../dist/store/stream-of.js";
import { TimeColumn } from "@rerun-ts/core";
import { Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { fromBytes } from "../../../dist/source/random-access.js";
import { FileLoader } from "../../../dist/store/file-loader.js";
import type { ChunkInfo } from "../../../dist/store/chunk-info.js";
import { readFooter } from "../../../dist/store/read-footer.js";
import { readManifest } from "../../../dist/store/read-manifest.js";
import { record } from "../chunks.ts";

const bytes = record((recording) => {
  for (let f = 0; f < 12; f++)
    recording.sendColumns(`e${f}`, [TimeColumn.sequence("f", [f])], Scalars.columns({ scalars: [f] }));
});

async function infosOf(source: Uint8Array = bytes): Promise<readonly ChunkInfo[]> {
  const footer = await readFooter(fromBytes(source));
  if ("missing" in footer || footer.manifests[0] === undefined) throw new Error("there is no footer");
  return readManifest(footer.manifests[0]).chunks;
}

/** A source whose chunks lie far apart: each position is multiplied. */
function spread(infos: readonly ChunkInfo[], gap: number) {
  const reads: [number, number][] = [];
  const size = bytes.byteLength + gap * infos.length;
  const moved = infos.map((info, at) => ({
    ...plain(info),
    place: { ...info.place, offset: info.place.offset + gap * at },
  }));
  const access = {
    size,
    read(start: number, length: number): Promise<Uint8Array> {
      reads.push([start, length]);
      const all = new Uint8Array(length);
      for (const [at, { place }] of moved.entries()) {
        const own = infos[at]?.place.offset ?? 0;
        if (place.offset >= start && place.offset + place.length <= start + length)
          all.set(bytes.subarray(own, own + place.length), place.offset - start);
      }
      return Promise.resolve(all);
    },
  };
  return { access, moved, reads };
}

describe("chunks are read", () => {
  it("in the order in which they were asked for, those that are close to each other at once", async () => {
    const infos = await infosOf();
    const { access, moved, reads } = spread(infos, 0);
    const chosen = [moved[7], moved[2], moved[3]] as ChunkInfo[];
    const chunks = await new FileLoader(access).load(chosen);
    expect(chunks.map(({ entityPath }) => entityPath)).toEqual(chosen.map(({ entityPath }) => entityPath));
    const [first, last] = [chosen[1]?.place, chosen[0]?.place] as [ChunkInfo["place"], ChunkInfo["place"]];
    expect(reads).toEqual([[first.offset, last.offset + last.length - first.offset]]);
  });

  it("apart where a gap is larger than 64 KiB", async () => {
    const infos = await infosOf();
    for (const [gap, count] of [
      [64 * 1024 - 200, 1],
      [64 * 1024 + 200, 12],
    ] as const) {
      const { access, moved, reads } = spread(infos, gap);
      expect((await new FileLoader(access).load(moved)).map(({ id }) => id)).toEqual(infos.map(({ id }) => id));
      expect(reads.length).toBe(count);
    }
  });

  it("with at most eight reads in flight", async () => {
    const infos = await infosOf();
    const { access, moved } = spread(infos, 100_000);
    let [inFlight, most] = [0, 0];
    const slow = {
      size: access.size,
      async read(start: number, length: number): Promise<Uint8Array> {
        most = Math.max(most, ++inFlight);
        const read = await access.read(start, length);
        await new Promise<void>((resolve) => setTimeout(resolve));
        inFlight--;
        return read;
      },
    };
    await new FileLoader(slow).load(moved);
    expect(most).toBe(8);
  });

  it("into memory that is used again, and keep none of it", async () => {
    const infos = await infosOf();
    const { access, moved } = spread(infos, 30_000);
    const used = new Set<ArrayBufferLike>();
    const source = {
      ...access,
      async readInto(target: Uint8Array, start: number): Promise<void> {
        used.add(target.buffer);
        target.set(await access.read(start, target.byteLength));
      },
    };
    const loader = new FileLoader(source, undefined, 0);
    const loads = [await loader.load(moved.slice(0, 6)), await loader.load(moved.slice(6), { withMessages: true })];
    expect(used.size).toBe(1);
    for (const memory of used) new Uint8Array(memory).fill(255);
    const expected = await new FileLoader(fromBytes(bytes)).load(infos, { withMessages: true });
    const chunks = loads.flat();
    expect(chunks.map(arrowOf)).toEqual(expected.map(arrowOf));
    expect(chunks.slice(6).map(({ payload }) => payload)).toEqual(expected.slice(6).map(({ payload }) => payload));
  });

  it("once, and are kept up to a number of bytes, those that were used last", async () => {
    const infos = await infosOf();
    const [a, b, c] = infos as [ChunkInfo, ChunkInfo, ChunkInfo];
    const readsOf = async (loader: FileLoader, reads: unknown[], ...chosen: ChunkInfo[]): Promise<number> => {
      reads.length = 0;
      await loader.load(chosen);
      return reads.length;
    };
    // The objects of a chunk count as well.
    const sizes = (await new FileLoader(fromBytes(bytes)).load([a, b, c])).map(
      (chunk) => arrowOf(chunk).byteLength + 5120,
    );
    const { access, moved, reads } = spread(infos, 100_000);
    const [one, two, three] = moved as [ChunkInfo, ChunkInfo, ChunkInfo];
    const loader = new FileLoader(access, undefined, (sizes[0] ?? 0) + (sizes[1] ?? 0));
    expect(await readsOf(loader, reads, one, two)).toBe(2);
    expect(await readsOf(loader, reads, one)).toBe(0);
    // The second one was used longer ago.
    expect(await readsOf(loader, reads, three)).toBe(1);
    expect(await readsOf(loader, reads, one, three)).toBe(0);
    expect(await readsOf(loader, reads, two)).toBe(1);
    expect(await readsOf(new FileLoader(access, undefined, 0), reads, one, one)).toBe(1);
  });

  it("and checked against the index, with the place in errors", async () => {
    const [info] = (await infosOf()) as [ChunkInfo];
    const load = (changed: ChunkInfo, source = fromBytes(bytes)): Promise<unknown> =>
      new FileLoader(source).load([changed]);
    const where = `the chunk of /e0 at byte ${info.place.offset} cannot be read: `;
    await expect(load({ ...plain(info), rows: 5 })).rejects.toThrow(`${where}the number of rows must be 5`);
    await expect(load({ ...plain(info), place: { ...info.place, length: 20 } })).rejects.toMatchObject({
      code: "INVALID_FORMAT",
    });
    await expect(load({ ...plain(info), place: { offset: bytes.byteLength - 5, length: 6 } })).rejects.toThrow(
      `the index of the recording names bytes behind its end, at ${bytes.byteLength - 5}`,
    );
    const failing = { size: bytes.byteLength, read: () => Promise.reject(new Error("no disk")) };
    const loader = new FileLoader(failing);
    await expect(Promise.all([loader.load([info]), loader.load([info])])).rejects.toThrow("no disk");
    // It is not taken for one that is being read.
    await expect(loader.load([info])).rejects.toThrow("no disk");
  });

  it("unless the signal has fired", async () => {
    const infos = await infosOf();
    const signal = AbortSignal.abort();
    await expect(new FileLoader(fromBytes(bytes)).load(infos, { signal })).rejects.toMatchObject({ code: "ABORTED" });
  });
});

/** A copy whose fields can be changed: those of an index are read when they are needed. */
function plain({ id, entityPath, rows, timelines, components, place }: ChunkInfo): ChunkInfo {
  return { id, entityPath, rows, timelines, components, place };
}
