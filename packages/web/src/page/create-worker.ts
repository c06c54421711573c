/** A function of the page that creates a worker from a separate file. */
export type CreateWorker = () => Worker;
