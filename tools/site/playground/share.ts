/** The largest program that a link may contain, in bytes. */
const MAX_BYTES = 1_000_000;

/** The request in the fragment of the playground's address. */
export type Request =
  | { readonly kind: "example"; readonly name: string }
  | { readonly kind: "code"; readonly code: string }
  | { readonly kind: "nothing" };

/** Reads the fragment of an address. Rejects if it has a program that cannot be read or is too large. */
export async function readFragment(fragment: string): Promise<Request> {
  const [key = "", value = ""] = fragment.replace(/^#/, "").split(/=(.*)/s);
  if (key === "example") return { kind: "example", name: value };
  if (key === "code") return { kind: "code", code: await unpack(value) };
  return { kind: "nothing" };
}

/** The fragment of an address with a program. */
export async function codeFragment(code: string): Promise<string> {
  const packed = new Blob([code]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `#code=${base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

async function unpack(text: string): Promise<string> {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const parts: Uint8Array[] = [];
  let total = 0;
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    total += part.value.byteLength;
    if (total > MAX_BYTES) {
      await reader.cancel();
      throw new Error(`the program in this link has more than ${MAX_BYTES} bytes`);
    }
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(await new Blob(parts as BlobPart[]).arrayBuffer());
}
