import { readFileKind, readPythonVersion, readRustVersion, type StoredSource } from "./stored-messages.ts";

/** Ways in which recordings got into a file, by `rerun.log_msg.v1alpha1.FileSourceKind`. */
const FILES: readonly (string | undefined)[] = [
  undefined,
  "File via CLI",
  "File via URI",
  "File via drag-and-drop",
  "File via file dialog",
  "File via SDK",
];

/** Values of `rerun.log_msg.v1alpha1.StoreSourceKind`. */
const [C_SDK, PYTHON_SDK, RUST_SDK, FILE, VIEWER, OTHER] = [1, 2, 3, 4, 5, 6];

/**
 * The program that wrote a store, in the words of Rerun's viewer. `undefined` if the source is unknown or unreadable.
 */
export function sourceText(source: StoredSource | undefined): string | undefined {
  try {
    return describe(source);
  } catch {
    // The source is optional, so the recording can still be read.
    return undefined;
  }
}

function describe(source: StoredSource | undefined): string | undefined {
  const payload = source?.extra?.payload ?? new Uint8Array(0);
  switch (source?.kind) {
    case C_SDK:
      return "C SDK";
    case PYTHON_SDK: {
      const { major, minor, patch, suffix } = readPythonVersion(payload);
      return `Python ${major}.${minor}.${patch}${suffix} SDK`;
    }
    case RUST_SDK:
      return `Rust SDK (rustc ${readRustVersion(payload)})`;
    case FILE:
      return FILES[readFileKind(payload)];
    case VIEWER:
      return "Viewer-generated";
    case OTHER:
      return new TextDecoder().decode(payload);
    default:
      return undefined;
  }
}
