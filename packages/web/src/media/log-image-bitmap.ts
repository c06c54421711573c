import type { EntityPathLike, LogOptions, RecordingStream } from "@rerun-ts/core";
import {
  InvalidValueError,
  checkOptions,
  checkRecording,
  describeValue,
  withRerunErrors,
  type OptionNames,
  isBlob,
  kindOf,
  rawOf,
} from "@rerun-ts/core/checks";
import { frozenAt, internalsOf } from "@rerun-ts/core/recording";
import { EncodedImage, Image, guessMediaType, type EncodedImageFields } from "@rerun-ts/types";
import { replacingImage, statedMediaType, type ShownImage } from "@rerun-ts/types/media";
import type { CreateWorker } from "../page/create-worker.ts";
import { describeFrameError, isForeign } from "./describe-frame-error.ts";
import type { EncodedBitmap, BitmapEncoding } from "./encode-bitmap.ts";
import { EncoderThread } from "./encoder-thread.ts";
import { uprightFrame } from "./upright-frame.ts";

/** Options of {@link logImageBitmap}. */
export interface LogImageBitmapOptions extends LogOptions {
  /**
   * The encoding of the image. `"jpeg"` is small and has no transparency. `"png"` and `"raw"` are lossless. The viewer
   * 0.33 in a page only shows `"raw"`. Default: a `Blob` with a JPEG or PNG file is logged unchanged, anything else
   * becomes `"jpeg"`, also WebP, because viewers do not show it.
   */
  encoding?: BitmapEncoding | undefined;
  /** The quality of `"jpeg"`, from 0 to 100. Default 80. */
  quality?: number | undefined;
  /** The maximum width and height in pixels. A larger image is scaled down. Default: no limit. */
  maxSize?: number | undefined;
  /** The opacity of the image in views, from 0 to 1. Default 1. */
  opacity?: EncodedImageFields["opacity"];
  /** The order in 2D views: images with higher numbers are drawn on top. Default: the viewer's. */
  drawOrder?: EncodedImageFields["drawOrder"];
  /** The maximum number of images of the recording in progress. Further ones are dropped with a warning. Default 8. */
  maxPending?: number | undefined;
  /**
   * Creates the encoding worker, from the file `@rerun-ts/web/encoder-worker`. The function of a recording's first
   * image is used. Called again if its worker was idle for ten seconds. Default: from the file beside the modules of
   * this package. Vite, webpack and import maps find it. The page's own thread encodes if the worker does not start.
   */
  createWorker?: CreateWorker | undefined;
}

const OPTIONS: OptionNames<LogImageBitmapOptions> = {
  encoding: 1,
  quality: 1,
  maxSize: 1,
  opacity: 1,
  drawOrder: 1,
  maxPending: 1,
  createWorker: "function",
  static: "boolean",
  time: 1,
};
const ENCODINGS: readonly BitmapEncoding[] = ["jpeg", "png", "raw"];
/** The media types of files that viewers show. The viewer of Rerun 0.41 leaves the view empty for WebP. */
const SUPPORTED_FILES: ReadonlySet<string> = new Set(["image/jpeg", "image/png"]);

/** The bytes of a file that its media type is detected from. */
const BEGINNING_BYTES = 16;

const SHOWN_ENCODED: ShownImage = {
  cleared: () => EncodedImage.fromFields({ blob: null, mediaType: null }),
  clearedColumns: () => EncodedImage.columns({ blob: [], mediaType: [] }).partition([0]),
};
const SHOWN_RAW: ShownImage = {
  cleared: () => Image.fromFields({ buffer: null, format: null }),
  clearedColumns: () => Image.columns({ buffer: [], format: [] }).partition([0]),
};

/** The images of one recording that are in progress. */
class Captures {
  pending = 0;
  /** Settles when the images of earlier calls have been logged. */
  last: Promise<void> = Promise.resolve();
  readonly #recording: RecordingStream;
  /** Whose worker the page creates, and whose worker is made here. */
  #threadOfPage: EncoderThread | undefined;
  #thread: EncoderThread | undefined;

  constructor(recording: RecordingStream) {
    this.#recording = recording;
  }

  /** The thread that encodes. */
  threadFor(worker: CreateWorker | undefined): EncoderThread {
    const create = (): EncoderThread =>
      new EncoderThread(worker, (description) => internalsOf(this.#recording).notice(description));
    return worker === undefined ? (this.#thread ??= create()) : (this.#threadOfPage ??= create());
  }
}

/** The images in progress, by recording. */
const capturesOf = new WeakMap<RecordingStream, Captures>();

/**
 * Logs an image of a page. It may be an `ImageBitmap`, `ImageData`, a canvas, an `OffscreenCanvas`, an image element,
 * the current frame of a video element, a `VideoFrame`, or a `Blob` with an image file. The pixels and the times are
 * those of the call. The image is encoded in a worker and logged as `EncodedImage`, or as `Image` if the encoding is
 * `"raw"`. Images of a recording are logged in the order of the calls.
 *
 * Resolves to `true` once it is logged, and to `false` if it was dropped because too many images are in progress, or
 * because the recording is closed. An unreadable image, for example before its loading, or a canvas with images of
 * other origins, is reported like other invalid data: as a `warning` event with the entity path, and in strict mode by
 * rejecting the promise. It need not be awaited.
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
  const logged = withRerunErrors(() => capture(recording, path, source, options));
  // The promise need not be awaited: errors are reported as well.
  logged.catch(() => {});
  return logged;
}

async function capture(
  recording: RecordingStream,
  path: EntityPathLike,
  source: ImageBitmapSource,
  options: LogImageBitmapOptions,
): Promise<boolean> {
  checkRecording(recording, "stats");
  try {
    checkOptions("logImageBitmap", options, OPTIONS);
  } catch (error) {
    // The promise need not be awaited.
    void internalsOf(recording).reported(Promise.reject(error));
    throw error;
  }
  const { time, static: isStatic, maxPending = 8 } = options;
  const owner = rawOf(recording);
  let captures = capturesOf.get(owner);
  if (captures === undefined) capturesOf.set(owner, (captures = new Captures(owner)));
  if (captures.pending >= maxPending) {
    internalsOf(recording).notice("images are dropped: more are captured than can be encoded; see `maxPending`");
    return false;
  }
  // Read the times before the first `await`, because they and the contents of the page change.
  const view = frozenAt(recording, time ?? {});
  const logOptions = isStatic === undefined ? undefined : { static: isStatic };
  const { last } = captures;
  captures.pending++;
  let finish: () => void = () => {};
  captures.last = new Promise((resolve) => (finish = resolve));
  try {
    const image = await toImage(captures, source, options).catch((error: unknown) => new UnreadableImage(error));
    await last;
    const isOpen = recording.state !== "closed";
    const shown = image instanceof EncodedImage ? SHOWN_ENCODED : image instanceof Image ? SHOWN_RAW : undefined;
    view.log(path, shown === undefined ? image : replacingImage(recording, path, shown, image), logOptions);
    return isOpen && !(image instanceof UnreadableImage);
  } finally {
    captures.pending--;
    finish();
  }
}

/** Throws an error when it is logged, so that the recording reports it with the path, like other invalid data. */
class UnreadableImage {
  readonly #error: unknown;

  constructor(error: unknown) {
    this.#error = error;
  }

  asComponents(): never {
    throw this.#error;
  }
}

async function toImage(
  captures: Captures,
  source: ImageBitmapSource,
  { encoding, quality = 80, maxSize, opacity, drawOrder, createWorker }: LogImageBitmapOptions,
): Promise<EncodedImage | Image> {
  checkValues(encoding, quality, maxSize);
  const fields = { opacity, drawOrder };
  if (encoding === undefined && maxSize === undefined && isBlob(source) && (await isSupported(source)))
    return EncodedImage.fromBlob(source, fields);
  if (encoding === "raw" && maxSize === undefined && isInSrgb(source)) {
    const { data, width, height } = source;
    return new Image({ data: data.slice(), width, height, colorModel: "RGBA" }, fields);
  }
  const bitmap = await captureBitmap(source, maxSize);
  const request = { bitmap, encoding: encoding ?? "jpeg", quality: quality / 100 };
  const encoded = captures.threadFor(createWorker).encode(request);
  const result = await encoded.catch((error: unknown) => {
    // Pixels of other origins can be captured, but can be neither transferred to a worker nor encoded.
    throw isForeign(error) ? unreadable(source, error) : error;
  });
  return toArchetype(result, fields);
}

/** Whether viewers show a file without conversion. The bytes decide if the media type is unknown. */
async function isSupported(file: Blob): Promise<boolean> {
  const type =
    statedMediaType(file.type) ?? guessMediaType(new Uint8Array(await file.slice(0, BEGINNING_BYTES).arrayBuffer()));
  return type !== undefined && SUPPORTED_FILES.has(type);
}

/** Whether pixels can be logged as they are. A bitmap converts those of other colour spaces. */
function isInSrgb(source: unknown): source is ImageData {
  return kindOf(source) === "ImageData" && ((source as ImageData).colorSpace ?? "srgb") === "srgb";
}

function unreadable(source: unknown, error: unknown): InvalidValueError {
  const expected = "a readable image: an ImageBitmap, ImageData, canvas, image, video, VideoFrame or Blob";
  const reason = (error as Partial<Error> | undefined)?.name === "TypeError" ? "" : `: ${describeFrameError(error)}`;
  return new InvalidValueError(expected, `${describeValue(source)}${reason}`, false, "source");
}

/** The pixels of an image, which are captured before the call returns, scaled down to `maxSize`. */
async function captureBitmap(source: ImageBitmapSource, maxSize: number | undefined): Promise<ImageBitmap> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(uprightFrame(source));
  } catch (error) {
    throw unreadable(source, error);
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

function checkValues(encoding: BitmapEncoding | undefined, quality: number, maxSize: number | undefined): void {
  if (encoding !== undefined && !ENCODINGS.includes(encoding))
    throw new InvalidValueError(`one of ${ENCODINGS.join(", ")}`, describeValue(encoding), false, "encoding");
  if (typeof quality !== "number" || !(quality >= 0 && quality <= 100))
    throw new InvalidValueError("a number from 0 to 100", describeValue(quality), false, "quality");
  if (maxSize !== undefined && !(typeof maxSize === "number" && maxSize >= 1))
    throw new InvalidValueError("a number of pixels, at least 1", describeValue(maxSize), false, "maxSize");
}
