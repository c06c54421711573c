import { isError } from "@rerun-ts/core/checks";
import { Code, ConnectError } from "@connectrpc/connect";
import { RerunError, isRerunError, type RerunErrorCode } from "@rerun-ts/core";

const CODES: Readonly<Partial<Record<Code, RerunErrorCode>>> = {
  [Code.Canceled]: "CONNECTION",
  [Code.InvalidArgument]: "INVALID_ARGUMENT",
  [Code.DeadlineExceeded]: "TIMEOUT",
  [Code.NotFound]: "NOT_FOUND",
  [Code.AlreadyExists]: "ALREADY_EXISTS",
  [Code.PermissionDenied]: "AUTH",
  [Code.Aborted]: "CONNECTION",
  [Code.Unimplemented]: "UNSUPPORTED",
  [Code.Unavailable]: "CONNECTION",
  [Code.Unauthenticated]: "AUTH",
};

/** Codes of this side of the connection for responses that cannot be read. */
const MALFORMED: ReadonlySet<Code> = new Set([
  Code.InvalidArgument,
  Code.Internal,
  Code.DataLoss,
  Code.ResourceExhausted,
]);

/** The codes of OpenSSL and Node for problems with a certificate. */
const CERTIFICATE = /CERT|UNABLE_TO_|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_EXCEEDED/;

/** Texts of platforms about trailers that are not headers. */
const HEADERS = /\bHeaders\b|\bByteString\b/;

/** A call to a catalog, for messages about it. */
export interface FailedCall {
  /** The address of the catalog. */
  readonly href: string;
  /** A verb and its object, e.g. `create the dataset "runs"`. */
  readonly doing: string;
}

/** The error of this SDK for an error of a call. The error of the server is its cause. */
export function catalogError(error: unknown, { href, doing }: FailedCall): RerunError {
  if (isRerunError(error)) return error;
  const found = ConnectError.from(error);
  const code = codeOf(found);
  const reason = reasonOf(found);
  if (code === "CONNECTION")
    return new RerunError(code, `cannot ${doing}: cannot connect to ${href}: ${reason}`, { cause: error });
  const advice = code === "UNSUPPORTED" ? ` (${href} does not offer this)` : "";
  return new RerunError(code, `cannot ${doing}: ${reason}${advice}`, { cause: error });
}

/** Connect's message about a response with a hidden status, which has no content. */
const HIDDEN = "missing trailer";

/**
 * Whether the server has rejected a call for a hidden reason. Browsers hide the headers of other origins, and Rerun's
 * server does not expose them.
 */
export function isHidden(error: unknown): boolean {
  return error instanceof ConnectError && error.rawMessage === HIDDEN && !isFromServer(error);
}

function codeOf(error: ConnectError): RerunErrorCode {
  if (isHidden(error)) return "SERVER";
  if (CERTIFICATE.test(innermostCode(error))) return "AUTH";
  if (error.cause instanceof TypeError && HEADERS.test(error.cause.message)) return "INVALID_FORMAT";
  // `fetch` rejects with a TypeError when there is no connection.
  if (error.cause instanceof TypeError && !isFromServer(error)) return "CONNECTION";
  if (!isFromServer(error) && MALFORMED.has(error.code)) return isLost(error) ? "CONNECTION" : "INVALID_FORMAT";
  return CODES[error.code] ?? "SERVER";
}

/** Whether the error comes from the server, and not from Connect. */
function isFromServer({ metadata }: ConnectError): boolean {
  return metadata.has("grpc-status");
}

/** Whether the response ended in the middle. */
function isLost({ rawMessage, cause }: ConnectError): boolean {
  if (isError(cause) && "code" in cause) return true;
  return /missing EndStreamResponse|premature|unexpected end|aborted|closed/i.test(rawMessage);
}

function innermostCode(error: unknown): string {
  if (!isError(error)) return "";
  if (isError(error.cause)) return innermostCode(error.cause);
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

function reasonOf(error: ConnectError): string {
  const { rawMessage, code } = error;
  if (isHidden(error)) return "the server gave no reason (browsers hide that of other origins)";
  const text = rawMessage.trim();
  return text === "" ? `the server gave no reason (gRPC status ${code})` : text;
}
