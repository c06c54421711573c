/** Opens a page in the browser; where that cannot be, it is told. */
export async function openInBrowser(url: string, onWarning: (message: string) => void): Promise<void> {
  const fail = (error: unknown): void =>
    onWarning(`no browser could be opened (${error instanceof Error ? error.message : String(error)}): open ${url}`);
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
