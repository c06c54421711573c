// The program of the worker that writes to the origin private file system: the entry point `@rerun-ts/web/opfs-worker`.
import { serveStorage } from "./opfs/serve-storage.ts";

serveStorage();
