/** A key or a certificate in the form that Node's servers take. @param text PEM */
export function pem(text: string | Uint8Array): string | Buffer {
  return typeof text === "string" ? text : Buffer.from(text);
}
