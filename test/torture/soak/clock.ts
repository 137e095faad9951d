/** Milliseconds of the host's monotonic clock: the same for all processes of it. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
