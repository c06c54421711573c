/** Browsers have no decoders for scripts that return immediately. */
export const nativeCodecs: Readonly<Record<string, (bytes: Uint8Array, size: number) => Uint8Array>> = {};
