// The entry point `@rerun-ts/reading/typed`: typed rows and columns, and filters of rows, for sibling packages that
// query other stores. It is not part of the public API.
export { filterBatches, planColumns, planFilter, readColumns, readRows } from "./reading/lazy-reading.ts";
