import * as boxes3d from "../cases/boxes3d.ts";
import * as colors from "../cases/colors.ts";
import * as columns from "../cases/columns.ts";
import * as components from "../cases/components.ts";
import * as images from "../cases/images.ts";
import * as paths from "../cases/paths.ts";
import * as pinhole from "../cases/pinhole.ts";
import * as points3d from "../cases/points3d.ts";
import * as properties from "../cases/properties.ts";
import * as recordings from "../cases/recordings.ts";
import * as rows from "../cases/rows.ts";
import * as scalars from "../cases/scalars.ts";
import * as texts from "../cases/texts.ts";
import * as times from "../cases/times.ts";
import * as transform3d from "../cases/transform3d.ts";
import * as updates from "../cases/updates.ts";
import type { Case } from "./case.ts";

/** A case and what it is called. */
export interface NamedCase {
  readonly theme: string;
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly log: Case;
}

const THEMES: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  boxes3d,
  colors,
  columns,
  components,
  images,
  paths,
  pinhole,
  points3d,
  properties,
  recordings,
  rows,
  scalars,
  texts,
  times,
  transform3d,
  updates,
};

/** All cases: every export of every theme. */
export const CASES: readonly NamedCase[] = Object.entries(THEMES).flatMap(([theme, cases]) =>
  Object.entries(cases).map(([name, log]) => ({ theme, name, title: `${theme}: ${words(name)}`, log })),
);

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
