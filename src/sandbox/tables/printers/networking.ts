import type { JsonObject } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import { nameOf } from '../../../kube/object.ts'
import { labelsText, selectorAt } from '../selector-text.ts'
import { ageCell, at, firstThree, loadBalancerAddresses, map, number, objects, orNone, orUnset, strings, text } from '../text.ts'
import type { Printers } from './printer.ts'

const portText = (port: JsonObject): string => {
  const node = number(port, 'nodePort')
  return `${number(port, 'port')}${node > 0 ? `:${node}` : ''}/${text(port, 'protocol')}`
}

function externalAddress(service: JsonObject): string {
  const external = strings(service, 'spec.externalIPs')
  switch (text(service, 'spec.type')) {
    case 'LoadBalancer':
      return [...loadBalancerAddresses(service), ...external].join(',') || '<pending>'
    case 'ExternalName':
      return text(service, 'spec.externalName')
    default:
      return orNone(external.join(','))
  }
}

const hostAndPort = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

function endpointsText(endpoints: JsonObject): string {
  const subsets = objects(endpoints, 'subsets')
  if (subsets.length === 0) return '<none>'
  return firstThree(
    subsets.flatMap((subset) => {
      const addresses = objects(subset, 'addresses').map((one) => text(one, 'ip'))
      const ports = objects(subset, 'ports')
      return ports.length === 0 ? addresses : ports.flatMap((port) => addresses.map((ip) => hostAndPort(ip, number(port, 'port'))))
    }),
  )
}

/** By number, by name where any number will do, or `*` for all. */
function slicePort(port: JsonObject): string {
  const value = at(port, 'port') ?? at(port, 'name') ?? '*'
  return typeof value === 'object' ? '*' : String(value)
}

function hostsText(ingress: JsonObject): string {
  const hosts = objects(ingress, 'spec.rules')
    .map((rule) => text(rule, 'host'))
    .filter((host) => host !== '')
  return hosts.length === 0 ? '*' : firstThree(hosts)
}

function parametersText(parameters: JsonObject): string {
  const group = text(parameters, 'apiGroup')
  return `${text(parameters, 'kind')}${group === '' ? '' : `.${group}`}/${text(parameters, 'name')}`
}

function parentText(parent: JsonObject): string {
  const group = text(parent, 'group')
  const resource = `${text(parent, 'resource')}${group === '' ? '' : `.${group}`}`
  return [resource, text(parent, 'namespace'), text(parent, 'name')].filter((part) => part !== '').join('/')
}

export const networkingPrinters: Printers = {
  '/services': (object, now) => [
    nameOf(object),
    text(object, 'spec.type'),
    orNone(text(object, 'spec.clusterIP')),
    externalAddress(object),
    orNone(objects(object, 'spec.ports').map(portText).join(',')),
    ageCell(object, now),
    labelsText(map(object, 'spec.selector')),
  ],
  '/endpoints': (object, now) => [nameOf(object), endpointsText(object), ageCell(object, now)],
  'discovery.k8s.io/endpointslices': (object, now) => [
    nameOf(object),
    text(object, 'addressType'),
    orUnset(firstThree(objects(object, 'ports').map(slicePort))),
    orUnset(firstThree(objects(object, 'endpoints').flatMap((endpoint) => strings(endpoint, 'addresses')))),
    ageCell(object, now),
  ],
  'networking.k8s.io/ingresses': (object, now) => [
    nameOf(object),
    orNone(text(object, 'spec.ingressClassName')),
    hostsText(object),
    loadBalancerAddresses(object).join(','),
    objects(object, 'spec.tls').length > 0 ? '80, 443' : '80',
    ageCell(object, now),
  ],
  'networking.k8s.io/ingressclasses': (object, now) => {
    const parameters = at(object, 'spec.parameters')
    return [
      nameOf(object),
      text(object, 'spec.controller'),
      isJsonObject(parameters) ? parametersText(parameters) : '<none>',
      ageCell(object, now),
    ]
  },
  // The age has no column, so that kubectl does not show it.
  'networking.k8s.io/ipaddresses': (object, now) => [nameOf(object), parentText(map(object, 'spec.parentRef')), ageCell(object, now)],
  'networking.k8s.io/networkpolicies': (object, now) => [nameOf(object), selectorAt(object, 'spec.podSelector'), ageCell(object, now)],
  'networking.k8s.io/servicecidrs': (object, now) => [nameOf(object), strings(object, 'spec.cidrs').join(','), ageCell(object, now)],
}
