import { DirectUrlMode, FillMode } from "@rerun-ts/catalog/service";
import { Field, FixedSizeBinary, Schema, Uint64, Utf8, vectorFromArray, type Data, type DataType } from "apache-arrow";
import { describe, expect, it } from "vitest";
import type { CatalogCalls } from "../../dist/catalog-calls.js";
import { findChunks, type ChunkSearch } from "../../dist/find-chunks.js";
import { tablePart } from "../../dist/server-tables.js";
import { storeOf } from "../../../reading/test/logic/stores.ts";

const CALL = { doing: "query" };

const SEARCH: ChunkSearch = {
  contents: new Map([["/a", "all" as const]]),
  dataset: storeOf({}),
  timeline: "frame",
  segments: undefined,
  samples: undefined,
  from: undefined,
  to: undefined,
  isFilled: false,
  seesClearsAbove: false,
};

interface Row {
  readonly segment: string;
  readonly id: number;
  readonly size?: number;
}

/** A table of chunks. Their sizes are in a column with this name. */
function tableOf(rows: readonly Row[], sizes?: string): unknown {
  const columns: [string, DataType, readonly unknown[]][] = [
    ["chunk_segment_id", new Utf8(), rows.map(({ segment }) => segment)],
    ["chunk_id", new FixedSizeBinary(16), rows.map(({ id }) => new Uint8Array(16).fill(id))],
    ...(sizes === undefined
      ? []
      : [[sizes, new Uint64(), rows.map(({ size }) => BigInt(size ?? 0))] as [string, DataType, unknown[]]]),
  ];
  const data = columns.map(([, type, values]) => vectorFromArray(values as never, type).data[0] as Data);
  const fields = columns.map(([name, type]) => new Field(name, type, true));
  return { data: tablePart(new Schema(fields), data, rows.length) };
}

/** Searches in a catalog that responds with some tables. Returns what was found, and the request. */
async function search(
  changes: Partial<ChunkSearch>,
  ...responses: readonly unknown[]
): Promise<{ found: Awaited<ReturnType<typeof findChunks>>; request: Record<string, never> }> {
  let request: Record<string, never> = {};
  const calls = {
    settings: {},
    url: { origin: "http://localhost" },
    async *responses(_method: unknown, message: Record<string, never>) {
      request = message;
      yield* responses;
    },
  };
  const found = await findChunks(calls as unknown as CatalogCalls, { ...SEARCH, ...changes }, CALL);
  return { found, request };
}

describe("a search for chunks", () => {
  it("groups the chunks of all responses by their segments, with sizes and limits for them", async () => {
    const { found } = await search(
      {},
      tableOf([{ segment: "s", id: 1, size: 10 }], "chunk_byte_size_uncompressed"),
      tableOf(
        [
          { segment: "t", id: 2, size: 10 },
          { segment: "s", id: 3 },
        ],
        "chunk_byte_len",
      ),
    );
    const facts = [...found].map(([segment, chunks]) => [
      segment,
      chunks.map(({ row, bytes, maxBytes, direct }) => [row, bytes, maxBytes, direct]),
    ]);
    // The Arrow data of an exact size may be a little larger, and that of a compressed message much larger.
    const [small = 0, large = 0, unknown = 0] = [...found.values()]
      .flat()
      .map(({ maxBytes }) => maxBytes)
      .toSorted((a, b) => a - b);
    expect(small).toBe(40);
    expect(large).toBeGreaterThan(100 * 10);
    expect(unknown).toBeGreaterThan(large);
    expect(facts).toEqual([
      [
        "s",
        [
          [0, 10, small, undefined],
          [1, 0, unknown, undefined],
        ],
      ],
      ["t", [[0, 10, large, undefined]]],
    ]);
    expect(new Set([...found.values()].flat().map(({ id }) => id)).size).toBe(3);
  });

  it("rejects chunks without ids", async () => {
    const field = new Field("chunk_segment_id", new Utf8(), true);
    const data = vectorFromArray(["s"], new Utf8()).data[0] as Data;
    const part = { data: tablePart(new Schema([field]), [data], 1) };
    await expect(search({}, part)).rejects.toThrow("chunks without ids");
  });

  it("asks for earlier values only if a range with a beginning is filled", async () => {
    const modeOf = async (changes: Partial<ChunkSearch>): Promise<unknown> => (await search(changes)).request["mode"];
    const segments = { selection: { case: "all", value: {} } };
    const range = { timeline: "frame", fillMode: FillMode.NONE, segments };
    expect(await modeOf({})).toEqual({ case: "range", value: range });
    expect(await modeOf({ isFilled: true, to: 9n })).toEqual({ case: "range", value: { ...range, endInclusive: 9n } });
    expect(await modeOf({ isFilled: true, from: 0n, to: 9n })).toEqual({
      case: "range",
      value: { ...range, fillMode: FillMode.LATEST_AT, startInclusive: 0n, endInclusive: 9n },
    });
    expect(await modeOf({ from: 0n })).toMatchObject({ value: { fillMode: FillMode.NONE, startInclusive: 0n } });
    expect(await modeOf({ timeline: undefined, segments: ["s"] })).toEqual({
      case: "static",
      value: { segments: { selection: { case: "explicit", value: { ids: [{ id: "s" }] } } } },
    });
  });

  it("asks for the times of each segment", async () => {
    const samples = new Map([["s", BigInt64Array.of(3n, 5n)]]);
    const { request } = await search({ samples, isFilled: true, segments: ["s"] });
    expect(request["mode"]).toEqual({
      case: "samples",
      value: {
        timeline: "frame",
        fillMode: FillMode.LATEST_AT,
        segments: [{ segmentId: { id: "s" }, values: [3n, 5n] }],
      },
    });
    expect(request["directUrlMode"]).toBe(DirectUrlMode.OMIT);
  });

  it("asks for the clears of the entities above and of the entity itself, if they matter", async () => {
    const clear = "Clear:is_recursive";
    const dataset = storeOf({
      columns: ["/", "/a", "/a/b", "/a/bc", "/x"].map((path) => [path, clear, {}] as const),
    });
    const contents = new Map([["/a/b", new Set(["S:scalars"])]]);
    const entitiesOf = async (seesClearsAbove: boolean): Promise<unknown> => {
      const { request } = await search({ contents, dataset, seesClearsAbove });
      const { entities } = (request["contents"] as unknown as { selection: { value: { entities: never[] } } }).selection
        .value;
      return entities.map(
        ({ entityPath, components }: { entityPath: { path: string }; components: { value: unknown } }) => [
          entityPath.path,
          components.value,
        ],
      );
    };
    expect(await entitiesOf(true)).toEqual([
      ["/a/b", { ids: ["S:scalars", clear] }],
      ["/", { ids: [clear] }],
      ["/a", { ids: [clear] }],
    ]);
    expect(await entitiesOf(false)).toEqual([["/a/b", { ids: ["S:scalars"] }]]);
  });
});
