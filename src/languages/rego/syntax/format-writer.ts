import { lineAndColumn, type Source } from '../../../core/source.ts'
import type { Comment } from './ast.ts'

/** Lines of formatted text, into which the comments of the source are put where they belong. */
export class Writer {
  readonly #source: Source
  readonly #comments: readonly Comment[]
  readonly #done = new Set<Comment>()
  readonly #lines: string[] = []
  #line = ''
  /** The indent where the current line began. */
  #lineDepth = 0
  #depth = 0
  /** The end of the innermost brackets: comments behind it do not belong to lines within. */
  #end = Infinity
  /** Where in the source the current line has come to. */
  #offset = 0
  /** Comments before it are done. */
  #next = 0

  constructor(source: Source, comments: readonly Comment[]) {
    this.#source = source
    this.#comments = comments
  }

  rowOf(offset: number): number {
    return lineAndColumn(this.#source, offset).line
  }

  slice(start: number, end: number): string {
    return this.#source.text.slice(start, end)
  }

  /** Text of the current line; it stands for the source up to `offset`. */
  write(text: string, offset?: number): void {
    if (this.#line === '') this.#lineDepth = this.#depth
    this.#line += text
    if (offset !== undefined) this.#offset = Math.max(this.#offset, offset)
  }

  /** Ends the line, with the comment that stood behind what is on it and before `limit`. */
  newline(limit = Infinity): void {
    const comment = this.#nextComment()
    if (comment !== undefined && comment.span.start < Math.min(limit, this.#end) && this.#isBehind(comment)) this.#attach(comment)
    this.#break()
  }

  /** Ends the first line of a rule, with the comment that stood at the end of it in the source, whatever was before that. */
  newlineOfHead(): void {
    const comment = this.#nextComment()
    if (comment !== undefined && this.rowOf(comment.span.start) <= this.rowOf(this.#offset)) this.#attach(comment)
    this.#break()
  }

  /** Nothing but punctuation stands between the line at hand and the comment. */
  #isBehind({ span }: Comment): boolean {
    return this.#line !== '' && !/[^ \t\r,;:(){}[\]|]/.test(this.slice(this.#offset, span.start))
  }

  #attach(comment: Comment): void {
    this.#line += ` ${comment.text}`
    this.#finish(comment)
  }

  #break(): void {
    this.#push(this.#line, this.#lineDepth)
    this.#line = ''
  }

  blank(): void {
    if (this.#lines.length > 0 && this.#lines.at(-1) !== '') this.#push('')
  }

  /** Lines between brackets, which close at `end`. */
  indented(write: () => void, end = this.#end): void {
    const outer = this.#end
    this.#end = Math.min(outer, end)
    this.#depth += 1
    write()
    this.#depth -= 1
    this.#end = outer
  }

  /** Comments before `offset`, each on its line; blank lines between them stay. Tells the row of the last one. */
  commentsBefore(offset: number, separate: boolean): number | undefined {
    let last: number | undefined
    for (let comment = this.#nextComment(); comment !== undefined && comment.span.start < offset; comment = this.#nextComment()) {
      const row = this.rowOf(comment.span.start)
      if (last === undefined ? separate : row > last + 1) this.blank()
      this.#push(comment.text)
      this.#finish(comment)
      last = row
    }
    return last
  }

  hasCommentWithin(start: number, end: number): boolean {
    for (let at = this.#next; at < this.#comments.length; at += 1) {
      const comment = this.#comments[at]
      if (comment === undefined || comment.span.start >= end) return false
      if (comment.span.start >= start && !this.#done.has(comment)) return true
    }
    return false
  }

  /** The comment behind something on its line is written now, whatever else comes before it in the source. */
  trailing(end: number): void {
    const row = this.rowOf(end)
    const comment = this.#comments.find(({ span }) => span.start >= end && this.rowOf(span.start) === row)
    if (comment === undefined || this.#done.has(comment)) return
    this.#attach(comment)
  }

  get text(): string {
    const lines = this.#lines.slice()
    while (lines.at(-1) === '') lines.pop()
    return `${lines.join('\n')}\n`
  }

  #push(line: string, depth = this.#depth): void {
    this.#lines.push(line === '' ? '' : '\t'.repeat(depth) + line)
  }

  #nextComment(): Comment | undefined {
    while (this.#done.has(this.#comments[this.#next] ?? { text: '', span: { start: 0, end: 0 } })) this.#next += 1
    return this.#comments[this.#next]
  }

  #finish(comment: Comment): void {
    this.#done.add(comment)
  }
}
