import type { Source } from '../../../core/source.ts'

/**
 * What asks a template for its violations. It is compiled with every template, so that one whose violations cannot be asked for their
 * `msg` is refused with upstream's words: these name the file and the lines of what is asked.
 */
export const hook: Source = {
  name: 'hooks.hooks_builtin',
  text: `package hooks












violation[response] {
	data.template.violation[r]




	response := {"details": object.get(r, "details", {}),
		"msg": r.msg}
}
`,
}

/** Where the hook finds the rules of the template. */
export const entryPackage: readonly string[] = ['template']
export const entryRule = 'violation'
