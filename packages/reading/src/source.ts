// The entry point `@rerun-ts/reading/source`: how sibling packages read files, memory and URLs piece by piece. It is
// not part of the public API.
export { openPlatformFile, openSource, withNameOf, type RrdSource } from "./source/open-source.ts";
export {
  type OpenSource,
  type RandomAccess,
  withProgress,
  type ReadOptions,
  type ReadProgress,
} from "./source/random-access.ts";
export { SharedMemory } from "./source/shared-memory.ts";
export {
  type StoredZstd,
  ThreadLost,
  type DecompressJob,
  type FileRange,
  type WorkThread,
} from "./source/work-thread.ts";
export { CompressThread } from "./store/compress-thread.ts";
export { turnOf, TurnCounter } from "./store/turn-counter.ts";
export { inOrder, type Eventual } from "./store/in-order.ts";
export { MessageMemory } from "./store/message-memory.ts";
