import { withSchemaMetadata } from "@rerun-ts/core/rrd";
import {
  Dictionary,
  Field,
  Float32,
  Int8,
  List,
  Table,
  Utf8,
  makeBuilder,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
} from "apache-arrow";
import { expect, it } from "vitest";

it("metadata of a schema is added or replaced, and fields of all types and rows stay as they are", () => {
  const dictionary = makeBuilder({ type: new Dictionary(new Utf8(), new Int8(), 77) });
  for (const value of ["x", "y"]) dictionary.append(value);
  const table = new Table({
    list: vectorFromArray([[1, 2], [3]], new List(new Field("item", new Float32(), true, new Map([["a", "b"]])))),
    words: dictionary.finish().toVector(),
    at: vectorFromArray([new Date(0), null]),
  });
  table.schema.metadata.set("owner", "program").set("name", "first");
  const changed = tableFromIPC(withSchemaMetadata(tableToIPC(table, "stream"), "name", "größer"));
  expect([...changed.schema.metadata]).toEqual([
    ["owner", "program"],
    ["name", "größer"],
  ]);
  expect(changed.schema.fields.map(String)).toEqual(table.schema.fields.map(String));
  expect(changed.toArray().map(String)).toEqual(table.toArray().map(String));
  const without = tableToIPC(new Table({ a: vectorFromArray([1], new Int8()) }), "stream");
  expect([...tableFromIPC(withSchemaMetadata(without, "name", "a")).schema.metadata]).toEqual([["name", "a"]]);
  expect(() => withSchemaMetadata(Uint8Array.of(1, 2, 3), "name", "a")).toThrow(/not an Arrow IPC stream/);
});
