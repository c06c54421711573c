/** The bytes of a file so far. */
export interface FileProgress {
  /** The number of bytes ready or written. */
  readonly bytes: number;
  /** The size of the file in bytes. */
  readonly totalBytes: number;
}

/** Options of `download` and `saveToPicker`. */
export interface DownloadOptions {
  /** Whether saved data is removed from memory, so the next file starts empty. Default `false`. */
  drain?: boolean | undefined;
  /** Called as the file grows, about every 8 MiB. The page stays responsive in between. Useful for large recordings. */
  onProgress?: ((progress: FileProgress) => void) | undefined;
  /** Aborts saving, so that no file is saved. `saveToPicker` checks it, and `download` does with `onProgress`. */
  signal?: AbortSignal | undefined;
}

/** The saved file. */
export interface DownloadResult {
  /** The size of the file in bytes. */
  readonly bytes: number;
}
