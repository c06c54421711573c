import type { RecordingHost } from "@rerun-ts/core/internal";

/** What recordings need of a page: a smaller backlog than on Node. */
export const webHost: RecordingHost = { maxBacklogBytes: 256 * 1024 * 1024 };
