/** The archetypes whose visualizer has their name. The conformance tests compare all of them with Rerun's. */
const SAME =
  "Arrows2D Arrows3D Asset3D AssetAudio BarChart Boxes2D Boxes3D Capsules3D Cylinders3D DepthImage Ellipses2D Ellipsoids3D " +
  "EncodedDepthImage EncodedImage GaussianSplats3D GeoLineStrings GeoPoints GraphEdges GraphNodes Image Mesh3D Points2D " +
  "Points3D SegmentationImage SeriesLines SeriesPoints Tensor TextDocument TextLog TransformAxes3D VideoFrameReference " +
  "VideoStream Volume3D VoxelGridMap";

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

/** The visualizer of an archetype, given its full name; `undefined` if it has none. */
export function visualizerTypeOf(archetype: string | undefined): string | undefined {
  if (archetype?.startsWith(ARCHETYPES) !== true) return undefined;
  const name = archetype.slice(ARCHETYPES.length);
  return Object.hasOwn(OTHERS, name) ? OTHERS[name] : SAME.split(" ").find((candidate) => candidate === name);
}
