import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import { isFor, isIssuedBy } from '../crypto/primitives.ts'
import type { ParsedCertificate } from './certificate.ts'

export interface VerifyOptions {
  readonly roots: readonly ParsedCertificate[]
  readonly intermediates: readonly ParsedCertificate[]
  readonly now: Date
  /** A name the leaf has to be for; '' for any. */
  readonly dnsName: string
  /** `ExtKeyUsage` numbers of which every certificate of the chain must allow one; 0 allows all. */
  readonly keyUsages: readonly number[]
}

/** Chains that are tried: bounds the work on crafted sets of certificates. */
const mostSteps = 1000
const anyUsage = 0

/** The chain from the leaf to a root; the error says why there is none. */
export function verifyChain(leaf: ParsedCertificate, options: VerifyOptions): Result<readonly ParsedCertificate[], string> {
  const problem = validityProblem(leaf, options.now) ?? nameProblem(leaf, options.dnsName)
  if (problem !== undefined) return err(problem)
  const budget = { steps: mostSteps }
  const chain = findChain([leaf], options, budget)
  return chain === undefined ? err('x509: certificate signed by unknown authority') : ok(chain)
}

function findChain(
  chain: readonly ParsedCertificate[],
  options: VerifyOptions,
  budget: { steps: number },
): readonly ParsedCertificate[] | undefined {
  const last = chain.at(-1)
  if (last === undefined) return undefined
  const isAnchor = options.roots.some((root) => root.raw.equals(last.raw))
  if (isAnchor) return allowsUsage(chain, options.keyUsages) ? chain : undefined
  for (const [candidates, isRoot] of [[options.roots, true] as const, [options.intermediates, false] as const]) {
    for (const issuer of candidates) {
      budget.steps -= 1
      if (budget.steps < 0) return undefined
      if (!mayIssue(issuer, last, chain, options.now)) continue
      const longer = [...chain, issuer]
      const found = isRoot ? (allowsUsage(longer, options.keyUsages) ? longer : undefined) : findChain(longer, options, budget)
      if (found !== undefined) return found
    }
  }
  return undefined
}

function mayIssue(issuer: ParsedCertificate, last: ParsedCertificate, chain: readonly ParsedCertificate[], now: Date): boolean {
  if (!issuer.subject.equals(last.issuer) || chain.some((known) => known.raw.equals(issuer.raw))) return false
  if (validityProblem(issuer, now) !== undefined || !isAuthority(issuer)) return false
  const most = issuer.shown['MaxPathLen']
  const isLimited = issuer.shown['BasicConstraintsValid'] === true && typeof most === 'number' && most >= 0
  if (isLimited && chain.length - 1 > most) return false
  return isIssuedBy(last.raw, issuer.raw)
}

/** From version 3 on a certificate says whether it may sign others. */
function isAuthority({ shown }: ParsedCertificate): boolean {
  if (shown['Version'] === 3 && !(shown['BasicConstraintsValid'] === true && shown['IsCA'] === true)) return false
  const usage = shown['KeyUsage']
  return typeof usage !== 'number' || usage === 0 || (usage & (1 << 5)) !== 0
}

function validityProblem({ notBefore, notAfter }: ParsedCertificate, now: Date): string | undefined {
  return now < notBefore || now > notAfter ? 'x509: certificate has expired or is not yet valid' : undefined
}

/** Each usage of the certificates has to be allowed along the whole chain. */
function allowsUsage(chain: readonly ParsedCertificate[], wanted: readonly number[]): boolean {
  if (wanted.length === 0 || wanted.includes(anyUsage)) return true
  return wanted.some((usage) => chain.every((certificate) => allowedUsages(certificate)?.includes(usage) ?? true))
}

/** Undefined where the certificate does not limit its use. */
function allowedUsages({ shown }: ParsedCertificate): readonly unknown[] | undefined {
  const usages = shown['ExtKeyUsage']
  if (!Array.isArray(usages)) return Array.isArray(shown['UnknownExtKeyUsage']) ? [] : undefined
  return usages.includes(anyUsage) ? undefined : usages
}

function nameProblem({ raw, shown }: ParsedCertificate, name: string): string | undefined {
  if (name === '' || isFor(raw, name.replace(/^\[(.*)\]$/, '$1'))) return undefined
  const names = shown['DNSNames']
  const list = Array.isArray(names) ? names.join(', ') : ''
  return `x509: certificate is valid for ${list}, not ${name}`
}
