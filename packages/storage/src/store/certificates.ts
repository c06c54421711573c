import { argumentError } from "@rerun-ts/core/checks";

/** Checks certificates of authorities. Node ignores other text. @throws {TypeError} without the value, which may be a key */
export function checkCertificates(argument: string, text: unknown): string {
  if (typeof text === "string" && /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/.test(text)) return text;
  const given = typeof text === "string" ? "text without a certificate" : typeof text;
  throw argumentError(argument, `\`${argument}\` must be certificates in PEM format, got ${given}`);
}
