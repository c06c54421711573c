import type { RecordingHost } from "@rerun-ts/core/internal";

/** What recordings need of a page: no environment variables, and a smaller backlog than on Node. */
export const webHost: RecordingHost = { environment: {}, maxBacklogBytes: 256 * 1024 * 1024 };
