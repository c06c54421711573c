/** The level of a log line: a level that Rerun knows and viewers colour, or any other string. */
export type TextLogLevelLike = "CRITICAL" | "ERROR" | "WARN" | "INFO" | "DEBUG" | "TRACE" | (string & {});

/** One level, or a list of them. */
export type TextLogLevelsLike = TextLogLevelLike | readonly TextLogLevelLike[] | Iterable<TextLogLevelLike>;
