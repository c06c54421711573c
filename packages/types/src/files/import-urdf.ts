import { decodeText } from "@rerun-ts/core/checks";
import { createUrdfTree } from "../urdf/create-urdf-tree.ts";
import type { ImportedFile } from "./imported-file.ts";

/** Logs a robot, as Rerun's importer does: below the prefix, under the name of the robot instead of the file name. */
export async function importUrdf(file: ImportedFile): Promise<void> {
  const { recording, view, prefix, bytes, name, isTimed, resolveMesh } = file;
  const robot = await createUrdfTree(decodeText(bytes), JSON.stringify(name), { resolveMesh });
  await robot.writeTo({ recording, view, prefix, isStatic: !isTimed });
}
