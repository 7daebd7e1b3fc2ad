import type { Json, JsonObject } from '../../../core/json.ts'

/** The cells of one object, in the order of the columns of its resource. */
export type Printer = (object: JsonObject, now: Date) => readonly Json[]
/** By `group/resource`. */
export type Printers = Readonly<Record<string, Printer>>
