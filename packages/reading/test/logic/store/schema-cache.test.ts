import { Scalars } from "@rerun-ts/types";
import type { Field, Schema } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { ipcMessages, type IpcMessage } from "@rerun-ts/core/rrd";
import { chunkIdOfBytes } from "../../../dist/store/chunk-id-text.js";
import { SchemaCache } from "../../../dist/store/schema-cache.js";
import { arrowOf, editArrow, record } from "../chunks.ts";

const chunks = arrowOf(
  record((recording) => {
    for (const entity of ["a", "a", "b"]) recording.log(entity, new Scalars(1));
  }, 1),
);

function schemaOf(arrow: Uint8Array): IpcMessage {
  const [message] = ipcMessages(arrow);
  return message as IpcMessage;
}

function withId(id: string, version?: string): IpcMessage {
  const metadata = (all: Map<string, string>): void => {
    all.set("rerun:id", id);
    if (version !== undefined) all.set("sorbet:version", version);
  };
  return schemaOf(editArrow(chunks[0] as Uint8Array, { metadata }));
}

function describeField({ name, type, nullable, metadata }: Field): unknown {
  return [name, String(type), nullable, [...metadata]];
}

const ID = "0123456789abcdefABCDEF9876543210";
const TEXT = "0123456789ABCDEFabcdef9876543210";

describe("the schemas of chunks", () => {
  it("are read once for those that differ in nothing but their ids", () => {
    const cache = new SchemaCache();
    const [first, second, other] = chunks.map((arrow) => cache.read(schemaOf(arrow)));
    expect(first?.schema).toBe(second?.schema);
    expect(first?.schema).not.toBe(other?.schema);
    expect(other?.schema.metadata.get("rerun:entity_path")).toBe("/b");
    const ids = [first, second, other].map((found) => found?.id);
    expect(new Set(ids).size).toBe(3);
    const fresh = chunks.map((arrow) => new SchemaCache().read(schemaOf(arrow)).id);
    expect(ids).toEqual(fresh);
  });

  it("share their fields if they differ in the id and in a path of the same length", () => {
    const cache = new SchemaCache();
    const at = (path: string, more: Readonly<Record<string, string>> = {}): Schema => {
      const metadata = (all: Map<string, string>): void => {
        all.set("rerun:entity_path", path);
        for (const [key, value] of Object.entries(more)) all.set(key, value);
      };
      const message = schemaOf(editArrow(chunks[0] as Uint8Array, { metadata }));
      const { schema } = cache.read(message);
      const alone = new SchemaCache().read(message).schema;
      expect([...schema.metadata]).toEqual([...alone.metadata]);
      expect(schema.fields.map(describeField)).toEqual(alone.fields.map(describeField));
      return schema;
    };
    const first = at("/arm/1");
    expect(at("/arm/2").fields).toBe(first.fields);
    expect(at("/é/12").fields).toBe(first.fields);
    expect(at("/arm/1").metadata.get("rerun:entity_path")).toBe("/arm/1");
    expect(at("/arm/12").fields).not.toBe(first.fields);
    // Other texts have the path or an id in them.
    for (const path of ["/arm/1", "/arm/2", "/arm/3"]) {
      at(path, { owner: "/arm/1" });
      at(path, { "/arm/1": "owner" });
      at(path, { owner: `${path}/arm` });
    }
    for (const path of ["/chunk_1", "/arm1234"]) at(path);
    for (const path of [`/chunk_${ID}`, `/CHUNK_${TEXT}`, `/chunk_${TEXT}`]) at(path);
  });

  it("have ids in Rerun's form, with and without the prefix", () => {
    const cache = new SchemaCache();
    for (const id of [ID, `chunk_${ID}`, `chunk_${ID.toLowerCase()}`]) expect(cache.read(withId(id)).id).toBe(TEXT);
    expect(chunkIdOfBytes(Uint8Array.from(Buffer.from(ID, "hex")), 0)).toBe(TEXT);
  });

  it("are told apart where another text has the digits of an id", () => {
    const other = (text: string): IpcMessage =>
      schemaOf(
        editArrow(chunks[0] as Uint8Array, { metadata: (all) => all.set("rerun:id", `chunk_${ID}`).set("a", text) }),
      );
    const cache = new SchemaCache();
    const texts = [`chunk_${ID}`, `chunk_${ID.replaceAll("0", "f")}`];
    for (const text of texts) {
      const { id, schema } = cache.read(other(text));
      expect([id, schema.metadata.get("a")]).toEqual([TEXT, text]);
    }
  });

  it.for(["", "chunk_", `chunk_${ID}0`, `chunk_${ID.slice(1)}`, `chunk_${ID.slice(1)}g`, `block_${ID}`])(
    "without an id such as `%s` are rejected, again and again",
    (id) => {
      const cache = new SchemaCache();
      for (let time = 0; time < 2; time++) expect(() => cache.read(withId(id))).toThrow("a chunk has no id");
    },
  );

  it("of other versions are rejected", () => {
    for (const version of ["0.0.2", "0.1.0", "0.1.12"])
      expect(new SchemaCache().read(withId(ID, version)).id).toBe(TEXT);
    const problem = (version: string): string => `a chunk was written in version ${version} of the chunk format; `;
    for (const version of ["0.0.3", "0.1.0-alpha"])
      expect(() => new SchemaCache().read(withId(ID, version))).toThrow(`${problem(version)}migrate the file`);
    for (const version of ["0.2.0", "10.1.0"])
      expect(() => new SchemaCache().read(withId(ID, version))).toThrow(`${problem(version)}update this SDK`);
    // Rerun reads chunks as they are if the version is damaged.
    for (const version of ["0.1*4", "", "0.1"]) expect(new SchemaCache().read(withId(ID, version)).id).toBe(TEXT);
    const edited = (keys: readonly string[]): Uint8Array =>
      editArrow(chunks[0] as Uint8Array, { metadata: (all) => keys.forEach((key) => all.delete(key)) });
    expect(new SchemaCache().read(schemaOf(edited(["sorbet:version"]))).schema.metadata.has("rerun:id")).toBe(true);
    const old = edited(["sorbet:version", "rerun:id"]);
    expect(() => new SchemaCache().read(schemaOf(old))).toThrow(
      expect.objectContaining({
        code: "UNSUPPORTED",
        message: expect.stringContaining("by an unknown version of Rerun") as unknown,
      }) as Error,
    );
  });
});
