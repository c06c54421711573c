import type { ObjectInfo } from "./object-store.ts";

/**
 * The time of an object, in milliseconds since 1970 by the clock of the store.
 *
 * @param unknown the result for an object of a store that reports no times
 */
export function modifiedMs({ modified }: Pick<ObjectInfo, "modified">, unknown: number): number {
  return modified?.getTime() ?? unknown;
}
