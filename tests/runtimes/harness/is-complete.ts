/**
 * Whether all tests run in all runtimes, as with `npm run test:runtimes`, and not only the tests that found something.
 */
export const isComplete: boolean = (process.env["RERUN_TS_RUNTIMES"] ?? "") === "all";
