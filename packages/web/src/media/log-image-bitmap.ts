import type { EntityPathLike, LogOptions, RecordingStream } from "@rerun-ts/core";
import { InvalidValue, describeValue } from "@rerun-ts/core/internal";
import { EncodedImage, Image, type EncodedImageFields } from "@rerun-ts/types";
import type { EncodedBitmap, PictureEncoding } from "./encode-bitmap.ts";
import { EncoderThread } from "./encoder-thread.ts";

/** Options of {@link logImageBitmap}. */
export interface LogImageBitmapOptions extends LogOptions {
  /**
   * How the picture is stored. `"jpeg"` is small, and shows no transparency; `"png"` and `"raw"` lose nothing; the viewer
   * 0.33 of npm, as of `openWebViewer`, shows only `"raw"`. Default:
   * a `Blob` that is a JPEG or PNG file is taken as it is, all else becomes `"jpeg"`, WebP too, which viewers do not show.
   */
  encoding?: PictureEncoding | undefined;
  /** Of `"jpeg"`, from 0 to 100. Default 80. */
  quality?: number | undefined;
  /** Above this many pixels in width or height the picture is made smaller. Default: never. */
  maxSize?: number | undefined;
  /** How opaque views show it, from 0 to 1. Default: 1. */
  opacity?: EncodedImageFields["opacity"];
  /** What lies above in 2D views: higher numbers. */
  drawOrder?: EncodedImageFields["drawOrder"];
  /** How many pictures of the recording may be on their way; the next ones are left out, which is told. Default 8. */
  maxPending?: number | undefined;
}

const ENCODINGS: readonly PictureEncoding[] = ["jpeg", "png", "raw"];
/** Files that viewers show as they are. That of Rerun 0.41 leaves the view empty at WebP. */
const SHOWN: ReadonlySet<string> = new Set(["image/jpeg", "image/png"]);

/** The pictures of one recording on their way. */
class Captures {
  readonly thread = new EncoderThread();
  pending = 0;
  /** Settles when those before have been logged. */
  last: Promise<void> = Promise.resolve();
}

/** Gone with their recordings. */
const capturesOf = new WeakMap<RecordingStream, Captures>();

/**
 * Logs what a part of a page shows: an `ImageBitmap`, `ImageData`, a canvas, an `OffscreenCanvas`, an image element, the
 * frame of a video element, a `VideoFrame`, or a `Blob` with a picture. The pixels and the times are those of the call; the
 * picture is encoded in another thread, then logged as `EncodedImage`, or as `Image` if it is `"raw"`. Pictures of a
 * recording are logged in the order of the calls.
 *
 * Settles when it is logged, with `true`; with `false` if it was left out because too many are on their way. What cannot
 * be read, such as a picture that has not loaded or a canvas with pictures of other origins, is reported like other
 * wrong data (in strict mode the promise rejects), with the path.
 *
 * @example
 * await rr.logImageBitmap(rec, "camera", video, { time: { media: { duration: video.currentTime } } });
 */
export function logImageBitmap(
  recording: RecordingStream,
  path: EntityPathLike,
  source: ImageBitmapSource,
  options: LogImageBitmapOptions = {},
): Promise<boolean> {
  const logged = capture(recording, path, source, options);
  // It may be left alone: what is wrong has been reported.
  logged.catch(() => {});
  return logged;
}

async function capture(
  recording: RecordingStream,
  path: EntityPathLike,
  source: ImageBitmapSource,
  options: LogImageBitmapOptions,
): Promise<boolean> {
  const { time, static: isStatic, maxPending = 8 } = options;
  let captures = capturesOf.get(recording);
  if (captures === undefined) capturesOf.set(recording, (captures = new Captures()));
  if (captures.pending >= maxPending) {
    recording.notice("pictures are left out: more are captured than can be encoded, see `maxPending`");
    return false;
  }
  // Times first, and without waiting: what the page shows, and what time it is, changes.
  const view = recording.frozenAt(time ?? {});
  const logOptions = isStatic === undefined ? undefined : { static: isStatic };
  const { thread, last } = captures;
  captures.pending++;
  let finish: () => void = () => {};
  captures.last = new Promise((resolve) => (finish = resolve));
  try {
    const picture = await toPicture(thread, source, options).catch((error: unknown) => new Unreadable(error));
    await last;
    view.log(path, picture, logOptions);
    return !(picture instanceof Unreadable);
  } finally {
    captures.pending--;
    finish();
  }
}

/** Says what is wrong when it is logged: so it is reported as all wrong data is, with the path. */
class Unreadable {
  readonly #error: unknown;

  constructor(error: unknown) {
    this.#error = error;
  }

  asComponents(): never {
    throw this.#error;
  }
}

async function toPicture(
  thread: EncoderThread,
  source: ImageBitmapSource,
  { encoding, quality = 80, maxSize, opacity, drawOrder }: LogImageBitmapOptions,
): Promise<EncodedImage | Image> {
  checkOptions(encoding, quality, maxSize);
  const fields = { opacity, drawOrder };
  if (encoding === undefined && maxSize === undefined && source instanceof Blob && SHOWN.has(source.type))
    return EncodedImage.fromBlob(source, fields);
  if (encoding === "raw" && maxSize === undefined && source instanceof ImageData) {
    const { data, width, height } = source;
    return new Image({ data: data.slice(), width, height, colorModel: "RGBA" }, fields);
  }
  const bitmap = await takeBitmap(source, maxSize);
  const result = await thread.encode({ bitmap, encoding: encoding ?? "jpeg", quality: quality / 100 });
  return toArchetype(result, fields);
}

/** Begins before it returns, so that what it takes is what there is now. */
async function takeBitmap(source: ImageBitmapSource, maxSize: number | undefined): Promise<ImageBitmap> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(source);
  } catch (error) {
    const isWrong = error instanceof TypeError;
    const expected = "a picture that can be read: an ImageBitmap, ImageData, canvas, image, video, VideoFrame or Blob";
    const reason = error instanceof Error ? `: ${error.message}` : "";
    throw new InvalidValue(expected, `${describeValue(source)}${isWrong ? "" : reason}`, false, "source");
  }
  const { width, height } = bitmap;
  const factor = (maxSize ?? Infinity) / Math.max(width, height);
  if (factor >= 1) return bitmap;
  const resized = await createImageBitmap(bitmap, {
    resizeWidth: Math.max(1, Math.round(width * factor)),
    resizeHeight: Math.max(1, Math.round(height * factor)),
    resizeQuality: "medium",
  });
  bitmap.close();
  return resized;
}

function toArchetype(
  { bytes, mediaType, width, height }: EncodedBitmap,
  fields: Pick<EncodedImageFields, "opacity" | "drawOrder">,
): EncodedImage | Image {
  if (mediaType !== "") return new EncodedImage({ ...fields, contents: bytes, mediaType });
  return new Image({ data: bytes, width, height, colorModel: "RGBA" }, fields);
}

function checkOptions(encoding: PictureEncoding | undefined, quality: number, maxSize: number | undefined): void {
  if (encoding !== undefined && !ENCODINGS.includes(encoding))
    throw new InvalidValue(`one of ${ENCODINGS.join(", ")}`, describeValue(encoding), false, "encoding");
  if (typeof quality !== "number" || !(quality >= 0 && quality <= 100))
    throw new InvalidValue("a number from 0 to 100", describeValue(quality), false, "quality");
  if (maxSize !== undefined && !(typeof maxSize === "number" && maxSize >= 1))
    throw new InvalidValue("a number of pixels, at least 1", describeValue(maxSize), false, "maxSize");
}
