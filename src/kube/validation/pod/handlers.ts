import { forbidden, invalid, required } from '../../field-error.ts'
import type { Errors, Field } from '../field.ts'
import { at, countOf, exactlyOneOf, invalidAll, isSet, itemsOf, nonNegative, numberOf, shownOf, textOf } from '../field.ts'
import { httpHeaderName, portName, portNumber } from '../names.ts'

/** A port by number or name. */
export function* validatePortReference(port: Field): Errors {
  const number = numberOf(port)
  yield* invalidAll(
    { ...port, value: shownPort(port) },
    number === undefined && typeof port.value === 'string' ? portName(textOf(port)) : portNumber(number ?? 0),
  )
}

const shownPort = (port: Field): string | number => (typeof port.value === 'string' ? port.value : (numberOf(port) ?? 0))

function* validateExec(exec: Field): Errors {
  if (countOf(at(exec, 'command')) === 0) yield required(at(exec, 'command').path)
}

function* validateHttpGet(get: Field): Errors {
  if (textOf(at(get, 'path')) === '') yield required(at(get, 'path').path)
  yield* validatePortReference(at(get, 'port'))
  yield* exactlyOneOf(at(get, 'scheme'), ['HTTP', 'HTTPS'])
  const headers = at(get, 'httpHeaders')
  for (const header of itemsOf(headers)) {
    const name = textOf(at(header, 'name'))
    for (const message of httpHeaderName(name)) yield invalid(headers.path, name, message)
  }
}

function* validateTcpSocket(socket: Field): Errors {
  yield* validatePortReference(at(socket, 'port'))
}

function* validateGrpc(grpc: Field): Errors {
  const port = at(grpc, 'port')
  yield* invalidAll({ ...port, value: numberOf(port) ?? 0 }, portNumber(numberOf(port) ?? 0))
}

type Handler = readonly [string, (field: Field) => Errors]

/** Exactly one of the handlers; the others are forbidden. */
function* validateHandlers(owner: Field, handlers: readonly Handler[]): Errors {
  let found = false
  for (const [name, validate] of handlers) {
    const handler = at(owner, name)
    if (!isSet(handler)) continue
    if (found) yield forbidden(handler.path, 'may not specify more than 1 handler type')
    else yield* validate(handler)
    found = true
  }
  if (!found) yield required(owner.path, 'must specify a handler type')
}

const actions: readonly Handler[] = [
  ['exec', validateExec],
  ['httpGet', validateHttpGet],
  ['tcpSocket', validateTcpSocket],
]

export function* validateLifecycle(lifecycle: Field, grace: number): Errors {
  const sleep: Handler = ['sleep', (field) => validateSleep(field, grace)]
  for (const name of ['postStart', 'preStop']) {
    const handler = at(lifecycle, name)
    if (isSet(handler)) yield* validateHandlers(handler, [...actions, sleep])
  }
}

function* validateSleep(sleep: Field, grace: number): Errors {
  const seconds = numberOf(at(sleep, 'seconds')) ?? 0
  if (seconds < 0 || seconds > grace)
    yield invalid(sleep.path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`)
}

const probeNumbers = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const

export function* validateProbe(probe: Field, grace: number): Errors {
  if (!isSet(probe)) return
  yield* validateHandlers(probe, [...actions, ['grpc', validateGrpc]])
  for (const name of probeNumbers) yield* nonNegative(at(probe, name))
  yield* validateProbeGrace(at(probe, 'terminationGracePeriodSeconds'), grace)
}

function* validateProbeGrace(field: Field, grace: number): Errors {
  const seconds = numberOf(field)
  if (seconds === undefined || seconds > 0) return
  // A pod that is killed at once kills its containers at once.
  if (seconds !== -1 || grace >= 0) yield invalid(field.path, seconds, 'must be greater than 0')
}

export function* validateLivenessProbe(probe: Field, grace: number): Errors {
  yield* validateProbe(probe, grace)
  const threshold = at(probe, 'successThreshold')
  if (isSet(probe) && numberOf(threshold) !== 1) yield invalid(threshold.path, numberOf(threshold) ?? 0, 'must be 1')
}

export function* validateReadinessProbe(probe: Field, grace: number): Errors {
  yield* validateProbe({ ...probe }, grace)
  const seconds = at(probe, 'terminationGracePeriodSeconds')
  if (isSet(seconds)) yield invalid(seconds.path, shownOf(seconds), 'must not be set for readinessProbes')
}
