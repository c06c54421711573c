import type { SecureClientSessionOptions } from "node:http2";
import { RerunError, type ProxyUrl } from "@rerun-ts/core";
import { RefusedError } from "@rerun-ts/core/transport";

/** A server, and the options for TLS. */
export interface TlsTarget {
  readonly url: ProxyUrl;
  readonly tls?: SecureClientSessionOptions | undefined;
}

/** The codes of OpenSSL for an answer without TLS. Its messages are lines of its source code. */
const NO_TLS = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|RECORD_LAYER_FAILURE)$/;
/** Alerts of servers that want a certificate of the client, or reject the one that it has. */
const CLIENT_CERTIFICATE =
  /^ERR_SSL_.*ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|(UNSUPPORTED_)?CERTIFICATE(_\w+)?|NO_CERTIFICATE)$/;
/** An alert without a reason: of servers before TLS 1.3 that want a certificate, or share no cipher with the client. */
const HANDSHAKE_FAILURE = /^ERR_SSL_.*ALERT_HANDSHAKE_FAILURE$/;
/** A message of OpenSSL with the line of its source code. Of some errors, Node's code is only `EPROTO`. */
const OPENSSL_LINE = /:error:[\dA-F]+:SSL routines:[^:]*:([^:]+):/;
const OUTDATED = /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/;
const WRONG_NAME = "ERR_TLS_CERT_ALTNAME_INVALID";
/** The codes of OpenSSL and Node for a certificate that is not trusted. */
const UNTRUSTED = /^(CERT_|UNABLE_TO_|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|.*SELF_SIGNED_CERT|ERR_TLS_CERT)/;

/**
 * The error for a connection that failed or was lost: `AUTH` if a certificate is missing or not trusted, which needs a
 * person, and otherwise `CONNECTION`.
 */
export function connectionError(error: unknown, { url: { href }, tls = {} }: TlsTarget): RerunError {
  if (error instanceof RerunError) return error;
  const { message, code } = describeCause(error);
  const reason = code === "" || message.includes(code) ? message : `${message} (${code})`;
  const auth = (problem: string, remedy: string): RerunError =>
    new RefusedError("AUTH", `${problem}; ${remedy}`, { cause: error });
  const lost = (problem: string): RerunError =>
    new RerunError("CONNECTION", `cannot connect to ${href}: ${problem}`, { cause: error });
  if (NO_TLS.test(code)) {
    const plain = href.replace(/^rerun(?:\+https)?:/, "rerun+http:").replace(/^wss:/, "ws:");
    return lost(`the server does not use TLS; its URL is ${plain}`);
  }
  if (CLIENT_CERTIFICATE.test(code))
    return tls.cert === undefined && tls.pfx === undefined
      ? auth(`${href} wants a certificate of the client (${code})`, "pass it as `tls: { cert, key }`")
      : auth(`${href} rejects the client's certificate (${code})`, "pass one that it accepts as `tls: { cert, key }`");
  if (HANDSHAKE_FAILURE.test(code))
    return auth(
      `${href} accepts no TLS connection with these settings (${code})`,
      "if it wants a certificate of the client, pass that as `tls: { cert, key }`",
    );
  if (OUTDATED.test(code)) return auth(`the certificate of ${href} is not valid now: ${reason}`, "renew it");
  if (code === WRONG_NAME)
    return auth(
      `the certificate of ${href} is for another host: ${reason}`,
      "use a name that is in the certificate, or pass it as `tls: { servername }`",
    );
  if (!UNTRUSTED.test(code)) return lost(reason);
  const remedy =
    tls.ca === undefined
      ? "if it is the right server, pass its certificate, or that of its authority, as `tls: { ca }`"
      : "`tls.ca` is not the certificate of its authority";
  return auth(`the certificate of ${href} is not trusted: ${reason}`, remedy);
}

/**
 * The message and code of the innermost error, because libraries wrap errors. Of parallel attempts, the first error
 * counts.
 */
function describeCause(error: unknown): { readonly message: string; readonly code: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return describeCause(error.errors[0]);
  if (!(error instanceof Error)) return { message: String(error), code: "" };
  if (error.cause instanceof Error) return describeCause(error.cause);
  const reason = OPENSSL_LINE.exec(error.message)?.[1];
  if (reason !== undefined) return { message: reason, code: `ERR_SSL_${reason.toUpperCase().replaceAll(" ", "_")}` };
  return { message: error.message, code: "code" in error && typeof error.code === "string" ? error.code : "" };
}
