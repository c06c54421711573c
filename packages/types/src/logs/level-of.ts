import type { TextLogLevelLike } from "../input/open-sets.ts";

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

/** Rerun's word for a level of a logger, by its name; a name that loggers do not share stays as it is. */
export function levelOf(name: string): TextLogLevelLike {
  const key = name.toLowerCase();
  return Object.hasOwn(LEVELS, key) ? (LEVELS[key] as TextLogLevelLike) : name;
}
