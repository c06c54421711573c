import { checked } from "../checks/invalid-value-error.ts";
import { toEntityPath, type EntityPath, type EntityPathLike } from "./entity-path.ts";

/**
 * The entity path of an argument: a string, an array of its parts, or an `EntityPath`.
 * @throws {TypeError} naming the argument if `path` is none of these
 */
export function checkEntityPath(argument: string, path: EntityPathLike): EntityPath {
  return checked(argument, () => toEntityPath(path)).path;
}
