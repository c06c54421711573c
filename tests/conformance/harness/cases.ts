import * as annotations from "../cases/annotations.ts";
import * as assets from "../cases/assets.ts";
import * as blueprintLayout from "../cases/blueprint-layout.ts";
import * as blueprintSpatial from "../cases/blueprint-spatial.ts";
import * as blueprintTables from "../cases/blueprint-tables.ts";
import * as blueprintViews from "../cases/blueprint-views.ts";
import * as boxes3d from "../cases/boxes3d.ts";
import * as colors from "../cases/colors.ts";
import * as columns from "../cases/columns.ts";
import * as components from "../cases/components.ts";
import * as conveniences from "../cases/conveniences.ts";
import * as depthImages from "../cases/depth-images.ts";
import * as dynamic from "../cases/dynamic.ts";
import * as everyArchetype from "../cases/every-archetype.ts";
import * as files from "../cases/files.ts";
import * as frames from "../cases/frames.ts";
import * as geo from "../cases/geo.ts";
import * as graphs from "../cases/graphs.ts";
import * as images from "../cases/images.ts";
import * as lenses from "../cases/lenses.ts";
import * as lineStrips from "../cases/line-strips.ts";
import * as lists from "../cases/lists.ts";
import * as logs from "../cases/logs.ts";
import * as maps from "../cases/maps.ts";
import * as mcap from "../cases/mcap.ts";
import * as meshes from "../cases/meshes.ts";
import * as paths from "../cases/paths.ts";
import * as pinhole from "../cases/pinhole.ts";
import * as plots from "../cases/plots.ts";
import * as points3d from "../cases/points3d.ts";
import * as properties from "../cases/properties.ts";
import * as recordings from "../cases/recordings.ts";
import * as rows from "../cases/rows.ts";
import * as scalars from "../cases/scalars.ts";
import * as shapes2d from "../cases/shapes2d.ts";
import * as shapes3d from "../cases/shapes3d.ts";
import * as splats from "../cases/splats.ts";
import * as tensors from "../cases/tensors.ts";
import * as texts from "../cases/texts.ts";
import * as times from "../cases/times.ts";
import * as transform3d from "../cases/transform3d.ts";
import * as updates from "../cases/updates.ts";
import * as videos from "../cases/videos.ts";
import type { Case } from "./case.ts";

/** A case with its names. */
export interface NamedCase {
  readonly theme: string;
  readonly name: string;
  /** The title of its test. */
  readonly title: string;
  readonly log: Case;
}

const THEMES: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  annotations,
  assets,
  blueprintLayout,
  blueprintSpatial,
  blueprintTables,
  blueprintViews,
  boxes3d,
  colors,
  columns,
  components,
  conveniences,
  depthImages,
  dynamic,
  everyArchetype,
  files,
  frames,
  geo,
  graphs,
  images,
  lenses,
  lineStrips,
  lists,
  logs,
  maps,
  mcap,
  meshes,
  paths,
  pinhole,
  plots,
  points3d,
  properties,
  recordings,
  rows,
  scalars,
  shapes2d,
  shapes3d,
  splats,
  tensors,
  texts,
  times,
  transform3d,
  updates,
  videos,
};

/** All cases: every export of every theme. */
export const CASES: readonly NamedCase[] = Object.entries(THEMES).flatMap(([theme, cases]) =>
  Object.entries(cases).map(([name, log]) => ({ theme, name, title: `${words(theme)}: ${words(name)}`, log })),
);

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
