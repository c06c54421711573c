import { importTable, type ImportTableOptions } from "@rerun-ts/import";
import { encodeParquet, openRrd, plainRows, type PlainRow } from "@rerun-ts/reading";
import { RecordingStream, isRerunError } from "@rerun-ts/core";
import { collect } from "@rerun-ts/test-support/common/collect";
import { countTurns } from "@rerun-ts/test-support/common/count-turns";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { Points3D, Scalars, TextLog } from "@rerun-ts/types";
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer, type ColumnSource } from "hyparquet-writer";
import { describe, expect, it } from "vitest";

const SEED = 41;
const DAMAGES = 200;
const utf8 = new TextEncoder();

const codesOf = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));
const utf16 = (text: string): Uint8Array => new Uint8Array(new Uint16Array(codesOf(text)).buffer);
const latin1 = (text: string): Uint8Array => Uint8Array.from(codesOf(text));

/** Imports a table. Returns the rows of the recording. */
async function imported(source: Parameters<typeof importTable>[1], options: ImportTableOptions): Promise<PlainRow[]> {
  const recording = new RecordingStream("tables", { recordingId: "one", sendProperties: false });
  const memory = recording.memoryRecording();
  await importTable(recording, source, options);
  const read = (await openRrd(memory.drainAsBytes())).recording();
  const index = read.schema().indexes[0]?.name ?? null;
  return [...plainRows(await read.query({ index }).toTable())];
}

/** A Parquet file of 3 rows, from a query. */
async function parquetFile(): Promise<Uint8Array> {
  const recording = new RecordingStream("source", { recordingId: "one", sendProperties: false });
  const memory = recording.memoryRecording();
  for (let frame = 0; frame < 3; frame++) {
    recording.log("arm", new Scalars(frame === 1 ? [1, 2] : frame / 2), { time: { frame } });
    if (frame !== 2) recording.log("cloud", new Points3D([[frame, 1, 2]], { labels: ["a"] }), { time: { frame } });
    recording.log("log", new TextLog(`"${frame}"`), { time: { frame } });
  }
  const query = (await openRrd(memory.drainAsBytes())).recording().query({ index: "frame" });
  return collect(encodeParquet(query));
}

/** The type of a decimal, without the older form of it. */
const decimal = (precision: number, scale: number): Pick<SchemaElement, "logical_type"> => ({
  logical_type: { type: "DECIMAL", precision, scale },
});

const NOT_UTF8 = "the CSV file is not text in UTF-8: save it in this encoding";
const HAS_NUL = "the CSV file has characters NUL: it is damaged, in UTF-16, or of another kind";

describe("importTable", () => {
  it("reads words for missing values as empty cells, except in columns of text", async () => {
    const words = ["NA", "n/a", "<NA>", "null", "None", "\\N"];
    const lines = ["number,ok,text,words", "1,true,b,", ...words.map((word) => `${word},${word},${word},${word}`)];
    expect(await imported(utf8.encode(lines.join("\n")), { entityPath: "e" })).toEqual([
      { row_index: 0n, "/e:number": [1n], "/e:ok": [true], "/e:text": ["b"], "/e:words": null },
      ...words.map((word, row) => ({
        row_index: BigInt(row + 1),
        "/e:number": null,
        "/e:ok": null,
        "/e:text": [word],
        "/e:words": [word],
      })),
    ]);
  });

  it("gives the columns of CSV the types that fit all of their cells", async () => {
    const lines = [
      "\uFEFFtime;count;ratio;name;id;ok;mixed",
      '2026-01-01T00:00:00.000000001Z;1;1;"a ""quoted""; cell";007;true;1',
      '2026-01-01 02:00:01+02:00;-2;1e3;"two\r\nlines";12;FALSE;x',
      "",
      "2026-01-02;;nan;;;;",
      ";9;9;has no time;9;true;9",
    ];
    const rows = await imported(utf8.encode(lines.join("\r\n")), { index: "time", entityPath: "/t" });
    const start = 1_767_225_600_000_000_000n;
    expect(rows).toEqual([
      {
        time: start + 1n,
        "/t:count": [1n],
        "/t:ratio": [1],
        "/t:name": ['a "quoted"; cell'],
        "/t:id": ["007"],
        "/t:ok": [true],
        "/t:mixed": ["1"],
      },
      {
        time: start + 1_000_000_000n,
        "/t:count": [-2n],
        "/t:ratio": [1000],
        "/t:name": ["two\r\nlines"],
        "/t:id": ["12"],
        "/t:ok": [false],
        "/t:mixed": ["x"],
      },
      {
        time: start + 86_400_000_000_000n,
        "/t:count": null,
        "/t:ratio": [Number.NaN],
        "/t:name": null,
        "/t:id": null,
        "/t:ok": null,
        "/t:mixed": null,
      },
    ]);
  });

  it("gives columns an entity of their own, or one for all with the same prefix", async () => {
    const recording = new RecordingStream("tables", { recordingId: "one", sendProperties: false });
    const memory = recording.memoryRecording();
    const csv = utf8.encode("arm,arm_x,arm_arm,w_,solo_name,cam/is_open\n1,2,3,4,a,true\n5,,7,8,b,false\n");
    await importTable(recording, csv, { columnGrouping: "prefix", entityPath: "world" });
    await importTable(recording, csv, { columnGrouping: "individual", index: "w_" });
    const read = (await openRrd(memory.drainAsBytes())).recording();
    const found = read.schema().components.map(({ entityPath, component }) => `${entityPath} ${component}`);
    expect(found).toEqual([
      "/arm arm",
      "/arm_arm arm_arm",
      "/arm_x arm_x",
      "/cam/is_open cam/is_open",
      "/solo_name solo_name",
      "/world/arm data",
      "/world/cam/is open",
      "/world/solo name",
      "/world/w_ w_",
    ]);
    const rows = plainRows(await read.query({ index: "row_index", contents: "/world/arm" }).toTable());
    expect([...rows].map((row) => row["/world/arm:data"])).toEqual([
      [{ arm: 1n, x: 2n, arm_arm: 3n }],
      [{ arm: 5n, x: null, arm_arm: 7n }],
    ]);
    const wrong = { columnGrouping: "prefixes" as "prefix" };
    await expect(importTable(recording, csv, wrong)).rejects.toThrow(
      '`columnGrouping` must be "individual" or "prefix"',
    );
  });

  it("keeps the digits of 64-bit integers, and takes spaces around values for no part of them", async () => {
    const csv =
      "ns, id, big\n1767225600000000001, 9223372036854775807, 9223372036854775808\n1767225600000000002,  ,1\n";
    expect(await imported(utf8.encode(csv), { index: { column: "ns", type: "timestamp", unit: "nanos" } })).toEqual([
      { ns: 1_767_225_600_000_000_001n, "/:id": [9_223_372_036_854_775_807n], "/:big": [" 9223372036854775808"] },
      { ns: 1_767_225_600_000_000_002n, "/:id": null, "/:big": ["1"] },
    ]);
  });

  it("takes integers that 64 bits cannot hold for text, and reads times with all offsets of ISO", async () => {
    const csv = "id,at\n9223372036854775807,2026-01-01T00:00:00-08\n9223372036854775808,2026-01-01T09:00:00z\n";
    expect(await imported(utf8.encode(csv), { index: "at" })).toEqual([
      { at: BigInt(Date.UTC(2026, 0, 1, 8)) * 1_000_000n, "/:id": ["9223372036854775807"] },
      { at: BigInt(Date.UTC(2026, 0, 1, 9)) * 1_000_000n, "/:id": ["9223372036854775808"] },
    ]);
  });

  it("takes days that do not exist, and those that nanoseconds cannot have, for text", async () => {
    for (const day of ["9999-12-31", "0001-01-01T00:00:00Z", "2262-04-11T23:47:16.854775808"])
      expect(await imported(utf8.encode(`at\n${day}\n`), {})).toEqual([{ row_index: 0n, "/:at": [day] }]);
    expect(await imported(utf8.encode("day,at\n2026-02-28,2026-02-30\n2028-02-29,2026-04-31T00:00:00Z\n"), {})).toEqual(
      [
        { row_index: 0n, "/:day": [1_772_236_800_000_000_000n], "/:at": ["2026-02-30"] },
        { row_index: 1n, "/:day": [1_835_395_200_000_000_000n], "/:at": ["2026-04-31T00:00:00Z"] },
      ],
    );
  });

  it("reads the first and last days, offsets, and the end of a day as the platform does", async () => {
    const times = [
      "1970-01-01",
      "1969-12-31T23:59:59.999999999Z",
      "1900-02-28 24:00",
      "2000-02-29T23:59:59+23:59",
      "1678-03-01T00:00:00-0030",
      "2261-12-31",
    ];
    const nanos = (text: string): bigint => {
      const [whole = "", fraction = ""] = text.split(".");
      const iso = whole
        .replace(" ", "T")
        .replace(/(\d\d)(\d\d)$/, (found, hours, minutes) =>
          /[+-]\d{4}$/.test(whole) ? `${hours}:${minutes}` : found,
        );
      const zone = /T/.test(iso) && !/(Z|[+-]\d\d:\d\d)$/.test(iso) ? "Z" : "";
      return BigInt(Date.parse(iso + zone)) * 1_000_000n + BigInt(Number.parseInt(fraction, 10) || 0);
    };
    expect(await imported(utf8.encode(`at\n${times.join("\n")}\n`), {})).toEqual(
      times.map((text, row) => ({ row_index: BigInt(row), "/:at": [nanos(text)] })),
    );
    const wrong = ["2026-01-01T24:00:01", "2026-01-01T12:60:00", "2026-01-01T12:00:00+24:00", "1900-02-29"];
    for (const text of wrong)
      expect(await imported(utf8.encode(`at\n${text}\n`), {})).toEqual([{ row_index: 0n, "/:at": [text] }]);
  });

  it("makes the field of a column's name of integers, too", async () => {
    expect(await imported(utf8.encode("frame,/arm:Scalars:scalars\n1,2\n2,\n3,4\n"), { index: "frame" })).toEqual([
      { frame: 1n, "/arm:Scalars:scalars": [2] },
      { frame: 3n, "/arm:Scalars:scalars": [4] },
    ]);
  });

  it.for([
    ["UTF-16", utf16("\uFEFFa,b\n1,2\n"), NOT_UTF8],
    ["UTF-16 without a mark", utf16("a,b\n1,2\n"), HAS_NUL],
    ["Latin-1", latin1("a,b\ncaf\u00E9,2\n"), NOT_UTF8],
    ["a ZIP file", latin1("PK\u0003\u0004\u0014\0\0\0"), HAS_NUL],
    ["a cell with NUL", latin1("a,b\n1,x\0\n"), HAS_NUL],
  ] as const)("rejects %s instead of reading other characters", async ([, bytes, message]) => {
    await expect(imported(bytes, {})).rejects.toMatchObject({ code: "INVALID_FORMAT", message });
  });

  it("makes archetypes of columns, and leaves out the rows that have no value", async () => {
    const csv = "ms,x,y,z,battery,note\n0,1,2,3,90,a\n500,4,,6,89,b\n";
    const entities = {
      position: { as: Points3D, fields: { positions: ["x", "y", "z"] } },
      "/battery": { as: Scalars, fields: { scalars: "battery" } },
    };
    const index = { column: "ms", timeline: "elapsed", type: "duration", unit: "millis" } as const;
    expect(await imported(utf8.encode(csv), { index, entities })).toEqual([
      { elapsed: 0n, "/battery:Scalars:scalars": [90], "/position:Points3D:positions": [[1, 2, 3]] },
      { elapsed: 500_000_000n, "/battery:Scalars:scalars": [89], "/position:Points3D:positions": null },
    ]);
  });

  it("makes texts of cells that look like other values, and instances of lists", async () => {
    const csv = "code,when,note\n007,2026-01-31,[1]\n1.50,2026-02-01,true\n";
    const entities = {
      "/code": { as: TextLog, fields: { text: "code" } },
      "/when": { as: TextLog, fields: { text: "when" } },
      "/note": { as: Points3D, fields: { labels: "note" } },
    };
    const start = BigInt(Date.UTC(2026, 0, 31)) * 1_000_000n;
    expect(await imported(utf8.encode(csv), { index: "when", entities })).toEqual([
      {
        when: start,
        "/code:TextLog:text": ["007"],
        "/when:TextLog:text": ["2026-01-31"],
        "/note:Points3D:labels": ["[1]"],
      },
      {
        when: start + 86_400_000_000_000n,
        "/code:TextLog:text": ["1.50"],
        "/when:TextLog:text": ["2026-02-01"],
        "/note:Points3D:labels": ["true"],
      },
    ]);
    const list = (name: string, data: bigint[][]): ColumnSource => ({ name, data });
    const schema: SchemaElement[] = [
      { name: "root", num_children: 2 },
      ...["many", "point"].flatMap((name): SchemaElement[] => [
        { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        { name: "element", type: "INT64", repetition_type: "OPTIONAL" },
      ]),
    ];
    const columnData = [
      list("many", [[1n, 2n], []]),
      list("point", [
        [1n, 2n, 3n],
        [4n, 5n, 6n],
      ]),
    ];
    const parquet = new Uint8Array(parquetWriteBuffer({ columnData, schema }));
    const numbers = {
      "/many": { as: Scalars, fields: { scalars: "many" } },
      "/point": { as: Points3D, fields: { positions: "point" } },
    };
    expect(await imported(parquet, { entities: numbers })).toEqual([
      { row_index: 0n, "/many:Scalars:scalars": [1, 2], "/point:Points3D:positions": [[1, 2, 3]] },
      { row_index: 1n, "/many:Scalars:scalars": [], "/point:Points3D:positions": [[4, 5, 6]] },
    ]);
  });

  it("reads the cells of fields as other programs write them, and reports those that are none", async () => {
    const header = "/p:Points3D:positions,/p:Points3D:colors,/l:TextLog:text";
    expect(
      await imported(utf8.encode(`${header}\n"[1,2,3]",#ff000080,"[""a"""\n"[[4, 5, null]]",255,4\n`), {}),
    ).toEqual([
      {
        row_index: 0n,
        "/p:Points3D:positions": [[1, 2, 3]],
        "/p:Points3D:colors": [0xff000080],
        "/l:TextLog:text": ['["a"'],
      },
      {
        row_index: 1n,
        "/p:Points3D:positions": [[4, 5, Number.NaN]],
        "/p:Points3D:colors": [255],
        "/l:TextLog:text": ["4"],
      },
    ]);
    for (const [column, cell, message] of [
      ["Points3D:positions", "[1 2 3]", "must have a value of type FixedSizeList"],
      ["Points3D:class_ids", "65536", "must have a value of type Uint16, got "],
      ["Scalars:scalars", "fast", 'must have a value of type Float64, got "fast"'],
      ["Image:format", '{"width":1}', "must have a value of type Uint32, got null"],
      ["Tensor:data", "[]", "has tensors, whose type a table does not have: leave it out of the query"],
    ] as const)
      await expect(
        imported(utf8.encode(`"/a:${column}"\n"${cell.replaceAll('"', '""')}"\n`), {}),
      ).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining(`/a:${column} ${message}`.replace(/^(\S+) must/, "$1 must")) as unknown,
      });
  });

  it("reads a Parquet file from a part of larger memory, such as a Buffer", async () => {
    const whole = await parquetFile();
    const memory = new Uint8Array(whole.length + 16).fill(255);
    memory.set(whole, 8);
    const expected = await imported(whole, { index: "frame" });
    expect(await imported(memory.subarray(8, -8), { index: "frame" })).toEqual(expected);
    // The method of a Buffer of Node makes no copy.
    class Shared extends Uint8Array {
      override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
        return this.subarray(start, end) as Uint8Array<ArrayBuffer>;
      }
    }
    expect(await imported(new Shared(memory.buffer, 8, whole.length), { index: "frame" })).toEqual(expected);
  });

  it("takes a table without rows, or without any time, for one of no rows", async () => {
    const recording = new RecordingStream("tables");
    for (const [csv, skippedRows] of [
      ["at,a\n", 0],
      ["at,a\n,1\n,2\n", 2],
    ] as const)
      expect(await importTable(recording, utf8.encode(csv), { index: "at" })).toEqual({
        rows: 0,
        skippedRows,
        chunks: 0,
      });
  });

  it("numbers the rows of a table without times, and takes static ones", async () => {
    const csv = utf8.encode("a\n1\n2\n");
    expect(await imported(csv, {})).toEqual([
      { row_index: 0n, "/:a": [1n] },
      { row_index: 1n, "/:a": [2n] },
    ]);
    expect(await imported(utf8.encode("a\n2\n"), { index: null })).toEqual([{ "/:a": [2n] }]);
  });

  it("turns the Parquet file of a query back into its archetypes", async () => {
    const rows = await imported(await parquetFile(), { index: "frame" });
    expect(rows).toMatchObject([
      {
        frame: 0n,
        "/arm:Scalars:scalars": [0],
        "/cloud:Points3D:positions": [[0, 1, 2]],
        "/log:TextLog:text": ['"0"'],
      },
      { frame: 1n, "/arm:Scalars:scalars": [1, 2], "/cloud:Points3D:labels": ["a"] },
      { frame: 2n, "/arm:Scalars:scalars": [1], "/cloud:Points3D:positions": null },
    ]);
  });

  it("reads intervals of Parquet as structs", async () => {
    const schema: SchemaElement[] = [
      { name: "root", num_children: 1 },
      {
        name: "every",
        type: "FIXED_LEN_BYTE_ARRAY",
        type_length: 12,
        converted_type: "INTERVAL",
        repetition_type: "OPTIONAL",
      },
    ];
    const columnData = [{ name: "every", data: [new Uint8Array(new Uint32Array([14, 3, 2 ** 32 - 1]).buffer), null] }];
    const file = new Uint8Array(parquetWriteBuffer({ columnData, schema }));
    expect(await imported(file, {})).toEqual([
      { row_index: 0n, "/:every": [{ months: 14n, days: 3n, milliseconds: 2n ** 32n - 1n }] },
    ]);
  });

  it("keeps the digits of decimals in Parquet, and takes times that nanoseconds cannot have for empty cells", async () => {
    const rows = [
      { at: 20_000, price: -456 },
      { at: 2_932_896, price: 123 },
      { at: -719_162, price: 7 },
    ];
    const schema: SchemaElement[] = [
      { name: "root", num_children: 2 },
      { name: "at", type: "INT32", converted_type: "DATE", repetition_type: "REQUIRED" },
      { name: "price", type: "INT32", converted_type: "DECIMAL", scale: 2, precision: 9, repetition_type: "REQUIRED" },
    ];
    const days = { name: "at", data: Int32Array.from(rows, ({ at }) => at) };
    const columnData = [days, { name: "price", data: rows.map(({ price }) => price / 100) }];
    const file = new Uint8Array(parquetWriteBuffer({ columnData, schema }));
    const day = 1_728_000_000_000_000_000n;
    expect(await imported(file, {})).toEqual([
      { row_index: 0n, "/:at": [day], "/:price": [-4.56] },
      { row_index: 1n, "/:at": null, "/:price": [1.23] },
      { row_index: 2n, "/:at": null, "/:price": [0.07] },
    ]);
    expect(await imported(file, { index: "at" })).toEqual([{ at: day, "/:price": [-4.56] }]);
    const twice = new Uint8Array(parquetWriteBuffer({ columnData: [days, days] }));
    const digits = 123_456_789_012_345_678n;
    const nested: SchemaElement[] = [
      { name: "root", num_children: 2 },
      { name: "long", type: "INT64", repetition_type: "OPTIONAL", ...decimal(18, 4) },
      { name: "in", repetition_type: "OPTIONAL", num_children: 1 },
      { name: "short", type: "INT64", repetition_type: "OPTIONAL", ...decimal(9, 2) },
    ];
    const wide = [
      { name: "long", data: [digits, -5n, null] },
      { name: "in", data: [{ short: -129n }, {}, null] },
    ];
    const wideFile = new Uint8Array(parquetWriteBuffer({ columnData: wide, schema: nested }));
    expect(await imported(wideFile, {})).toEqual([
      { row_index: 0n, "/:long": ["12345678901234.5678"], "/:in": [{ short: -1.29 }] },
      { row_index: 1n, "/:long": ["-0.0005"], "/:in": [{ short: null }] },
    ]);
    const entities = { "/s": { as: Scalars, fields: { scalars: "in.short" } } };
    expect(await imported(wideFile, { entities })).toEqual([{ row_index: 0n, "/s:Scalars:scalars": [-1.29] }]);
    const wrong = { "/s": { as: Scalars, fields: { scalars: "in.long" } } };
    await expect(imported(wideFile, { entities: wrong })).rejects.toThrow(
      '`entities./s` must be a column of the table ("long", "in", "in.short"), got "in.long"',
    );
    await expect(imported(twice, {})).rejects.toMatchObject({
      code: "INVALID_FORMAT",
      message: 'the Parquet file has two columns with the name "at"',
    });
  });

  it("reads CSV a megabyte at a time, into chunks of few rows", async () => {
    const row = utf8.encode(`1,${"x".repeat(1021)}\n`);
    const header = utf8.encode(`a,${" ".repeat(1020)}b\n`);
    const size = 5000 * 1024;
    let largest = 0;
    const read = (start: number, length: number): Uint8Array => {
      largest = Math.max(largest, length);
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at++) {
        const position = start + at;
        bytes[at] = (position < 1024 ? header : row)[position % 1024] ?? 0;
      }
      return bytes;
    };
    const recording = new RecordingStream("tables");
    const report = await importTable(recording, { size, read }, { index: null, batchRows: 1000 });
    expect(report).toEqual({ rows: 4999, skippedRows: 0, chunks: 5 });
    expect(largest).toBe(1024 * 1024);
  });

  it("rejects what is no table, and columns that do not exist, with the names that do", async () => {
    const parquet = await parquetFile();
    const huge = parquet.slice();
    new DataView(huge.buffer).setUint32(huge.byteLength - 8, 0xffff_ffff, true);
    const cases: [source: Uint8Array, options: ImportTableOptions, code: string, message: string][] = [
      [new Uint8Array(), {}, "INVALID_FORMAT", "it has no names of columns"],
      [utf8.encode("a,a\n1,2"), {}, "INVALID_FORMAT", 'two columns with the name "a"'],
      [
        utf8.encode("a,b\n1,2\n1,2,3"),
        {},
        "INVALID_FORMAT",
        "row 3 of the CSV file has 3 cells, but there are 2 columns",
      ],
      [utf8.encode('a,b\n1,"2'), {}, "INVALID_FORMAT", "ends within quotes that begin in row 2"],
      [
        utf8.encode("a,b\n1,2"),
        { index: "c" },
        "INVALID_ARGUMENT",
        '`index` must be a column of the table ("a", "b"), got "c"',
      ],
      [utf8.encode("a,b\n1.5,2"), { index: "a" }, "INVALID_ARGUMENT", 'type: "duration"'],
      [utf8.encode("a,b\nx,2"), { index: { column: "a", type: "sequence" } }, "INVALID_ARGUMENT", "numbers or times"],
      [utf8.encode("a\n1"), { index: "a" }, "INVALID_ARGUMENT", "must have a column besides its times"],
      [
        utf8.encode("a,b,c\n1,2,3"),
        { index: ["a", { column: "b", timeline: "a" }] },
        "INVALID_ARGUMENT",
        '`index` must have one column for each timeline, but "a" has two',
      ],
      [
        utf8.encode("a,b\n1.5,2"),
        { index: { column: "a", type: "sequence" } },
        "INVALID_ARGUMENT",
        'the column "a" must be a safe integer or a bigint, got 1.5',
      ],
      [
        utf8.encode("a\nx"),
        { entities: { "/a": { as: Scalars, fields: { scalars: "a" } } } },
        "INVALID_ARGUMENT",
        "must be a number",
      ],
      [
        utf8.encode("a\n1"),
        { entities: { "/a": { as: Scalars, fields: { scalars: "b" } } } },
        "INVALID_ARGUMENT",
        "`entities./a` must be",
      ],
      [
        utf8.encode("a\n1"),
        { entities: { "/a": { as: new Scalars(1) as never, fields: { scalars: "a" } } } },
        "INVALID_ARGUMENT",
        "`entities./a.as` must be the class of an archetype, e.g. rr.Points3D, got Scalars",
      ],
      [utf8.encode("a\n1"), { format: "parquet" }, "INVALID_FORMAT", "the Parquet file is damaged"],
      [parquet.subarray(0, 100), {}, "INVALID_FORMAT", "the Parquet file is damaged"],
      [huge, {}, "INVALID_FORMAT", "its metadata has 4294967295 bytes"],
    ];
    for (const [source, options, code, message] of cases)
      await expect(imported(source, options)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message) as unknown,
      });
  });

  it("keeps the key-value metadata of a Parquet file as a property of the recording", async () => {
    const columnData = [{ name: "a", data: [1, 2] }];
    const kvMetadata = [{ key: "author", value: "somebody" }, { key: "empty" }];
    const propertiesOf = async (file: Uint8Array): Promise<unknown> => {
      const recording = new RecordingStream("tables");
      const memory = recording.memoryRecording();
      await importTable(recording, file);
      const opened = await openRrd(memory.drainAsBytes());
      const found = [];
      for await (const chunk of opened.recording().chunks({ contents: "/__properties" }))
        if (chunk.components.includes("file_metadata")) found.push(...plainRows(chunk.table));
      return found.map((row) => row["file_metadata"]);
    };
    const pairs = [
      [
        { first: "author", second: "somebody" },
        { first: "empty", second: "" },
      ],
    ];
    expect(await propertiesOf(new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata })))).toEqual([pairs]);
    expect(await propertiesOf(new Uint8Array(parquetWriteBuffer({ columnData })))).toEqual([]);
  });

  it("lets other events have their turn between the columns of a Parquet file", async () => {
    const data = new Int32Array(1000);
    const columnData = Array.from({ length: 50 }, (_, column) => ({ name: `c${column}`, data }));
    const file = new Uint8Array(parquetWriteBuffer({ columnData }));
    const recording = new RecordingStream("tables");
    recording.memoryRecording();
    expect(await countTurns(() => importTable(recording, file, {}))).toBeGreaterThanOrEqual(50);
  });

  it("ends with an error of this SDK if the metadata of a Parquet file has wrong bytes", async () => {
    console.log(`seed ${SEED}`);
    const random = seededRandom(SEED);
    const whole = await parquetFile();
    const length = new DataView(whole.buffer, whole.byteOffset).getUint32(whole.length - 8, true) + 8;
    const outcomes = new Set<string>();
    for (let round = 0; round < DAMAGES; round++) {
      const file = whole.slice();
      for (let wrong = 1 + random(3); wrong > 0; wrong--) file[file.length - 1 - random(length)] = random(256);
      try {
        await imported(file, { index: "frame", format: "parquet" });
        outcomes.add("read");
      } catch (error) {
        if (!isRerunError(error)) throw error;
        outcomes.add(error.code);
      }
    }
    expect([...outcomes].filter((code) => code === "INTERNAL")).toEqual([]);
    expect(outcomes).toContain("INVALID_FORMAT");
  });
});
