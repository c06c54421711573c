/** Browsers have no decoders for scripts that return at once. */
export const nativeCodecs: Readonly<Record<string, (bytes: Uint8Array, size: number) => Uint8Array>> = {};
