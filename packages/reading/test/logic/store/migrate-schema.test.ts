import { Field, Float32, Schema } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { migrateField, migrateSchema } from "../../../dist/store/migrate-schema.js";

function fieldOf(metadata: Readonly<Record<string, string>>): Field {
  return new Field("own", new Float32(), false, new Map(Object.entries(metadata)));
}

describe("the field of an old recording", () => {
  it("has the component type of today", () => {
    const old = fieldOf({ "rerun:component_type": "rerun.components.PoseScale3D", other: "kept" });
    const field = migrateField(old);
    expect(Object.fromEntries(field.metadata)).toEqual({
      "rerun:component_type": "rerun.components.Scale3D",
      other: "kept",
    });
    expect([field.name, field.type, field.nullable]).toEqual(["own", old.type, false]);
    expect(old.metadata.get("rerun:component_type")).toBe("rerun.components.PoseScale3D");
  });

  it("has the component and the archetype of today", () => {
    const field = migrateField(fieldOf({ "rerun:component": "Transform3D:axis_length" }));
    expect(field.name).toBe("TransformAxes3D:axis_length");
    expect(Object.fromEntries(field.metadata)).toEqual({
      "rerun:component": "TransformAxes3D:axis_length",
      "rerun:archetype": "rerun.archetypes.TransformAxes3D",
    });
  });

  it("is the same if nothing was renamed", () => {
    for (const field of [fieldOf({}), fieldOf({ "rerun:component_type": "rerun.components.Scale3D" })])
      expect(migrateField(field)).toBe(field);
  });
});

it("a schema is the same unless one of its fields was renamed", () => {
  const [now, old] = [fieldOf({}), fieldOf({ "rerun:component": "CoordinateFrame:frame_id" })];
  const same = new Schema([now, now]);
  expect(migrateSchema(same)).toBe(same);
  const migrated = migrateSchema(new Schema([now, old], new Map([["own", "kept"]])));
  expect([migrated.fields[0], migrated.fields[1]?.name, migrated.metadata.get("own")]).toEqual([
    now,
    "CoordinateFrame:frame",
    "kept",
  ]);
});
