// The entry point `@rerun-ts/types/logging`: what `node` and `web` export to log. It is not part of the public API.
export * from "./gen/archetype-classes.ts";
export { defineArchetype } from "./define/custom-archetype.ts";
export { uiPoints } from "./codecs/numbers.ts";
export { AnyBatchValue } from "./dynamic/any-batch-value.ts";
export { AnyValues } from "./dynamic/any-values.ts";
export { arrowBatch } from "./dynamic/arrow-batch.ts";
export { DynamicArchetype } from "./dynamic/dynamic-archetype.ts";
export { captureConsole } from "./logs/capture-console.ts";
export { defineTree } from "./tree/define-tree.ts";
export { any, entity } from "./tree/tree-definition.ts";
export { bounceLerp, buildColorGrid, buildColorSpiral } from "./demo/demo-data.ts";
export * as components from "./gen/components.ts";
export * as encodings from "./gen/encodings.ts";
