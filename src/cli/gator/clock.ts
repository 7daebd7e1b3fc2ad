/** Nanoseconds since the program began. */
export const clock = (): number => performance.now() * 1e6
