import { withRerunErrors } from "@rerun-ts/core/checks";
import {
  Asset3D,
  AssetAudio,
  AssetVideo,
  EncodedDepthImage,
  EncodedImage,
  guessMediaType,
  type Asset3DFields,
  type AssetAudioFields,
  type AssetVideoFields,
  type EncodedDepthImageFields,
  type EncodedImageFields,
} from "@rerun-ts/types";
import { toPathString, readBytes } from "./read-bytes.ts";

/**
 * Reads a 3D model from a file: glTF, GLB, OBJ, STL, Collada or PLY. The media type follows from the file extension, or
 * else from the first bytes.
 *
 * @throws {RerunError} `NOT_FOUND` if the file does not exist, `IO_ERROR` if the file cannot be read
 * @throws {RerunError} `INVALID_ARGUMENT` if `path` is not a path
 *
 * @example
 * rec.log("robot", await rr.files.readAsset3D("robot.glb"), { static: true });
 */
export function readAsset3D(path: string | URL, options?: Omit<Asset3DFields, "blob">): Promise<Asset3D> {
  return withRerunErrors(async () => {
    return new Asset3D({ ...options, ...(await readContents(path, options?.mediaType)) });
  });
}

/**
 * Reads a video from an MP4 file. The media type follows from the file extension, or else from the first bytes.
 *
 * @throws {RerunError} `NOT_FOUND` if the file does not exist, `IO_ERROR` if the file cannot be read
 * @throws {RerunError} `INVALID_ARGUMENT` if `path` is not a path
 *
 * @example
 * rec.log("video", await rr.files.readAssetVideo("drive.mp4"), { static: true });
 */
export function readAssetVideo(path: string | URL, options?: Omit<AssetVideoFields, "blob">): Promise<AssetVideo> {
  return withRerunErrors(async () => {
    return new AssetVideo({ ...options, ...(await readContents(path, options?.mediaType)) });
  });
}

/**
 * Reads a sound from a file: AAC, FLAC, MP3, MP4 audio, Ogg or WAV. The media type follows from the file extension, or
 * else from the first bytes.
 *
 * @throws {RerunError} `NOT_FOUND` if the file does not exist, `IO_ERROR` if the file cannot be read
 * @throws {RerunError} `INVALID_ARGUMENT` if `path` is not a path
 *
 * @example
 * rec.log("microphone", await rr.files.readAssetAudio("speech.wav"), { static: true });
 */
export function readAssetAudio(path: string | URL, options?: Omit<AssetAudioFields, "blob">): Promise<AssetAudio> {
  return withRerunErrors(async () => {
    return new AssetAudio({ ...options, ...(await readContents(path, options?.mediaType)) });
  });
}

/**
 * Reads an image from a file: JPEG, PNG and others. The media type follows from the file extension, or else from the
 * first bytes.
 *
 * @throws {RerunError} `NOT_FOUND` if the file does not exist, `IO_ERROR` if the file cannot be read
 * @throws {RerunError} `INVALID_ARGUMENT` if `path` is not a path
 *
 * @example
 * rec.log("camera", await rr.files.readEncodedImage("frame.jpg"));
 */
export function readEncodedImage(
  path: string | URL,
  options?: Omit<EncodedImageFields, "blob">,
): Promise<EncodedImage> {
  return withRerunErrors(async () => {
    return new EncodedImage({ ...options, ...(await readContents(path, options?.mediaType)) });
  });
}

/**
 * Reads a depth image from a file: a PNG with one channel, or RVL. The media type follows from the file extension, or
 * else from the first bytes.
 *
 * @throws {RerunError} `NOT_FOUND` if the file does not exist, `IO_ERROR` if the file cannot be read
 * @throws {RerunError} `INVALID_ARGUMENT` if `path` is not a path
 *
 * @example
 * rec.log("depth", await rr.files.readEncodedDepthImage("depth.png", { meter: 1000 }));
 */
export function readEncodedDepthImage(
  path: string | URL,
  options?: Omit<EncodedDepthImageFields, "blob">,
): Promise<EncodedDepthImage> {
  return withRerunErrors(async () => {
    const { contents, mediaType } = await readContents(path, options?.mediaType);
    return new EncodedDepthImage(contents, { ...options, mediaType: mediaType ?? guessMediaType(contents) });
  });
}

async function readContents<MediaType>(
  path: string | URL,
  mediaType: MediaType | undefined,
): Promise<{ readonly contents: Uint8Array; readonly mediaType: MediaType | string | undefined }> {
  const name = toPathString(path);
  const contents = await readBytes(name);
  return { contents, mediaType: mediaType === undefined ? guessMediaType(name) : mediaType };
}
