import { Vector } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { jsonColumns } from "../../../dist/json/json-columns.js";

const encode = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

/** Reads messages, each an object or the text of one. Returns their rows, and the properties that were left out. */
function read(schema: object | undefined, ...messages: readonly unknown[]): { rows: unknown[]; lost: string[] } {
  const lost: string[] = [];
  const columns = jsonColumns(schema && encode(schema), (reason) => lost.push(reason));
  for (const message of messages) {
    const bytes = encode(message);
    columns.push(Uint8Array.of(33, ...bytes, 33), 1, 1 + bytes.byteLength);
  }
  const rows = [...new Vector([columns.rows.toData()])] as unknown[];
  return { rows: rows.map((row) => JSON.parse(JSON.stringify(row, plain)) as unknown), lost };
}

const object = (properties: object): object => ({ type: "object", properties });

describe("the columns of JSON messages", () => {
  it("have the types of the schema, and nulls for what a message lacks", () => {
    const schema = object({
      whole: { type: "integer" },
      number: { type: "number" },
      flag: { type: "boolean" },
      text: { type: "string" },
      bytes: { type: "string", contentEncoding: "base64" },
      list: { type: "array", items: { type: "number" } },
      inner: object({ x: { type: "integer" } }),
    });
    const full = { whole: -3, number: 0.5, flag: false, text: "é", bytes: "AP8=", list: [1, null], inner: { x: 1 } };
    expect(read(schema, full, {}, { inner: {} }).rows).toEqual([
      { ...full, whole: "-3", bytes: [0, 255], inner: { x: "1" } },
      { whole: null, number: null, flag: null, text: null, bytes: null, list: null, inner: null },
      { whole: null, number: null, flag: null, text: null, bytes: null, list: null, inner: { x: null } },
    ]);
  });

  it("keep integers of 64 bits exactly, and reject larger ones", () => {
    const schema = object({ id: { type: "integer" } });
    expect(read(schema, '{"id":-9223372036854775808}', '{"id":9007199254740993}').rows).toEqual([
      { id: "-9223372036854775808" },
      { id: "9007199254740993" },
    ]);
    expect(() => read(schema, '{"id":9223372036854775808}')).toThrow(".id must be an integer of 64 bits");
    expect(() => read(schema, { id: 1.5 })).toThrow(".id must be an integer, got 1.5");
  });

  it("have values without a type as JSON, also where the schema contains itself", () => {
    const schema = object({ any: {}, child: { $ref: "#" } });
    const { rows } = read(schema, { any: [1, { a: null }], child: { child: { any: 2 } } });
    expect(rows).toEqual([{ any: '[1,{"a":null}]', child: { any: null, child: '{"any":2}' } }]);
  });

  it("report each property that the schema does not describe once, with its path", () => {
    const schema = object({ inner: object({ x: { type: "number" } }) });
    const message = { inner: { x: 1, y: 2 }, z: 3 };
    expect(read(schema, message, message).lost.map((reason) => /property (\S+),/.exec(reason)?.[1])).toEqual([
      ".inner.y",
      ".z",
    ]);
  });

  it.each([
    [{ text: 1 }, ".text must be a string, got 1"],
    [{ list: [1, "a"] }, '.list[] must be a number, got "a"'],
    [{ list: {} }, ".list must be an array, got {}"],
    [{ bytes: "*" }, ".bytes is not base64"],
    [[], "the message must be an object, got []"],
    [null, "the message must be an object, got null"],
    ["{", "the message is not JSON"],
  ])("reject the message %j by the path of the wrong value", (message, text) => {
    const schema = object({
      text: { type: "string" },
      bytes: { type: "string", contentEncoding: "base64" },
      list: { type: "array", items: { type: "number" } },
    });
    expect(() => read(schema, message)).toThrow(text);
  });

  it("are the text of the message if there is no schema", () => {
    expect(read(undefined, '{ "a" : 1 }').rows).toEqual([{ json: '{ "a" : 1 }' }]);
    expect(() => read(undefined, "{")).toThrow("the message is not JSON");
  });
});

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return Array.from(value);
  return value;
}
