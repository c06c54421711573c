export type { ImportedLeRobot, LeRobotProblem } from "./lerobot/dataset-import.ts";
export { importLeRobot, type ImportLeRobotOptions } from "./lerobot/import-lerobot.ts";
export type { LeRobotSource } from "./lerobot/dataset-files.ts";
export { importTable, type ImportedTable } from "./tables/import-table.ts";
export type { ParquetCompressors } from "./tables/read-parquet.ts";
export type { ImportTableOptions, TableEntity, TableIndex } from "./tables/table-options.ts";
