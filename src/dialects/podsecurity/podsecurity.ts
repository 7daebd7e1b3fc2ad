/** Kubernetes' own Pod Security admission: labels of namespaces, the configuration file, and the admission plugin. */
export type { Exemptions, PodSecurityConfiguration, ReadFile } from './configuration.ts'
export { parsePodSecurityConfiguration, privilegedConfiguration } from './configuration.ts'
export type { PodSecurityOptions } from './options.ts'
export { podSecurityPlugin } from './plugin.ts'
export type { LabelledPolicy, Mode, Policy } from './policy.ts'
export { modes, policyOfLabels, printPolicy, privilegedPolicy } from './policy.ts'
export { podTemplateOf } from './pod-template.ts'
