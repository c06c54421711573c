import { oneLine } from "./one-line.ts";

const REFRESH_MS = 500;

/**
 * Shows a status line on standard error, if that is a terminal, and refreshes the line. Returns a function that removes
 * it.
 */
export function showStatus(describe: () => string): () => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  const write = (): void => {
    const text = oneLine(describe()).slice(0, Math.max(20, stderr.columns - 1));
    stderr.write(`\r\u001B[2K${text}`);
  };
  const timer = setInterval(write, REFRESH_MS);
  timer.unref();
  write();
  return () => {
    clearInterval(timer);
    stderr.write("\r\u001B[2K");
  };
}
