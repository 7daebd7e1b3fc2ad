import type { Check } from '../check.ts'
import { defaultMasks, procMountFields } from './proc-mount.ts'

/** The default masks of `/proc` must stay, also in a Pod with users of its own. */
export const procMountRestricted: Check = {
  id: 'procMount_restricted',
  level: 'restricted',
  restrictedFields: procMountFields,
  allowedValues: 'undefined, Default',
  revisions: [{ since: 35, ...defaultMasks, overrides: ['procMount'] }],
}
