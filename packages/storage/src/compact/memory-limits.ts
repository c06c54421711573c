/** The most commits in memory. Others are read again. */
export const MAX_COMMITS = 100_000;
/** The most objects of recordings that are listed and worked on. A recording with more of them is alone. */
export const MAX_OBJECTS = 100_000;
