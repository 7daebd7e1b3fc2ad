import type { Json } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import type { KnownFacts } from '../engine/facts.ts'
import type { Manifest } from '../kube/manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import { nameOf } from '../kube/object.ts'
import { diffJson } from '../kube/patch/json-diff.ts'
import type { Verdict } from '../policy/admission.ts'
import { allow } from '../policy/admission.ts'
import type { FactSource } from '../policy/facts.ts'
import type { PolicyOutcome } from '../policy/policy.ts'
import type { PolicyRequest } from '../policy/request.ts'
import type { PolicyTable, RouteMatch } from './policy-table.ts'
import { diagnose } from './policy-table.ts'

export interface Judgement {
  readonly verdict: Verdict
  readonly patch: readonly Json[]
  readonly outcomes: readonly PolicyOutcome[]
}

export interface HandlerParts {
  readonly table: PolicyTable
  readonly source: FactSource
  readonly known: KnownFacts
}

const nothing: Judgement = { verdict: allow, patch: [], outcomes: [] }

/** Decides one review. The error is for a path that nobody answers. */
export async function judge(path: string, request: PolicyRequest, parts: HandlerParts): Promise<Result<Judgement, 'unknown path'>> {
  const match = parts.table.match(path)
  if (match === undefined) return err('unknown path')
  return ok(match.kind === 'policies' ? await judgeObject(match, request, parts) : judgeManifest(match, request))
}

async function judgeObject(
  { face, route, decider, settings }: Extract<RouteMatch, { kind: 'policies' }>,
  request: PolicyRequest,
  { source, known }: HandlerParts,
): Promise<Judgement> {
  if (face.ignores(request, settings)) return nothing
  const decision = await decider.decide(request, source, known)
  const verdict = route.answer(request, decision.outcomes)
  const changed = decision.object !== undefined && request.object !== undefined && decision.object !== request.object
  const patch = changed ? diffJson(request.object, decision.object) : []
  return { verdict, patch: patch as unknown as readonly Json[], outcomes: decision.outcomes }
}

function judgeManifest({ dialect, route }: Extract<RouteMatch, { kind: 'manifest' }>, { object, operation }: PolicyRequest): Judgement {
  if (object === undefined || operation === 'DELETE') return nothing
  const manifest = manifestOf(object)
  return { verdict: route.answer(manifest, diagnose(dialect, manifest)), patch: [], outcomes: [] }
}

/** An object that came over the network, as if it had been read from a file of its own. */
export function manifestOf(object: KubeObject): Manifest {
  const text = JSON.stringify(object)
  return {
    object,
    document: { source: { name: `${object.kind}/${nameOf(object)}`, text }, start: 0, end: text.length, base: [], value: object },
  }
}
