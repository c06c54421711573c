// The entry point `rerun-ts/command`: types for packages that add commands. It is not part of the public API.
export type { CommandContext } from "./command/command-context.ts";
export type { CommandEntry, CommandTable, Flags, FlagValues, ValuesOf } from "./command/command-table.ts";
export type { DatasetChoice, DatasetEvents, ServedDataset, StoragePackage } from "./command/storage-package.ts";
