import type { LogEntry } from '../../admission/server.ts'

/** Writes a line of the log. */
export type Say = (level: LogEntry['level'], message: string, fields?: LogEntry['fields']) => void

export const sayTo =
  (log: (entry: LogEntry) => void): Say =>
  (level, message, fields = {}) =>
    log({ level, message, fields })
