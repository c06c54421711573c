import { checkOptions, invalidArgument, type OptionNames } from "@rerun-ts/core/checks";
import { TOOL_OPTIONS, type ToolOptions } from "./tool-options.ts";

/** The use for which a recording is optimized: a live viewer, or reading parts of it from a server. */
export type OptimizeProfile = "live" | "object-store";

/** Options of {@link optimizeRrd}. */
export interface OptimizeOptions extends ToolOptions {
  /** The limits that the other options do not give. Default `object-store`. */
  profile?: OptimizeProfile | undefined;
  /** The largest size of a chunk that is put together, in bytes without compression. Default: that of the profile. */
  maxBytes?: number | undefined;
  /** The largest number of its rows. Default: that of the profile. */
  maxRows?: number | undefined;
  /** The largest number of its rows if they are not sorted by all timelines. Default: that of the profile. */
  maxRowsIfUnsorted?: number | undefined;
  /**
   * The largest ratio of the sizes of two archetypes in one chunk, at least 1. Archetypes that differ more get chunks
   * of their own, so that small data can be read without large data. `null` for no limit. Default: that of the profile.
   */
  splitSizeRatio?: number | null | undefined;
  /**
   * Whether chunks of videos begin with a key frame, and the key frames of videos without labels get labels. The chunks
   * may be larger than the limits then. Default `true`.
   */
  gopBatching?: boolean | undefined;
  /**
   * Whether labels of key frames are made anew from the frames. Readers find key frames by them without reading frames.
   * Default `false`: the labels of the recording stay, and a video without any gets them from `gopBatching`.
   */
  fixKeyframes?: boolean | undefined;
  /**
   * Whether static chunks keep their ids and rows. Parts of one recording repeat them, and readers recognise them by
   * their ids. Default `false`: small ones of an entity become one.
   */
  keepStaticChunks?: boolean | undefined;
}

export interface ChunkLimits {
  readonly maxBytes: number;
  readonly maxRows: number;
  readonly maxRowsIfUnsorted: number;
  readonly splitSizeRatio: number | null;
  readonly gopBatching: boolean;
  readonly fixKeyframes: boolean;
  readonly keepStaticChunks: boolean;
}

/** The limits of `rerun rrd optimize --profile` in Rerun 0.41. */
export const PROFILES: Readonly<Record<OptimizeProfile, Omit<ChunkLimits, "fixKeyframes" | "keepStaticChunks">>> = {
  live: { maxBytes: 12 * 8 * 4096, maxRows: 4096, maxRowsIfUnsorted: 1024, splitSizeRatio: null, gopBatching: true },
  "object-store": {
    maxBytes: 2 * 1024 * 1024,
    maxRows: 65_536,
    maxRowsIfUnsorted: 8192,
    splitSizeRatio: 10,
    gopBatching: true,
  },
};

const KNOWN: OptionNames<OptimizeOptions> = {
  ...TOOL_OPTIONS,
  profile: 1,
  maxBytes: 1,
  maxRows: 1,
  maxRowsIfUnsorted: 1,
  splitSizeRatio: 1,
  gopBatching: "boolean",
  fixKeyframes: "boolean",
  keepStaticChunks: "boolean",
};

/** The limits that options name. @throws {TypeError} if one is wrong */
export function limitsOf(options: OptimizeOptions): ChunkLimits {
  checkOptions("optimizeRrd", options, KNOWN);
  const { profile = "object-store" } = options;
  if (!Object.hasOwn(PROFILES, profile)) throw invalidArgument("profile", '"live" or "object-store"', profile);
  const standard = PROFILES[profile];
  const count = (name: "maxBytes" | "maxRows" | "maxRowsIfUnsorted"): number => {
    const value = options[name] ?? standard[name];
    if (!(Number.isSafeInteger(value) && value > 0)) throw invalidArgument(name, "a positive integer", value);
    return value;
  };
  const { splitSizeRatio = standard.splitSizeRatio, gopBatching = standard.gopBatching } = options;
  if (splitSizeRatio !== null && !(typeof splitSizeRatio === "number" && splitSizeRatio >= 1))
    throw invalidArgument("splitSizeRatio", "a number of at least 1, or null", splitSizeRatio);
  return {
    maxBytes: count("maxBytes"),
    maxRows: count("maxRows"),
    maxRowsIfUnsorted: count("maxRowsIfUnsorted"),
    splitSizeRatio,
    gopBatching,
    fixKeyframes: options.fixKeyframes ?? false,
    keepStaticChunks: options.keepStaticChunks ?? false,
  };
}
