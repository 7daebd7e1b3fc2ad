import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { JsonPath } from '../../core/json.ts'
import type { Source } from '../../core/source.ts'
import type { Document, Manifest } from '../../kube/manifest.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import { inNamespace } from '../../kube/resources.ts'
import type { PodSecurityFix, PodSecurityLevel } from '../../policy/pod-security.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'
import { loadPaths } from '../load.ts'
import { excerptOf, placeIn } from '../places.ts'
import type { Paint } from '../show.ts'
import { painter, printable, showDiagnostics } from '../show.ts'
import { editDiff } from '../text-diff.ts'
import type { Addition, Edit } from '../yaml-edit.ts'
import { applyEdits, editDocuments } from '../yaml-edit.ts'
import { flowText } from '../yaml-text.ts'

export const fix: Command = {
  name: 'fix',
  usage: '--pod-security LEVEL[@VERSION] FILE...',
  summary: 'Rewrite manifests so that their Pods meet a level of the Pod Security Standards',
  details:
    'FILE is a file, folder, glob, or - for standard input. Only what nobody has said anything about is filled in: allowPrivilegeEscalation, capabilities to drop, seccompProfile, runAsNonRoot. ' +
    'Comments and layout stay. The differences are shown and written only with --write; what a person has to decide is listed.\n\n' +
    'Exit status: 0 everything complies, or does with what is shown, 1 something has to be decided, 2 something could not be read or written.',
  flags: [
    {
      name: 'pod-security',
      argument: 'level[@version]',
      doc: 'the level to meet: baseline or restricted, and @v1.x for other than the latest version',
    },
    { name: 'write', shorthand: 'w', doc: 'write the files; with - the whole result goes to standard output' },
  ],
  run: runFix,
}

/** A manifest with what it needs. */
interface Planned {
  readonly manifest: Manifest
  readonly fix: PodSecurityFix
}

interface Mistake {
  readonly manifest: Manifest
  readonly message: string
}

async function runFix(paths: readonly string[], options: Options, host: Host): Promise<ExitStatus> {
  const text = options.text('pod-security')
  if (text === undefined) return misuse(host, 'expected --pod-security and a level: what shall the manifests comply with?')
  const level = host.podSecurity?.parseLevel(text)
  if (level === undefined || !level.ok) return misuse(host, `--pod-security: ${level?.error ?? 'Pod Security is not known here'}`)
  if (paths.length === 0) return misuse(host, 'expected manifests: files, folders, globs or -')
  const loaded = await loadPaths(paths, host)
  const unreadable = showDiagnostics(loaded.diagnostics, host)
  const { planned, mistakes } = plan(loaded.manifests, level.value, host)
  const paint = painter(host.color)
  const decisions = planned.flatMap(({ manifest, fix: { decisions: all } }) =>
    all.map(({ message, at }) => decisionText(manifest, message, at, paint)),
  )
  decisions.push(...mistakes.map(({ manifest, message }) => decisionText(manifest, message, [], paint)))
  const files: Outcome[] = []
  for (const group of Map.groupBy(planned, ({ manifest }) => manifest.document.source).values()) files.push(rewrite(group, paint))
  decisions.push(...files.flatMap(({ left }) => left))
  const write = options.on('write')
  const failed = await show(files, loaded.manifests, { write, host, paint })
  if (decisions.length > 0) host.err(`\n${paint('bold', 'to be decided by a person:')}\n${decisions.join('')}`)
  host.err(summary({ planned, files, decisions: decisions.length, write, level: text }))
  if (unreadable || failed) return exit.unusable
  return decisions.length > 0 ? exit.violations : exit.clean
}

function misuse(host: Host, message: string): ExitStatus {
  host.err(`${message}\nrun \`kanon fix --help\` for what it takes\n`)
  return exit.unusable
}

function plan(
  manifests: readonly Manifest[],
  level: PodSecurityLevel,
  { podSecurity }: Host,
): { readonly planned: readonly Planned[]; readonly mistakes: readonly Mistake[] } {
  const planned: Planned[] = []
  const mistakes: Mistake[] = []
  for (const manifest of manifests) {
    const found = podSecurity?.fix(inNamespace(manifest.object), level)
    if (found === undefined) continue
    if (found.ok) planned.push({ manifest, fix: found.value })
    else mistakes.push({ manifest, message: found.error })
  }
  return { planned, mistakes }
}

interface Outcome {
  readonly source: Source
  readonly edits: readonly Edit[]
  /** What could not be written, as it is told. */
  readonly left: readonly string[]
}

function rewrite(group: readonly Planned[], paint: Paint): Outcome {
  const wanted = group.map(({ manifest: { document }, fix: { additions } }) => ({ document, additions }))
  const { edits, left } = editDocuments(wanted)
  const byDocument = new Map<Document, Manifest>(group.map(({ manifest }) => [manifest.document, manifest]))
  return {
    source: group[0]?.manifest.document.source ?? { name: '', text: '' },
    edits,
    left: left.flatMap(({ document, addition }) => {
      const manifest = byDocument.get(document)
      return manifest === undefined ? [] : [decisionText(manifest, byHand(addition), [addition.path], paint)]
    }),
  }
}

const byHand = ({ path, add }: Addition): string =>
  `to be added by hand to ${path.join('.')}, because an anchor or merge key is in the way: ${flowText(add, false).slice(1, -1)}`

function decisionText({ object, document }: Manifest, message: string, at: readonly JsonPath[], paint: Paint): string {
  const subject = { object, document }
  const what = `${object.kind} ${[namespaceOf(object), nameOf(object)].filter((text) => text !== '').join('/')}`
  const places = (at.length === 0 ? [['metadata', 'name']] : at).slice(0, mostPlaces).map((path) => {
    const place = placeIn(subject, path)
    const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column}`
    return `    ${paint('dim', '-->')} ${paint('cyan', where)}\n${excerptOf(subject, path) ?? ''}`
  })
  return `${printable(`${what}: ${message}`)}\n${[...new Set(places)].join('')}`
}

const mostPlaces = 10

interface Showing {
  readonly write: boolean
  readonly host: Host
  readonly paint: Paint
}

/** Shows the differences and writes them where that is wanted; true where a file could not be written. */
async function show(files: readonly Outcome[], manifests: readonly Manifest[], { write, host, paint }: Showing): Promise<boolean> {
  let failed = false
  for (const { source, edits } of files) {
    const isPiped = source.name === '<stdin>'
    if (!(isPiped && write)) host.out(colored(editDiff(source.name, source.text, edits), paint))
    if (!write) continue
    const text = applyEdits(source.text, edits)
    if (isPiped) host.out(text)
    else if (edits.length > 0) failed = !(await save(source.name, text, host)) || failed
  }
  // Of what makes no Pods nothing changes; a pipe gets it all the same.
  const piped = manifests.find(({ document }) => document.source.name === '<stdin>')
  if (write && piped !== undefined && !files.some(({ source }) => source.name === '<stdin>')) host.out(piped.document.source.text)
  return failed
}

async function save(name: string, text: string, host: Host): Promise<boolean> {
  try {
    await writeFile(resolve(host.cwd, name), text)
    return true
  } catch (error) {
    host.err(`${name} cannot be written: ${error instanceof Error ? error.message : String(error)}\n`)
    return false
  }
}

const colored = (diff: string, paint: Paint): string =>
  diff.replaceAll(/^(?:(\+[^\n]*)|(-[^\n]*)|(@@[^\n]*))$/gm, (line, added?: string, removed?: string) =>
    paint(added !== undefined ? 'green' : removed !== undefined ? 'red' : 'cyan', line),
  )

interface Summary {
  readonly planned: readonly Planned[]
  readonly files: readonly Outcome[]
  readonly decisions: number
  readonly write: boolean
  readonly level: string
}

function summary({ planned, files, decisions, write, level }: Summary): string {
  const changed = files.filter(({ edits }) => edits.length > 0).length
  const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`
  const parts = [
    `${count(planned.length, 'manifest', 'manifests')} with Pods checked against ${level}`,
    changed === 0
      ? 'nothing to change'
      : `${count(changed, 'file', 'files')} ${write ? 'changed' : 'to change (nothing written; --write does it)'}`,
    ...(decisions === 0 ? [] : [`${count(decisions, 'decision', 'decisions')} to make`]),
  ]
  return `\n${parts.join(', ')}\n`
}
