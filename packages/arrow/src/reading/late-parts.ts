// The parts of reading that are loaded when they are used first: chunks and typed rows. They are one file for bundlers,
// because they share most of their modules, and each further file would make the pages that only query larger.
export { wrapChunks } from "./wrap-chunks.ts";
export { filterBatches, planFilter } from "../typed/filter-batches.ts";
export { planColumns } from "../typed/plan-columns.ts";
export { planTree, readTreeRows } from "../typed/plan-tree.ts";
export { readColumns } from "../typed/read-columns.ts";
export { readRows } from "../typed/read-rows.ts";
