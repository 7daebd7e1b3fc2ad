import type { InputFormats } from '../../policy/dialect.ts'
import { parseUserInfo } from './user-info.ts'
import { parseValues } from './values.ts'

/** The files in which people write down for Kyverno's CLI what a cluster would have known. */
export const inputFormats: InputFormats = { parseValues, parseUserInfo }
