import { messageOf } from "@rerun-ts/core/checks";

/** Opens a URL in the default browser. Never rejects: a failure is reported as a warning with the URL. */
export async function openInBrowser(url: string, onWarning: (message: string) => void): Promise<void> {
  const fail = (error: unknown): void => onWarning(`cannot open a browser (${messageOf(error)}); open ${url} yourself`);
  try {
    const { default: open } = await import("open");
    const opener = await open(url);
    opener.once("error", fail);
    opener.once("exit", (code) => {
      if (code !== null && code !== 0) fail(`exit code ${code}`);
    });
  } catch (error) {
    fail(error);
  }
}
