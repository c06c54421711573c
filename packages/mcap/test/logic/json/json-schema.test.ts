import { describe, expect, it } from "vitest";
import { JsonSchemas, type JsonSchema } from "../../../dist/json/json-schema.js";

/** The type of a schema, in a text with the definitions `defs`. */
function typeOf(schema: JsonSchema, defs: object = {}): string | undefined {
  const root = { ...schema, $defs: defs } as JsonSchema;
  return new JsonSchemas(root).plain(root, new Set()).type;
}

describe("the type of a JSON schema", () => {
  it.each<[JsonSchema, string | undefined]>([
    [{ type: ["string", "null"] }, "string"],
    [{ type: ["integer", "number"] }, "number"],
    [{ type: ["integer", "string"] }, undefined],
    [{ properties: { a: {} } }, "object"],
    [{ enum: [1, 2, null] }, "integer"],
    [{ enum: ["a", "b"] }, "string"],
    [{ enum: ["a", 1] }, undefined],
    [{ const: "a" }, "string"],
    [{ oneOf: [{ const: 1 }, { const: 2 }] }, "integer"],
    [{ anyOf: [{ type: "null" }, { type: "boolean" }] }, "boolean"],
    [{ anyOf: [{ type: "string" }, { type: "boolean" }] }, undefined],
    [{}, undefined],
  ] as const)("%j is %s", (schema, type) => {
    expect(typeOf(schema)).toBe(type);
  });

  it("is found behind references, with the escapes of JSON pointers, and not in inherited properties", () => {
    const defs = { "a/b~c d": { type: "number" }, link: { $ref: "#/$defs/a~1b~0c%20d" } };
    expect(typeOf({ $ref: "#/$defs/link" }, defs)).toBe("number");
    expect(typeOf({ $ref: "#/$defs/nowhere" }, defs)).toBeUndefined();
    expect(typeOf({ $ref: "#/constructor" }, defs)).toBeUndefined();
    expect(typeOf({ $ref: "other.json#/$defs/link" }, defs)).toBeUndefined();
  });

  it("is unknown where references lead in a circle, or back to a schema around", () => {
    expect(typeOf({ $ref: "#/$defs/a" }, { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } })).toBeUndefined();
    const schemas = new JsonSchemas({ type: "object" } as JsonSchema);
    expect(schemas.plain({ $ref: "#" } as JsonSchema, new Set()).type).toBe("object");
    expect(schemas.plain({ $ref: "#" } as JsonSchema, new Set(["#"])).type).toBeUndefined();
  });
});
