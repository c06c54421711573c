// The entry point for users on Node.
export type {
  ByteSource,
  CreateOptions,
  ListOptions,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  ReadOptions,
  StoreOptions,
} from "./store/object-store.ts";
export { fsStore } from "./store/fs-store.ts";
export { escapeId, unescapeId } from "./store/keys.ts";
