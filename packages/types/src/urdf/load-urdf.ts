import {
  checked,
  checkOptions,
  describeValue,
  type OptionNames,
  withRerunErrors,
  decodeText,
  isBuffer,
} from "@rerun-ts/core/checks";
import { toBytes, type BlobLike } from "../codecs/blobs.ts";
import type { BlobWithType } from "../ext/contents.ts";
import type { LoadUrdfOptions, UrdfTree } from "./urdf-tree.ts";

const KNOWN: OptionNames<LoadUrdfOptions> = {
  resolveMesh: "function",
  framePrefix: 1,
  staticTransformEntityPath: 1,
  transformEntityPath: 1,
};

/**
 * Reads a robot from the contents of a URDF file. Programs log it and move its joints. The first call loads the code
 * for it.
 *
 * Rejects with `INVALID_FORMAT` if the file is not a valid URDF, and with `INVALID_ARGUMENT` if an argument is wrong.
 *
 * @param contents the XML: a string, bytes, or a `Blob`
 * @example
 * const resolveMesh = async (name) => (await fetch(new URL(name, "https://example.com/robot/"))).blob();
 * const robot = await rr.files.loadUrdf(await response.text(), { resolveMesh });
 * await robot.log(rec);
 * robot.setJoints({ shoulder: 0.4 });
 */
export function loadUrdf(contents: string | BlobLike | BlobWithType, options: LoadUrdfOptions = {}): Promise<UrdfTree> {
  return withRerunErrors(async () => {
    checkOptions("loadUrdf", options, KNOWN);
    checkType("framePrefix", options.framePrefix, "string");
    checkType("resolveMesh", options.resolveMesh, "function");
    const text = typeof contents === "string" ? contents : await decode(contents);
    const { createUrdfTree } = await import("./create-urdf-tree.ts");
    return createUrdfTree(text, "the file", options);
  });
}

function checkType(name: string, value: unknown, type: "string" | "function"): void {
  if (value === undefined || typeof value === type) return;
  throw new TypeError(`\`${name}\` must be a ${type}, got ${describeValue(value)}`);
}

async function decode(contents: BlobLike | BlobWithType): Promise<string> {
  const hasBytes = ArrayBuffer.isView(contents) || isBuffer(contents);
  const isBlob = !hasBytes && typeof (contents as Partial<BlobWithType> | null)?.arrayBuffer === "function";
  const bytes = isBlob ? new Uint8Array(await contents.arrayBuffer()) : checked("contents", () => toBytes(contents));
  return decodeText(bytes);
}
