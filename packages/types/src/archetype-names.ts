// The entry point `@rerun-ts/types/archetype-names`, for `blueprint` and `reading`. It is not part of the public API.
export { archetypeNameOf } from "./define/archetype.ts";
export { EntityNode } from "./tree/entity-node.ts";
export { any, archetypesOf, childDefinitions, entity, isArchetype, isList } from "./tree/tree-definition.ts";
