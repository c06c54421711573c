/** Browsers have no decoder of zstd for scripts. */
export const nativeZstd: ((bytes: Uint8Array, size: number) => Promise<Uint8Array>) | undefined = undefined;
