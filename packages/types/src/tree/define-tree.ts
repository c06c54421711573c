import { at, log, sendColumns, EntityPath, type RecordingView } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import { makeNode } from "./entity-node.ts";
import type { EntityTree } from "./entity-tree.ts";
import { checkTree, type TreeDefinition } from "./tree-definition.ts";

const GLOBAL: RecordingView = { at, log, sendColumns };

/**
 * A tree of entities with the archetypes that each of them has. It types paths and values, for logging and for reading.
 *
 * The keys are parts of paths, which may be any non-empty strings. `rr.any` is the key of all other entities of its
 * level. `rr.entity` is the key of the data of an entity that has children. The tree logs to the global recording, and
 * `on` returns a tree that logs to another one.
 *
 * @throws {TypeError} if the description is not valid
 * @example
 * const tree = rr.defineTree({ robot: { pose: rr.Transform3D, joints: { [rr.any]: rr.Scalars } } });
 * const { robot } = tree.on(rec);
 * robot.pose.log(new rr.Transform3D({ translation: [0, 0, 1] }));
 * robot.joints.child("elbow").log(new rr.Scalars(0.5));
 */
export function defineTree<const Definition extends TreeDefinition>(definition: Definition): EntityTree<Definition> {
  if (typeof definition !== "object" || (definition as unknown) === null)
    throw invalidArgument("definition", "an object of entities", definition);
  checkTree(definition);
  return makeNode(EntityPath.of(), definition, GLOBAL) as unknown as EntityTree<Definition>;
}
