// The entry points that sibling packages load when a program starts, as one file for Node, where each file takes time.
// `package.json` names the file for each of them under the condition `node`. Entry points that a sibling exports again
// as a whole are not among them: on Node, the sibling would export all names of the file.
export * from "./checks.ts";
export * from "./encode.ts";
export * from "./recording.ts";
export * from "./storage.ts";
export * from "./transport.ts";
export * from "./util.ts";
