/** The archetypes without a visualizer. The conformance tests compare all others with Rerun's. */
const NONE =
  "AnnotationContext AssetVideo Clear CoordinateFrame GridMap InstancePoses3D McapChannel McapMessage McapSchema " +
  "McapStatistics RecordingInfo Scalars Transform3D ViewCoordinates";

/** The visualizers with another name than their archetype. */
const OTHERS: Readonly<Record<string, string>> = {
  LineStrips2D: "Lines2D",
  LineStrips3D: "Lines3D",
  Measurements: "MeasurementsSeries",
  Pinhole: "Cameras",
  StateChange: "StateVisualizer",
  StateConfiguration: "StateVisualizer",
};

const ARCHETYPES = "rerun.archetypes.";

/** The visualizer of an archetype, given its full name. `undefined` if it has none. */
export function visualizerTypeOf(archetype: string | undefined): string | undefined {
  if (archetype?.startsWith(ARCHETYPES) !== true) return undefined;
  const name = archetype.slice(ARCHETYPES.length);
  return NONE.split(" ").includes(name) ? undefined : (OTHERS[name] ?? name);
}
