/** What may be asked of the AppArmor profiles of Pods: which each container has, which it may have, and whether a node has them loaded. */
export { fillDefault } from './defaults.ts'
export type { NodeProfiles, Placement } from './loaded.ts'
export { localhostNames, parseLoadedProfiles, placementOf } from './loaded.ts'
export type { ContainerProfile, PodParts } from './profiles.ts'
export { isWindows, profilesOf } from './profiles.ts'
export type { Complaint } from './rules.ts'
export { forbidAll, forbidOthers } from './rules.ts'
