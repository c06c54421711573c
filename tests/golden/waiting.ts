const BLUEPRINT = "it holds a blueprint, for which there is no builder yet";
const DICTIONARY = "it holds an Arrow dictionary, which this SDK does not write";

/** Why a golden is not reproduced yet. */
export type Reason = typeof BLUEPRINT | typeof DICTIONARY;

/** The goldens that are not reproduced yet. */
export const WAITING: Readonly<Record<string, Reason>> = {
  "archetypes/entity_behavior": BLUEPRINT,
  "archetypes/grid_map_pose": BLUEPRINT,
  "archetypes/line_strips2d_batch": BLUEPRINT,
  "archetypes/line_strips2d_simple": BLUEPRINT,
  "archetypes/line_strips2d_ui_radius": BLUEPRINT,
  "archetypes/line_strips3d_time_window": BLUEPRINT,
  "archetypes/pinhole_projections": BLUEPRINT,
  "archetypes/points2d_random": BLUEPRINT,
  "archetypes/points2d_simple": BLUEPRINT,
  "archetypes/points2d_ui_radius": BLUEPRINT,
  "archetypes/video_manual_frames": BLUEPRINT,
  "concepts/different_data_per_timeline": BLUEPRINT,
  "concepts/viscomp-component-default": BLUEPRINT,
  "howto/component_mapping": BLUEPRINT,
  "howto/dual_color_point_cloud": BLUEPRINT,
  "howto/visualization/save_blueprint": BLUEPRINT,
  "tutorials/visualizer-overrides": BLUEPRINT,
  "views/bar_chart": BLUEPRINT,
  "views/dataframe": BLUEPRINT,
  "views/graph": BLUEPRINT,
  "views/map": BLUEPRINT,
  "views/spatial3d": BLUEPRINT,
  "views/state_timeline": BLUEPRINT,
  "views/text_document": BLUEPRINT,
  "views/text_log": BLUEPRINT,
  "views/timeseries": BLUEPRINT,
  "edge-any-values-arrow": DICTIONARY,
  "edge-blueprint-everything": BLUEPRINT,
  "edge-blueprint-mapping": BLUEPRINT,
  "edge-blueprint-minimal": BLUEPRINT,
  "edge-blueprint-misc": BLUEPRINT,
  "edge-blueprint-rbl": BLUEPRINT,
  "edge-blueprint-sent-first": BLUEPRINT,
  "edge-blueprint-table": BLUEPRINT,
  "edge-blueprint-table-previews": BLUEPRINT,
};
