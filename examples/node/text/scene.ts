// A log with levels and fields, and a report in Markdown.
import * as rr from "@rerun-ts/node";

interface Job {
  readonly name: string;
  readonly files: number;
  readonly trouble?: { readonly level: rr.types.TextLogLevelLike; readonly text: string };
}

const JOBS: readonly Job[] = [
  { name: "photos", files: 48_210 },
  { name: "mail", files: 9_120, trouble: { level: "WARN", text: "12 messages have no date" } },
  { name: "music", files: 7_345 },
  { name: "code", files: 103_998, trouble: { level: "ERROR", text: "cannot read a folder: cache" } },
  { name: "films", files: 412 },
  { name: "letters", files: 1_630, trouble: { level: "WARN", text: "3 of them have two copies" } },
  { name: "maps", files: 88 },
];

/** Logs the scene. What it writes to `console` is shown there too. */
export function logScene(rec: rr.RecordingStream, console: Console = globalThis.console): void {
  const midnight = Date.UTC(2025, 2, 1);
  let minute = 0;
  const wait = (minutes: number): void => {
    minute += minutes;
    rec.setTime({ minute, clock: new Date(midnight + minute * 60_000) });
  };
  wait(0);
  rec.log("report", new rr.TextDocument(report(0), { mediaType: "text/markdown" }));

  // What is written to this console is logged too, until the capture is ended.
  const endCapture = rr.captureConsole(rec, { entityPath: "console", console });
  console.info("A night of backups: %d jobs", JOBS.length);
  for (const [index, { name, files, trouble }] of JOBS.entries()) {
    wait(1);
    rec.log(name, new rr.TextLog("begins", { level: "DEBUG" }));
    wait(3 + index);
    if (trouble !== undefined) rec.log(name, new rr.TextLog(trouble.text, { level: trouble.level }));
    if (trouble?.level === "ERROR") console.error("Some files are left out:", { job: name, again: true });
    wait(5);
    // A row with a line for people, and custom values beside it for machines.
    const line = new rr.TextLog(`${files} files are safe`, { level: "INFO" });
    rec.log(name, [line, new rr.AnyValues({ files, hasTrouble: trouble !== undefined })]);
    rec.log("report", new rr.TextDocument(report(index + 1), { mediaType: "text/markdown" }));
  }
  console.info("Done after %d minutes", minute);
  endCapture();
}

/** The report in Markdown after this many jobs. */
function report(done: number): string {
  const rows = JOBS.map(({ name, files, trouble }, index) =>
    index < done ? `| **${name}** | ${files} | ${trouble?.text ?? "all is well"} |` : `| ${name} | | *waits* |`,
  );
  return `# Backups of this night

${done} of ${JOBS.length} are done. ${done === JOBS.length ? "Sleep well!" : "The next one is on its way."}

| job | files | |
|---|--:|---|
${rows.join("\n")}

## What this shows

- Each text replaces the one before: move the *time* to see this page grow.
- There are **headings**, lists, tables, [links](https://rerun.io) and code:

\`\`\`ts
rec.log("report", new rr.TextDocument("# Report", { mediaType: "text/markdown" }));
\`\`\`
`;
}
