import { describe, expect, it } from "vitest";
import { manifestColumnName, schemaColumnName } from "../../../../dist/rrd/encode/manifest-names.js";

it.for([
  ["/points", "Points3D:colors", "/points:Points3D:colors"],
  ["/", "x", "/:x"],
  ["/__properties", "RecordingInfo:name", "property:RecordingInfo:name"],
  ["/__properties/run/1", "x", "property:run/1:x"],
  ["/__properties2", "x", "/__properties2:x"],
] as const)("the component of %s, %s, is called %s in a schema", ([path, component, name]) => {
  expect(schemaColumnName(path, component)).toBe(name);
});

describe("a column of a manifest is called", () => {
  const points = { archetype: "rerun.archetypes.Points3D", component: "Points3D:colors", componentType: "c" };
  it.for<[string | undefined, Parameters<typeof manifestColumnName>[1], string, string]>([
    ["frame", undefined, "start", "frame:start"],
    ["my time-line, 1.5\\", undefined, "end", "my_time_line__1_5_:end"],
    ["__log", undefined, "end", "log:end"],
    [undefined, points, "has_static_data", "Points3D:colors:has_static_data"],
    ["frame", points, "num_rows", "frame:Points3D:colors:num_rows"],
    ["frame", { ...points, archetype: "rerun.blueprint.archetypes.Points3D" }, "end", "frame:Points3D:colors:end"],
    ["frame", { ...points, archetype: "rerun.Points3D" }, "end", "frame:Points3D:colors:end"],
    ["frame", { ...points, archetype: "Points3D" }, "end", "frame:Points3D:colors:end"],
    ["frame", { ...points, archetype: "own" }, "end", "frame:own:Points3D:colors:end"],
    ["frame", { archetype: undefined, component: "x", componentType: undefined }, "end", "frame:x:end"],
  ])("%s, %o, %s: %s", ([timeline, descriptor, marker, name]) => {
    expect(manifestColumnName(timeline, descriptor, marker)).toBe(name);
  });
});
