import { RERUN_VERSION_PARTS } from "../../../core/src/rerun-version.ts";

/** The minor version of Rerun that this SDK follows, such as `0.41`: for sentences that are true of each release. */
export const RERUN_MINOR: string = RERUN_VERSION_PARTS.slice(0, 2).join(".");
