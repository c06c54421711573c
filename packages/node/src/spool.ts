// The entry point `@rerun-ts/node/spool`: who owns a folder. It is not part of the public API.
export { DirectoryLock, LockedError } from "./spool/directory-lock.ts";
export { firstLock } from "./spool/first-lock.ts";
export { removeSockets } from "./spool/remove-sockets.ts";
