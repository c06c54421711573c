/** A function of the page that creates a worker from a file of its own. */
export type CreateWorker = () => Worker;
