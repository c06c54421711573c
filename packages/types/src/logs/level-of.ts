import type { TextLogLevelLike } from "../codecs/log-levels.ts";

const LEVELS: Readonly<Record<string, TextLogLevelLike>> = {
  emerg: "CRITICAL",
  alert: "CRITICAL",
  crit: "CRITICAL",
  critical: "CRITICAL",
  fatal: "CRITICAL",
  error: "ERROR",
  err: "ERROR",
  warning: "WARN",
  warn: "WARN",
  notice: "INFO",
  info: "INFO",
  log: "INFO",
  http: "DEBUG",
  verbose: "DEBUG",
  debug: "DEBUG",
  silly: "TRACE",
  trace: "TRACE",
};

/** The Rerun level for the name of a logger's level. Uncommon names are returned unchanged. */
export function levelOf(name: string): TextLogLevelLike {
  const key = name.toLowerCase();
  return Object.hasOwn(LEVELS, key) ? (LEVELS[key] as TextLogLevelLike) : name;
}
