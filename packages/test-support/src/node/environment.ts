import { join } from "node:path";

/** The root folder of the repository. */
export const root: string = join(import.meta.dirname, "../../../..");

/** Whether this runs in continuous integration, where everything that tests need is required. */
export const isCi: boolean = process.env["CI"] === "true" || process.env["CI"] === "1";

/** Whether to run random and large tests in full: the environment variable RERUN_TS_SOAK is set. */
export const isSoak: boolean = (process.env["RERUN_TS_SOAK"] ?? "") !== "";
