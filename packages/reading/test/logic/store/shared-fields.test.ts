import { Dictionary, Field, Float64, Int32, List, Schema, Struct, Utf8 } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { SharedFields } from "../../../dist/store/shared-fields.js";

const field = (metadata: Record<string, string> = {}, item: Field = new Field("item", new Float64(), true)): Field =>
  new Field("x", new List(item), true, new Map(Object.entries(metadata)));

const schemaOf = (fields: Field[], entity: string): Schema =>
  new Schema(fields, new Map([["rerun:entity_path", entity]]));

describe("SharedFields", () => {
  it("makes equal fields of different schemas the same objects, and keeps the metadata of each schema", () => {
    const shared = new SharedFields();
    const [a, b] = [schemaOf([field({ k: "v" })], "/a"), schemaOf([field({ k: "v" })], "/b")].map((schema) =>
      shared.share(schema),
    ) as [Schema, Schema];
    expect(b.fields).toBe(a.fields);
    expect(a.metadata.get("rerun:entity_path")).toBe("/a");
    expect(b.metadata.get("rerun:entity_path")).toBe("/b");
  });

  it("keeps fields apart that differ in anything", () => {
    const shared = new SharedFields();
    const fields = [
      field(),
      field({ k: "v" }),
      field({ k: "w" }),
      field({ v: "k" }),
      field({ k: "v", l: "" }),
      new Field("x", new List(new Field("item", new Float64(), true)), false),
      new Field("y", new List(new Field("item", new Float64(), true)), true),
      field({}, new Field("item", new Float64(), false)),
      field({}, new Field("other", new Float64(), true)),
      field({}, new Field("item", new Utf8(), true)),
      field({}, new Field("item", new Float64(), true, new Map([["k", "v"]]))),
      field({}, new Field("item", new Struct([new Field("a", new Float64(), true)]), true)),
      field({}, new Field("item", new Struct([new Field("b", new Float64(), true)]), true)),
    ];
    const found = fields.map((one) => shared.share(schemaOf([one], "/a")).fields[0]);
    expect(new Set(found).size).toBe(fields.length);
    expect(found).toEqual(fields);
  });

  it("shares types of many levels", () => {
    const shared = new SharedFields();
    const deep = (): Field => {
      let inner: Field = new Field("value", new Float64(), true);
      for (let level = 0; level < 59; level++) inner = new Field("inner", new Struct([inner]), true);
      return inner;
    };
    const first = shared.share(schemaOf([deep()], "/a"));
    expect(shared.share(schemaOf([deep()], "/b")).fields).toBe(first.fields);
  });

  it("forgets fields before their keys take much memory", () => {
    const shared = new SharedFields();
    const share = (metadata: Record<string, string>): Field[] => shared.share(schemaOf([field(metadata)], "/a")).fields;
    const first = share({ k: "v" });
    share({ k: "x".repeat(5_000_000) });
    expect(share({ k: "v" })).toBe(first);
    share({ k: "y".repeat(5_000_000) });
    expect(share({ k: "v" })).not.toBe(first);
  });

  it("leaves dictionaries alone, which differ by their ids in the stream", () => {
    const shared = new SharedFields();
    const dictionary = (): Field => new Field("x", new Dictionary(new Utf8(), new Int32()), true);
    const [own, other] = [dictionary(), field({}, dictionary())];
    expect(shared.share(schemaOf([own], "/a")).fields[0]).toBe(own);
    expect(shared.share(schemaOf([other], "/a")).fields[0]).toBe(other);
    expect(shared.share(schemaOf([dictionary()], "/b")).fields[0]).not.toBe(own);
  });
});
