// The entry points that other packages load when a program starts, as one file for Node. See `siblings.ts` of `core`.
export * from "./index.ts";
export * from "./archetype-names.ts";
export * from "./files.ts";
export * from "./media.ts";
export * from "./gen/blueprint.ts";
