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
import { pathText, readBytes } from "./read-bytes.ts";

/**
 * A 3D model from a file: glTF, GLB, OBJ, STL, Collada or PLY. Its media type is told by the end of the file's name, else
 * by its first bytes.
 *
 * @throws {RerunError} `FILE` if it cannot be read
 *
 * @example
 * rec.log("robot", await rr.readAsset3D("robot.glb"), { static: true });
 */
export async function readAsset3D(path: string | URL, options?: Omit<Asset3DFields, "blob">): Promise<Asset3D> {
  return new Asset3D({ ...options, ...(await readContents(path, options?.mediaType)) });
}

/**
 * A video from a file: MP4. Its media type is told by the end of the file's name, else by its first bytes.
 *
 * @throws {RerunError} `FILE` if it cannot be read
 */
export async function readAssetVideo(
  path: string | URL,
  options?: Omit<AssetVideoFields, "blob">,
): Promise<AssetVideo> {
  return new AssetVideo({ ...options, ...(await readContents(path, options?.mediaType)) });
}

/**
 * A sound from a file: AAC, FLAC, MP3, MP4 audio, Ogg or WAV. Its media type is told by the end of the file's name, else
 * by its first bytes.
 *
 * @throws {RerunError} `FILE` if it cannot be read
 */
export async function readAssetAudio(
  path: string | URL,
  options?: Omit<AssetAudioFields, "blob">,
): Promise<AssetAudio> {
  return new AssetAudio({ ...options, ...(await readContents(path, options?.mediaType)) });
}

/**
 * A picture from a file: JPEG, PNG and others. Its media type is told by the end of the file's name, else by its first
 * bytes.
 *
 * @throws {RerunError} `FILE` if it cannot be read
 *
 * @example
 * rec.log("camera", await rr.readEncodedImage("frame.jpg"));
 */
export async function readEncodedImage(
  path: string | URL,
  options?: Omit<EncodedImageFields, "blob">,
): Promise<EncodedImage> {
  return new EncodedImage({ ...options, ...(await readContents(path, options?.mediaType)) });
}

/**
 * A depth image from a file: PNG of one channel, or RVL. Its media type is told by the end of the file's name, else by
 * its first bytes.
 *
 * @throws {RerunError} `FILE` if it cannot be read
 */
export async function readEncodedDepthImage(
  path: string | URL,
  options?: Omit<EncodedDepthImageFields, "blob">,
): Promise<EncodedDepthImage> {
  const { contents, mediaType } = await readContents(path, options?.mediaType);
  return new EncodedDepthImage(contents, { ...options, mediaType: mediaType ?? guessMediaType(contents) });
}

async function readContents<MediaType>(
  path: string | URL,
  mediaType: MediaType | undefined,
): Promise<{ readonly contents: Uint8Array; readonly mediaType: MediaType | string | undefined }> {
  const name = pathText(path);
  const contents = await readBytes(name);
  return { contents, mediaType: mediaType === undefined ? guessMediaType(name) : mediaType };
}
