/** Opens a page in the browser; where that cannot be, it is told. */
export async function openInBrowser(url: string, onWarning: (message: string) => void): Promise<void> {
  const fail = (error: unknown): void =>
    onWarning(`no browser could be opened (${error instanceof Error ? error.message : String(error)}): open ${url}`);
  try {
    const { default: open } = await import("open");
    const opener = await open(url);
    opener.once("error", fail);
  } catch (error) {
    fail(error);
  }
}
