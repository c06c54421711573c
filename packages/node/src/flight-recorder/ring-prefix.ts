/** The beginning of the names of folders with rings. */
export const RING_PREFIX = "flight-";
