import { Float32, Int64, List, Field } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { outputSchema } from "../../../dist/query/output-schema.js";
import type { ComponentColumn } from "../../../dist/store/chunk-info.js";

const type = new List(new Field("item", new Float32(), true));
const column: ComponentColumn = {
  name: "/a:x",
  entityPath: "/a",
  component: "x",
  archetype: undefined,
  componentType: undefined,
  type,
  isStatic: false,
  isTombstone: false,
  isSemanticallyEmpty: false,
};

describe("the columns of a query", () => {
  const fieldsOf = (): readonly Field[] =>
    outputSchema(
      [{ name: "frame", type: new Int64() }],
      [
        column,
        {
          ...column,
          archetype: "Archetype",
          componentType: "Type",
          isStatic: true,
          isTombstone: true,
          isSemanticallyEmpty: true,
        },
      ],
    ).fields;

  it("are the timelines, then the components, all nullable", () => {
    const [index, plain, full] = fieldsOf();
    expect([index, plain, full].map((field) => [field?.name, field?.nullable])).toEqual([
      ["frame", true],
      ["/a:x", true],
      ["/a:x", true],
    ]);
    expect([index?.type.toString(), plain?.type]).toEqual(["Int64", type]);
  });

  it("have Rerun's metadata", () => {
    const [index, plain, full] = fieldsOf();
    expect([...(index?.metadata ?? [])]).toEqual([
      ["rerun:index_name", "frame"],
      ["rerun:kind", "index"],
    ]);
    expect([...(plain?.metadata ?? [])]).toEqual([
      ["rerun:component", "x"],
      ["rerun:entity_path", "/a"],
      ["rerun:kind", "data"],
    ]);
    expect([...(full?.metadata ?? [])]).toEqual([
      ["rerun:archetype", "Archetype"],
      ["rerun:component", "x"],
      ["rerun:component_type", "Type"],
      ["rerun:entity_path", "/a"],
      ["rerun:is_semantically_empty", "true"],
      ["rerun:is_static", "true"],
      ["rerun:is_tombstone", "true"],
      ["rerun:kind", "data"],
    ]);
  });
});
