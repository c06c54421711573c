import type { AsComponents } from "@rerun-ts/core";
import type { encodings } from "@rerun-ts/types";
import { VisualizerInstruction } from "@rerun-ts/types/blueprint";
import { randomUuid } from "./layout/uuid.ts";

/** Options of {@link Visualizer}. */
export interface VisualizerOptions {
  /** Values that replace those of the entity, as one archetype or several. Default: none. */
  overrides?: AsComponents | readonly AsComponents[] | undefined;
  /** The sources of the visualizer's components. Default: the entity's components of the same names. */
  mappings?: encodings.VisualizerComponentMappingLike | readonly encodings.VisualizerComponentMappingLike[] | undefined;
}

/**
 * A visualizer for an entity of a view, for the option `overrides` of views. An archetype alone stands for its
 * visualizer: `new rr.SeriesLines({ colors: "red" })` for `new Visualizer("SeriesLines", { overrides: … })`.
 *
 * @example
 * new rrb.TimeSeriesView({
 *   overrides: {
 *     "/imu": new rrb.Visualizer("SeriesLines", {
 *       overrides: new rr.SeriesLines({ names: "x" }),
 *       mappings: { target: "Scalars:scalars", sourceKind: "SourceComponent", sourceComponent: "gyro", selector: ".x"
 *     }, }),
 *   },
 * });
 */
export class Visualizer {
  /** The UUID of the visualizer in viewers. */
  readonly id: string = randomUuid();
  /** The kind of visualizer, mostly the name of an archetype. */
  readonly visualizerType: string;
  /** The overrides and mappings, as they were given. */
  readonly options: VisualizerOptions;

  /** @param visualizerType the kind of visualizer: mostly the name of an archetype, e.g. `SeriesLines` */
  constructor(visualizerType: string, options: VisualizerOptions = {}) {
    this.visualizerType = visualizerType;
    this.options = options;
  }

  /** Instruction for viewers: the kind of visualizer, and its mappings. */
  get instruction(): AsComponents {
    return new VisualizerInstruction(this.visualizerType, { componentMap: this.options.mappings });
  }
}
