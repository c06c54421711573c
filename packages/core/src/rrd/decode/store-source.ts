import { fromBinary } from "@bufbuild/protobuf";
import {
  CrateInfoSchema,
  FileSourceKind,
  FileSourceSchema,
  PythonVersionSchema,
  StoreSourceKind,
  type StoreSource,
} from "../../gen/rerun/log_msg/v1alpha1/log_msg_pb.ts";

/** Ways in which recordings got into a file. */
const FILES: Readonly<Record<FileSourceKind, string | undefined>> = {
  [FileSourceKind.UNSPECIFIED]: undefined,
  [FileSourceKind.CLI]: "File via CLI",
  [FileSourceKind.URI]: "File via URI",
  [FileSourceKind.DRAG_AND_DROP]: "File via drag-and-drop",
  [FileSourceKind.FILE_DIALOG]: "File via file dialog",
  [FileSourceKind.SDK]: "File via SDK",
};

/**
 * The program that wrote a store, in the words of Rerun's viewer. `undefined` if the source is unknown or unreadable.
 */
export function sourceText(source: StoreSource | undefined): string | undefined {
  try {
    return describe(source);
  } catch {
    // The source is optional, so the recording can still be read.
    return undefined;
  }
}

function describe(source: StoreSource | undefined): string | undefined {
  const payload = source?.extra?.payload ?? new Uint8Array(0);
  switch (source?.kind) {
    case StoreSourceKind.C_SDK:
      return "C SDK";
    case StoreSourceKind.PYTHON_SDK: {
      const { major, minor, patch, suffix } = fromBinary(PythonVersionSchema, payload);
      return `Python ${major}.${minor}.${patch}${suffix} SDK`;
    }
    case StoreSourceKind.RUST_SDK:
      return `Rust SDK (rustc ${fromBinary(CrateInfoSchema, payload).rustcVersion})`;
    case StoreSourceKind.FILE:
      return FILES[fromBinary(FileSourceSchema, payload).kind];
    case StoreSourceKind.VIEWER:
      return "Viewer-generated";
    case StoreSourceKind.OTHER:
      return new TextDecoder().decode(payload);
    default:
      return undefined;
  }
}
