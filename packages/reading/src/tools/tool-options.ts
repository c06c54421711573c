import type { OptionNames } from "@rerun-ts/core/checks";
import type { Damage } from "../source/frame-reader.ts";
import type { RrdSource } from "../source/open-source.ts";
import type { ReadOptions, ReadProgress } from "../source/random-access.ts";

/** One source of a file tool, or several. */
export type RrdSources = RrdSource | readonly RrdSource[];

/** Options of all file tools. */
export interface ToolOptions extends ReadOptions {
  /** Whether damaged parts are left out. Otherwise they end the tool with `INVALID_FORMAT`. Default `false`. */
  continueOnError?: boolean | undefined;
  /** Receives the omitted parts. Default: nothing. */
  onDamage?: ((damage: SourceDamage) => void) | undefined;
  /** Receives how much of a source was read, every few megabytes. Default: nothing. */
  onProgress?: ((progress: SourceProgress) => void) | undefined;
}

/** The names of the options of all tools. */
export const TOOL_OPTIONS: OptionNames<ToolOptions> = {
  continueOnError: "boolean",
  onDamage: "function",
  onProgress: "function",
  signal: 1,
};

/** Progress of reading one source. */
export interface SourceProgress extends ReadProgress {
  /** The position of the source in the list of sources. */
  readonly source: number;
}

/** Unreadable bytes of one source. */
export interface SourceDamage extends Damage {
  /** The position of the source in the list of sources. */
  readonly source: number;
}
