import type { Command } from './command.ts'

/** Known without loading the command: what the list of commands shows. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Every command; each loads only when it is called. */
export const commands: readonly CommandEntry[] = [
  { name: 'apply', summary: 'Evaluate policies against resources', load: async () => (await import('./commands/apply.ts')).apply },
  {
    name: 'explain',
    summary: 'Show the way that policies take with resources, and where it ends',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  { name: 'test', summary: 'Run the tests of policies', load: async () => (await import('./commands/test.ts')).test },
  { name: 'lint', summary: 'Check policies for mistakes', load: async () => (await import('./commands/lint.ts')).lint },
  { name: 'fix', summary: 'Rewrite manifests so that they comply', load: async () => (await import('./commands/fix.ts')).fix },
  {
    name: 'podsecurity',
    summary: 'Show what the levels of the Pod Security Standards would mean to what is there',
    load: async () => (await import('./commands/podsecurity.ts')).podsecurity,
  },
  {
    name: 'sandbox',
    summary: 'Start a small cluster API with Kanon in it, for real kubectl',
    load: async () => (await import('./commands/sandbox.ts')).sandbox,
  },
  {
    name: 'admission',
    summary: 'Guard a cluster with the webhook server and its controllers',
    load: async () => (await import('./commands/admission.ts')).admission,
  },
  {
    name: 'rego',
    summary: 'Evaluate, check, test and lay out modules of Rego',
    load: async () => (await import('./commands/rego.ts')).rego,
  },
  {
    name: 'gator',
    summary: "Test policies as Gatekeeper's gator does: the same flags, formats and exit statuses",
    load: async () => (await import('./commands/gator.ts')).gator,
  },
  { name: 'jp', summary: 'Try JMESPath expressions', load: async () => (await import('./commands/jp.ts')).jp },
  {
    name: 'create',
    summary: 'Print a template of a test, values, user info, exception or policy',
    load: async () => (await import('./commands/create.ts')).create,
  },
  {
    name: 'completion',
    summary: 'Print a completion script for a shell',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  { name: 'docs', summary: 'Print the reference documentation', load: async () => (await import('./commands/docs.ts')).docs },
  { name: 'version', summary: 'Print the version', load: async () => (await import('./commands/version.ts')).version },
]
