// The parts of reading that are loaded on first use: chunks and typed rows. They form one file for bundlers, because
// they share most of their modules, and each further file would enlarge pages that only query.
export { wrapChunks } from "./wrap-chunks.ts";
export { filterBatches, planFilter } from "../typed/filter-batches.ts";
export { planColumns } from "../typed/plan-columns.ts";
export { planTree, readTreeRows } from "../typed/plan-tree.ts";
export { readColumns } from "../typed/read-columns.ts";
export { readRows } from "../typed/read-rows.ts";
