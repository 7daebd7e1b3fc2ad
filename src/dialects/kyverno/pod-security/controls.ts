/** Controls by the names that exclusions and reports use for them, each with the ids of its checks. */
const idsOfControl: ReadonlyMap<string, readonly string[]> = new Map([
  ['AppArmor', ['appArmorProfile']],
  ['Capabilities', ['capabilities_baseline', 'capabilities_restricted']],
  ['Host Namespaces', ['hostNamespaces']],
  ['Host Ports', ['hostPorts']],
  ['HostPath Volumes', ['hostPathVolumes']],
  ['HostProcess', ['windowsHostProcess']],
  ['Privilege Escalation', ['allowPrivilegeEscalation']],
  ['Privileged Containers', ['privileged']],
  ['Running as Non-root', ['runAsNonRoot']],
  ['Running as Non-root user', ['runAsUser']],
  ['SELinux', ['seLinuxOptions']],
  ['Seccomp', ['seccompProfile_baseline', 'seccompProfile_restricted']],
  ['Sysctls', ['sysctls']],
  ['Volume Types', ['restrictedVolumes']],
  ['/proc Mount Type', ['procMount', 'procMount_restricted']],
])

/** The ids of the checks of a control; none of a name that is not one. */
export const checksOfControl = (name: string): readonly string[] => idsOfControl.get(name) ?? []

/** The control that a check is of; '' of one that has no name. */
export const controlOfCheck = (id: string): string => [...idsOfControl].find(([, ids]) => ids.includes(id))?.[0] ?? ''
