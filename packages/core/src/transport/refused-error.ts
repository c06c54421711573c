import { MAX_TEXT, refusalCodeOfHttp } from "./refusal-code.ts";
import { RerunError, type RerunErrorCode, type RerunErrorOptions } from "../errors/rerun-error.ts";

/** An answer of a server, or of something in its place, that acknowledges nothing. */
export class RefusedError extends RerunError {
  /** The time that the server wants clients to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(code: RerunErrorCode, message: string, options: RerunErrorOptions & { retryAfter?: string | null } = {}) {
    super(code, message, options);
    this.retryAfterMs = retryAfterMs(options.retryAfter);
  }
}

/** A fault of the program or its platform, which no server causes and time does not mend: it ends a sink. */
export class ProgramError extends RerunError {}

/** The time of a `Retry-After` header, which has seconds or a date. `undefined` without a valid one. */
export function retryAfterMs(header: string | null | undefined): number | undefined {
  if (header === null || header === undefined) return undefined;
  const text = header.trim();
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

/** An answer of HTTP that is none of the server's protocol. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusText?: string | undefined;
  readonly contentType?: string | null | undefined;
  readonly retryAfter?: string | null | undefined;
  /** The body, or its beginning. */
  readonly body?: string | undefined;
}

/** The remedy for an answer with 401. */
const REMEDY =
  "; it wants a token: that of a relay's `writeToken` as the option `token`, or `headers: { authorization }` for gRPC";

/** The error for an answer of HTTP, with its text if that is for people. */
export function refusedByHttp(href: string, answer: HttpAnswer): RefusedError {
  const { status, statusText = "", contentType, retryAfter, body = "" } = answer;
  const code = refusalCodeOfHttp(status);
  if (status >= 300 && status < 400)
    return new RefusedError("CONNECTION", `cannot connect to ${href}: it redirects to another address`);
  if (status < 300) {
    const what = contentType === null || contentType === undefined ? "an answer without a type" : contentType;
    const reason = `it sent ${what} with HTTP status ${status}, so something else answers in its place`;
    return new RefusedError("CONNECTION", `cannot connect to ${href}: ${reason}`);
  }
  const isText = /^text\/plain|^application\/grpc/.test(contentType ?? "");
  const text = isText ? body.trim().slice(0, MAX_TEXT) : "";
  const reason = `HTTP status ${status} ${statusText}`.trim() + (text === "" ? "" : `: ${text}`);
  const problem = code === "CONNECTION" ? `cannot connect to ${href}` : `${href} rejected the data`;
  const remedy = status === 401 ? REMEDY : "";
  return new RefusedError(code, `${problem}: ${reason}${remedy}`, { retryAfter: retryAfter ?? null });
}
