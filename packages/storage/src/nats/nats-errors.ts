import { JetStreamApiCodes, type JetStreamApiError } from "@nats-io/jetstream";
import type { PermissionViolationError } from "@nats-io/nats-core";
import { RerunError, isRerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";

/** The names of errors that deny access. A program may have two copies of the library, so that classes do not tell. */
const DENIALS: ReadonlySet<unknown> = new Set([
  "AuthorizationError",
  "PermissionViolationError",
  "UserAuthenticationExpiredError",
]);
/** The names of errors that are answers of JetStream. */
const ANSWERS: ReadonlySet<unknown> = new Set(["JetStreamApiError", "StreamNotFoundError", "ConsumerNotFoundError"]);

/** An error of the library, with what could not be done. */
export function natsError(text: string, error: unknown): RerunError {
  if (isRerunError(error)) return error;
  // Requests wrap the answer of the server.
  const cause = violationIn((error as Partial<Error> | undefined)?.cause) ?? error;
  const code = DENIALS.has(nameOf(cause)) ? "AUTH" : "CONNECTION";
  return new RerunError(code, `${text}: ${messageOf(cause)}`, { cause: error });
}

/** An error as the denial of a right, `undefined` for others. */
export function violationIn(error: unknown): PermissionViolationError | undefined {
  return nameOf(error) === "PermissionViolationError" ? (error as PermissionViolationError) : undefined;
}

/** An error as the answer of JetStream, `undefined` for others. */
export function answerIn(error: unknown): JetStreamApiError | undefined {
  return ANSWERS.has(nameOf(error)) ? (error as JetStreamApiError) : undefined;
}

/** Whether the stream of a request does not exist. */
export function isMissingStream(error: unknown): boolean {
  return answerIn(error)?.code === JetStreamApiCodes.StreamNotFound;
}

function nameOf(error: unknown): unknown {
  return (error as Partial<Error> | null | undefined)?.name;
}
