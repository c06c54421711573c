import { X509Certificate, createPrivateKey, type KeyObject } from "node:crypto";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";

/** The error for a key and a certificate that Node rejects. OpenSSL's own messages name neither of them. */
export function describeTlsError(
  { key, cert }: { readonly key: string | Uint8Array; readonly cert: string | Uint8Array },
  cause: unknown,
): RerunError {
  const certificate = attempt(() => new X509Certificate(cert));
  if (certificate === undefined) return tlsError("tls.cert", "must be a certificate in PEM format", cause);
  const privateKey = attempt((): KeyObject => createPrivateKey(toText(key)));
  if (privateKey === undefined)
    return tlsError("tls.key", "must be a private key in PEM format, without a passphrase", cause);
  if (!certificate.checkPrivateKey(privateKey))
    return tlsError("tls.key", "must be the private key of the certificate", cause);
  return tlsError("tls", "cannot be used", cause);
}

function tlsError(argument: string, problem: string, cause: unknown): RerunError {
  return new RerunError("INVALID_ARGUMENT", `\`${argument}\` ${problem}: ${messageOf(cause)}`, { cause, argument });
}

function toText(key: string | Uint8Array): string {
  return typeof key === "string" ? key : new TextDecoder().decode(key);
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
