// Entry point for the sibling packages: the importers of files, which are loaded lazily. Not part of the public API.
export { canLogFile, logFile, type LogFileCall, type LoggedFile } from "./files/log-file.ts";
