// The entry point `@rerun-ts/types/archetype-names`, for `blueprint` and `reading`. It is not part of the public API.
// It has the two components of blueprints, too, because Node loads all components for `@rerun-ts/types/components`.
export { PanelState } from "./gen/components/panel-state.ts";
export { VisualizerType } from "./gen/components/visualizer-type.ts";
export { archetypeNameOf } from "./define/archetype.ts";
export { EntityNode } from "./tree/entity-node.ts";
export { any, archetypesOf, childDefinitions, entity, isArchetype, isList } from "./tree/tree-definition.ts";
