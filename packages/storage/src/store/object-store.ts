/** Options of the calls of an {@link ObjectStore}. */
export interface StoreOptions {
  /** Aborts the call. Default: none. */
  signal?: AbortSignal | undefined;
}

/** Bytes such as those of a file, which can be read in pieces, and several times. */
export interface ByteSource {
  /** The number of bytes. */
  readonly size: number;
  /** Reads all bytes from the start. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** The contents of an object. A call may read them several times, so they must not change. */
export type ObjectBody = Uint8Array | Blob | ByteSource;

/** Options of {@link ObjectStore.create}. */
export interface CreateOptions extends StoreOptions {
  /**
   * The SHA-256 of the body, as 64 hexadecimal digits. A store may reject another body, and keeps the value for
   * {@link ObjectStore.head} if possible. Default: none.
   */
  sha256?: string | undefined;
  /** The media type with which the store serves the object. Default `"application/octet-stream"`. */
  contentType?: string | undefined;
}

/** Options of {@link ObjectStore.read}. */
export interface ReadObjectOptions extends StoreOptions {
  /** The position of the first byte. Default 0. */
  offset?: number | undefined;
  /** The number of bytes. Default: up to the end. */
  length?: number | undefined;
}

/** Options of {@link ObjectStore.list}. */
export interface ListObjectsOptions extends StoreOptions {
  /** Lists only keys after this one, which need not exist. Default: all. */
  startAfter?: string | undefined;
}

/** Facts about an object. */
export interface ObjectInfo {
  /** The key by which the store finds the object. */
  readonly key: string;
  /** The number of bytes. */
  readonly size: number;
  /** A value of this object alone, among all objects with this key. Not every store has one. */
  readonly etag?: string | undefined;
  /** The SHA-256 given to `create`, if the store keeps it. Lists lack it. */
  readonly sha256?: string | undefined;
  /** The time of its creation by the clock of the store. Some stores do not report it, but `compactParts` needs it. */
  readonly modified?: Date | undefined;
}

/**
 * Storage of objects by key. An object is created only if there is none with its key, and never changed.
 *
 * Keys are paths such as `fleet/run7/1.rrd`. Their segments have letters, digits and `._-`, without dots at the ends.
 * `escapeId` makes a segment of any id.
 *
 * Each call repeats requests after temporary failures, with exponential backoff. Errors are of the class `RerunError`,
 * and contain no credentials: `CONNECTION` if the store cannot be reached or does not answer, `SERVER` if it rejects a
 * request, `AUTH` if it denies access, `ABORTED`, `INVALID_ARGUMENT` if a key is wrong.
 */
export interface ObjectStore {
  /** The address without credentials, for messages, such as `s3://bucket/prefix`. */
  readonly url: string;
  /**
   * Creates an object, and resolves to `true` as soon as it is durable. Resolves to `false`, and changes nothing, if an
   * object with this key exists already. A response may get lost after the object was created. The call then tries
   * again, and resolves to `false`. So the existing object may come from this very call. To find out, compare it by
   * `head`, or by contents with the name of the writer. After the error `CONNECTION` the object may also exist.
   */
  create(key: string, body: ObjectBody, options?: CreateOptions): Promise<boolean>;
  /**
   * Whether `create` needs the SHA-256 of a body of this size, to reject others. Only `false` saves the time of reading
   * the body once more. Default for stores without this method: it does.
   */
  wantsSha256?(key: string, size: number, options?: StoreOptions): Promise<boolean>;
  /** Facts about an object, or `undefined` if there is none. */
  head(key: string, options?: StoreOptions): Promise<ObjectInfo | undefined>;
  /**
   * Reads an object, or a range of it. The result is shorter if the object ends before.
   *
   * @throws {RerunError} `NOT_FOUND` if the object does not exist
   */
  read(key: string, options?: ReadObjectOptions): Promise<Uint8Array>;
  /**
   * Lists objects by the beginning of their keys, in ascending order of the keys. Objects with other keys than those of
   * `create`, such as with spaces, are passed over.
   */
  list(prefix: string, options?: ListObjectsOptions): AsyncIterable<ObjectInfo>;
  /**
   * Lists the folders directly below a prefix that ends with a slash, in ascending order, such as `fleet/run7/` for the
   * object `fleet/run7/1.rrd` and the prefix `fleet/`. Without this method a keeper lists all objects in each pass.
   */
  listFolders?(prefix: string, options?: StoreOptions): AsyncIterable<string>;
  /**
   * A URL with which everyone can read an object, for a number of seconds. Only `shareLink` needs this method.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if the store cannot sign for so long
   */
  presignRead?(key: string, expiresSeconds: number): Promise<string>;
  /** Deletes an object. Nothing happens if there is none. */
  delete(key: string, options?: StoreOptions): Promise<void>;
}
