/** The archetypes that have a visualizer, by their short names. The conformance tests compare them with Rerun's. */
export const VISUALIZERS: ReadonlySet<string> = /* @__PURE__ */ new Set(
  /* @__PURE__ */ (
    "Arrows2D Arrows3D Asset3D AssetAudio BarChart Boxes2D Boxes3D Capsules3D Cylinders3D DepthImage Ellipses2D " +
    "Ellipsoids3D EncodedDepthImage EncodedImage GaussianSplats3D GeoLineStrings GeoPoints GraphEdges GraphNodes Image " +
    "LineStrips2D LineStrips3D Measurements Mesh3D Pinhole Points2D Points3D SegmentationImage SeriesLines SeriesPoints " +
    "StateChange StateConfiguration Tensor TextDocument TextLog TransformAxes3D VideoFrameReference VideoStream Volume3D " +
    "VoxelGridMap"
  ).split(" "),
);
