/** How long changes are gathered before they are worked off, in milliseconds. */
export const settleMilliseconds = 30

/** How long what the API server refused waits for its next try. */
export const retryMilliseconds = 500
