import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { parseUrdf } from "./parse-urdf.ts";
import { UrdfTree, type LoadUrdfOptions } from "./urdf-tree.ts";

/** Reads a robot from XML. `name` is that of the file for messages. @throws {RerunError} `INVALID_FORMAT` */
export async function createUrdfTree(xml: string, name: string, options: LoadUrdfOptions): Promise<UrdfTree> {
  const model = await parseUrdf(xml, name);
  try {
    return new UrdfTree(model, options);
  } catch (error) {
    const message = `${name} is not a valid URDF: ${messageOf(error)}`;
    throw new RerunError("INVALID_FORMAT", message, { cause: error, argument: "contents" });
  }
}
