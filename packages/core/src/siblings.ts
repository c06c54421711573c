// The entry points that other packages load when a program starts, as one file for Node, where each file takes time.
// The bundles of the packages here import all names from this file. `package.json` names it for some of the entry
// points for siblings, and not for those that a package exports again as a whole: all names would be exported.
export * from "./index.ts";
export * from "./checks.ts";
export * from "./encode.ts";
export * from "./recording.ts";
export * from "./storage.ts";
export * from "./transport.ts";
export * from "./util.ts";
