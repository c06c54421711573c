import type { ComponentDescriptor } from "../../batch/component.ts";

/** Old names of component types, with the names of today. */
const TYPES: ReadonlyMap<string, string> = new Map([
  // Before Rerun 0.28.
  ["rerun.components.PoseTranslation3D", "rerun.components.Translation3D"],
  ["rerun.components.PoseRotationAxisAngle", "rerun.components.RotationAxisAngle"],
  ["rerun.components.PoseRotationQuat", "rerun.components.RotationQuat"],
  ["rerun.components.PoseScale3D", "rerun.components.Scale3D"],
  ["rerun.components.PoseTransformMat3x3", "rerun.components.TransformMat3x3"],
  // Before Rerun 0.30.
  ["rerun.components.SeriesVisible", "rerun.components.Visible"],
]);

/** Names of components before Rerun 0.28, with the names of today and their archetypes. */
const COMPONENTS: ReadonlyMap<string, { readonly component: string; readonly archetype: string }> = new Map([
  [
    "Transform3D:axis_length",
    { component: "TransformAxes3D:axis_length", archetype: "rerun.archetypes.TransformAxes3D" },
  ],
  ["CoordinateFrame:frame_id", { component: "CoordinateFrame:frame", archetype: "rerun.archetypes.CoordinateFrame" }],
]);

/**
 * A component of Rerun 0.24 or newer, with the names of Rerun 0.41. Returns the same object if the names are the same.
 */
export function renamedComponent(descriptor: ComponentDescriptor): ComponentDescriptor {
  const componentType = TYPES.get(descriptor.componentType ?? "");
  const renamed = COMPONENTS.get(descriptor.component);
  if (componentType === undefined && renamed === undefined) return descriptor;
  return { ...descriptor, ...renamed, componentType: componentType ?? descriptor.componentType };
}
