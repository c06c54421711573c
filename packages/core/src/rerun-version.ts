/** Major, minor and patch of {@link RERUN_VERSION}. */
export const RERUN_VERSION_PARTS = [0, 41, 0] as const;

type Parts = typeof RERUN_VERSION_PARTS;

/**
 * The supported release of Rerun. This SDK writes its format, and all tests use it. Only this file defines the release,
 * and `npm run upgrade-rerun` changes it. The type ensures that both constants agree.
 */
export const RERUN_VERSION: `${Parts[0]}.${Parts[1]}.${Parts[2]}` = "0.41.0";
