// Rows of a catalog as programs use them. The judge is Rerun's own client in the Python SDK.
import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { connectCatalog, type CatalogClient, type DatasetEntry } from "@rerun-ts/catalog";
import * as rr from "@rerun-ts/node";
import { CatalogServer } from "@rerun-ts/test-support/node/catalog-server";
import { isRerunThere, realRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { Field, Float64, Int64, List, Schema, Utf8, Table, tableFromArrays, tableToIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CatalogOracle } from "./catalog/catalog-oracle.ts";
import { outputFile } from "./harness/output.ts";

const SEGMENTS = { one: 4, three: 2, two: 3 };
const tree = rr.defineTree({ arm: { speed: rr.Scalars } });

let server: CatalogServer;
let oracle: CatalogOracle;
let catalog: CatalogClient;
let dataset: DatasetEntry;

beforeAll(async () => {
  if (!isRerunThere()) return;
  server = await CatalogServer.start(realRerun().rerun);
  catalog = await connectCatalog(server.url);
  oracle = new CatalogOracle(server.url, realRerun().python);
  dataset = await catalog.createDataset("rows");
  for (const [id, frames] of Object.entries(SEGMENTS)) {
    const rec = new rr.RecordingStream("rows", { recordingId: id });
    const path = outputFile(`catalog-rows.${id}.rrd`);
    await rec.save(path);
    for (let frame = 0; frame < frames; frame++) {
      rec.setTime("frame", frame);
      rec.log("arm/speed", new rr.Scalars(frame / 2));
      rec.log("arm/debug/load", new rr.Scalars(frame));
      if (frame % 2 === 0) rec.log("camera", new rr.TextLog(`image ${frame}`, { level: "INFO" }));
    }
    await rec.close();
    await dataset.register(pathToFileURL(path).href).wait();
  }
});

afterAll(async () => {
  await oracle?.stop();
  catalog?.close();
  await server?.stop();
});

/** Lets Rerun compare one of our tables with its own table. */
async function ask<Answer>(call: string, request: object, table: Table): Promise<Answer> {
  const path = outputFile(`catalog-rows.${call}.arrow`);
  await writeFile(path, tableToIPC(table, "stream"));
  return oracle.ask<Answer>(call, { ...request, path });
}

describe.runIf(isRerunThere())("the rows of a catalog", () => {
  test("are objects with the segment, and values in the types of their fields", async () => {
    const query = dataset.query({ index: "frame", segments: ["one", "two"] });
    const columns = {
      frame: ["frame", Number],
      speed: [tree.arm.speed, rr.Scalars.scalars, 0],
      text: ["/camera", rr.TextLog.text, 0],
    } as const;
    const expected = (["one", "two"] as const).flatMap((segmentId) =>
      Array.from({ length: SEGMENTS[segmentId] }, (_, frame) => ({
        segmentId,
        frame,
        speed: frame / 2,
        text: frame % 2 === 0 ? `image ${frame}` : null,
      })),
    );
    const rows: object[] = [];
    for await (const row of query.rows(columns)) {
      // The compiler knows the types.
      const [frame, speed, segment]: [number, number | null, string] = [row.frame, row.speed, row.segmentId];
      expect([frame, speed, segment]).toEqual([row.frame, row.speed, row.segmentId]);
      rows.push(row);
    }
    expect(rows).toEqual(expected);
    const { segmentId, frame, speed, text } = await query.toColumns(columns);
    expect(segmentId).toEqual(expected.map((row) => row.segmentId));
    expect([...frame.toFloat64Array()]).toEqual(expected.map((row) => row.frame));
    expect([...speed.toFloat64Array()]).toEqual(expected.map((row) => row.speed));
    expect(text.toArray()).toEqual(expected.map((row) => row.text));
    const none = await dataset.query({ index: "frame", segments: "nope" }).toColumns(columns);
    expect([none.segmentId, none.speed.length]).toEqual([[], 0]);
  });

  test("are none of columns that the dataset does not have, or that have the name of the segment", async () => {
    const query = dataset.query({ index: "frame" });
    await expect(query.toColumns({ speed: ["/arm/sped", rr.Scalars.scalars, 0] })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(/the dataset has no entity .*\/arm\/sped.* mean .*\/arm\/speed/) as string,
    });
    await expect(query.rows({ segmentId: ["frame", Number] }).next()).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("segmentId") as string,
    });
  });

  test("can be selected by chained filters, each of which narrows the others", async () => {
    const chains: { segments: string[][]; contents: string[][]; ids: string[] }[] = [
      { segments: [["one", "two"]], contents: [["/arm/**"]], ids: ["one", "two"] },
      {
        segments: [
          ["one", "two"],
          ["two", "three"],
        ],
        contents: [
          ["/**", "-/camera"],
          ["/arm/**", "/camera"],
        ],
        ids: ["two"],
      },
      { segments: [["one"], ["two"]], contents: [["/arm/**"], ["/arm/debug/**"]], ids: [] },
      { segments: [["nope", "one"]], contents: [["/arm/speed"]], ids: ["one"] },
    ];
    for (const { segments, contents, ids } of chains) {
      let selection = dataset.filterContents(contents[0] as string[]);
      for (const expressions of contents.slice(1)) selection = selection.filterContents(expressions);
      for (const each of segments) selection = selection.filterSegments(each);
      const table = await selection.query({ index: "frame" }).toTable();
      const request = { dataset: dataset.name, segments, contents };
      const answer = await ask<{ problem: string | null; segmentIds: string[] }>("selection", request, table);
      // Rerun's client returns the ids of the filter as they are.
      expect({ ...answer, segmentIds: answer.segmentIds.filter((id) => id !== "nope") }).toEqual({
        problem: null,
        segmentIds: ids,
      });
      expect(await ask("selection_schema", request, new Table(await selection.arrowSchema(), []))).toEqual({
        problem: null,
      });
      expect(await selection.segmentIds()).toEqual(ids);
      expect((await selection.segmentTable()).numRows).toBe(ids.length);
      const ranges = await selection.getIndexRanges();
      expect(Array.from(ranges.getChild("rerun_segment_id") ?? [], String).sort()).toEqual([...ids].sort());
      const { indexes } = await selection.schema();
      expect(ranges.schema.fields.map(({ name }) => name)).toEqual([
        "rerun_segment_id",
        ...indexes.flatMap(({ name }) => [`${name}:start`, `${name}:end`]),
      ]);
    }
    const whole = { dataset: dataset.name, segments: [["one"]], contents: [] };
    const wholeSchema = new Table(await dataset.filterSegments("one").arrowSchema(), []);
    expect(await ask("selection_schema", whole, wholeSchema)).toEqual({ problem: null });
    const arm = dataset.filterContents("/arm/**").filterContents("-/arm/debug/**");
    expect((await arm.schema()).entityPaths).toEqual([]);
    const speed = dataset.filterContents("/arm/**").filterContents(["/**", "-/arm/debug/**"]);
    expect((await speed.schema()).entityPaths).toEqual(["/arm/speed"]);
    const chosen = dataset.filterSegments(await dataset.segmentTable({ segments: ["three"] }));
    expect((await chosen.query({ index: "frame", contents: "/arm/speed" }).toTable()).numRows).toBe(2);
    expect(() => dataset.filterSegments(tableFromArrays({ other: ["x"] }))).toThrow("rerun_segment_id");
  });

  test("of segments have the columns of a table that is joined", async () => {
    const schema = new Schema([new Field("rerun_segment_id", new Utf8()), new Field("score", new Float64())]);
    const meta = await catalog.createTable("meta", schema);
    await meta.append({ rerun_segment_id: ["two", "one", "other", "one"], score: [2, 1, 0, 1.5] });
    const table = await dataset.segmentTable({ joinMeta: meta });
    expect(await ask("joined", { dataset: dataset.name, meta: "meta" }, table)).toEqual({ problem: null });
    const chosen = await dataset.segmentTable({
      joinMeta: await meta.toTable(),
      columns: ["rerun_segment_id", "score"],
    });
    expect(
      chosen
        .toArray()
        .map((row) => JSON.stringify(row))
        .sort(),
    ).toEqual([
      '{"rerun_segment_id":"one","score":1.5}',
      '{"rerun_segment_id":"one","score":1}',
      '{"rerun_segment_id":"three","score":null}',
      '{"rerun_segment_id":"two","score":2}',
    ]);
    await expect(dataset.segmentTable({ joinMeta: meta, joinKey: "score" })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    await meta.delete();
  });

  test("are written by the names of their columns", async () => {
    const item = new Field("item", new Float64());
    const schema = new Schema([
      new Field("id", new Int64(), false),
      new Field("name", new Utf8(), true),
      new Field("place", new List(item), true),
    ]);
    const table = await catalog.createTable("named", schema);
    await table.append({ id: [1, 2n], name: ["a", null], place: [[0.5, 1], null] });
    await table.append({ id: BigInt64Array.of(3n) });
    const rows = (await table.toTable())
      .toArray()
      .map(({ id, name, place }) => [id, name, place && [...place]] as unknown);
    expect(rows).toEqual([
      [1n, "a", [0.5, 1]],
      [2n, null, null],
      [3n, null, null],
    ]);
    const wrong = [{ id: [1], nam: ["a"] }, { id: [1], name: ["a", "b"] }, { name: ["a"] }, {}, { id: 1 }];
    for (const columns of wrong)
      await expect(table.append(columns as never)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await table.delete();
  });
});
