// A door for the sibling packages, so that what reads files is only loaded for it; nothing here is promised to users.
export { logFile, type LoggedFile } from "./files/log-file.ts";
