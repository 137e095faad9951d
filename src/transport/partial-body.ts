/** Whether `x-envoy-auth-partial-body` says that the body was cut off: anything but a plain `false`, joined values included. */
export const isPartialMarker = (value: string): boolean => value.trim().toLowerCase() !== 'false';
