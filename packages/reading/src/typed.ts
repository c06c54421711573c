// The entry point `@rerun-ts/reading/typed`: typed rows and columns, for sibling packages that query other stores.
// It is not part of the public API.
export { planColumns, readColumns, readRows } from "./reading/lazy-reading.ts";
