import { any, boolean, choice, integer, later, list, object, string, stringMap, strings } from './shape.ts'
import type { Shape } from './shape.ts'

/** `verifyImages` and what it shares with `validate.manifests`. */

const ctlog = object({ ignoreSCT: boolean, pubkey: string, tsaCertChain: string })
const rekor = object({ ignoreTlog: boolean, pubkey: string, url: string })

const attestor = object({
  annotations: stringMap,
  attestor: later((): Shape => attestorSet),
  certificates: object({ cert: string, certChain: string, ctlog, rekor }),
  keyless: object({
    additionalExtensions: stringMap,
    ctlog,
    issuer: string,
    issuerRegExp: string,
    rekor,
    roots: string,
    subject: string,
    subjectRegExp: string,
  }),
  keys: object({
    ctlog,
    kms: string,
    publicKeys: string,
    rekor,
    secret: object({ name: string, namespace: string }, ['name', 'namespace']),
    signatureAlgorithm: string,
  }),
  repository: string,
  signatureAlgorithm: string,
})

const attestorSet: Shape = object({ count: integer(1), entries: list(attestor) })
export const attestors = list(attestorSet)

export const imageRegistryCredentials = object({
  allowInsecureRegistry: boolean,
  providers: list(choice('default', 'amazon', 'azure', 'google', 'github')),
  secrets: strings,
})

export const imageVerification = object({
  additionalExtensions: stringMap,
  annotations: stringMap,
  attestations: list(object({ attestors, conditions: any, name: string, predicateType: string, type: string })),
  attestors,
  cosignOCI11: boolean,
  failureAction: choice('Audit', 'Enforce'),
  image: string,
  imageReferences: strings,
  imageRegistryCredentials,
  issuer: string,
  key: string,
  mutateDigest: boolean,
  repository: string,
  required: boolean,
  roots: string,
  skipImageReferences: strings,
  subject: string,
  type: choice('Cosign', 'SigstoreBundle', 'Notary'),
  useCache: boolean,
  validate: object({ deny: object({ conditions: any }), message: string }),
  verifyDigest: boolean,
})
