/** Major, minor and patch of {@link RERUN_VERSION}. */
export const RERUN_VERSION_PARTS = [0, 41, 0] as const;

type Parts = typeof RERUN_VERSION_PARTS;

/**
 * The supported release of Rerun. Its format is written, and everything is tested against it. It is defined only in
 * this file. `npm run upgrade-rerun` changes it. The type ensures that both constants agree.
 */
export const RERUN_VERSION: `${Parts[0]}.${Parts[1]}.${Parts[2]}` = "0.41.0";
