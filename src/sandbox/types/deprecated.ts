/** Kinds that Kubernetes serves and advises against. Every request for one is answered with this warning. */
const deprecated: Readonly<Record<string, string>> = {
  '/v1/componentstatuses': 'v1 ComponentStatus is deprecated in v1.19+',
  '/v1/endpoints': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
}

/** The warning about a resource in this version, if there is one. */
export function deprecationOf(of: { readonly group: string; readonly version: string; readonly resource: string }): string | undefined {
  const key = `${of.group}/${of.version}/${of.resource}`
  return Object.hasOwn(deprecated, key) ? deprecated[key] : undefined
}
