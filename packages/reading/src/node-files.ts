// The entry point `@rerun-ts/reading/node-files`: how files appear on Node. `node` may import it. It is not public.
export { removeIncomplete, replaceFile, type BeforeReplacing } from "./node/replace-file.ts";
export { borrowMemory } from "./store/message-memory.ts";
export { writePath } from "./node/write-path.ts";
