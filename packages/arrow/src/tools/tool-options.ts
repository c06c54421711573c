import type { Damage } from "../source/frames.ts";
import type { RrdSource } from "../source/open-source.ts";
import type { ReadOptions } from "../source/random-access.ts";

/** One source of a file tool, or several. */
export type RrdSources = RrdSource | readonly RrdSource[];

/** Options of all file tools. */
export interface ToolOptions extends ReadOptions {
  /** Whether damaged parts are left out; otherwise they end the tool with `FORMAT`. Default `false`. */
  continueOnError?: boolean | undefined;
  /** Receives what is left out. Default: nothing. */
  onDamage?: ((damage: SourceDamage) => void) | undefined;
}

/** Bytes of one source that could not be read. */
export interface SourceDamage extends Damage {
  /** The position of the source in the list of sources. */
  readonly source: number;
}
