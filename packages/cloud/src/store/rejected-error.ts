import { RefusedError } from "@rerun-ts/core/transport";

/** The rejection of one request. Others may succeed. */
export class RejectedError extends RefusedError {}
