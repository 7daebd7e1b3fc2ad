import { defaultLimits } from '../core/limits.ts'
import type { Answer, Facts, FactSource, Question } from '../policy/facts.ts'
import { questionKey } from '../policy/facts.ts'

/** Answers that are at hand; undefined where a question has to be fetched. */
export type KnownFacts = (question: Question) => Answer | undefined

/** The facts of one request: what has been asked so far, with the answers that have come. */
export class FactTable implements Facts {
  #answers = new Map<string, Answer>()
  #missing = new Map<string, Question>()
  readonly #known: KnownFacts | undefined

  constructor(known?: KnownFacts) {
    this.#known = known
  }

  read(question: Question): Answer | undefined {
    const key = questionKey(question)
    let answer = this.#answers.get(key)
    if (answer === undefined && this.#known !== undefined) {
      answer = this.#known(question)
      if (answer !== undefined) this.#answers.set(key, answer)
    }
    if (answer === undefined) this.#missing.set(key, question)
    return answer
  }

  get missing(): readonly Question[] {
    return this.#missing.size === 0 ? nothing : [...this.#missing.values()]
  }

  /** Fetches what is missing, all at once, each question once in the life of the table. */
  async fetchMissing(source: FactSource): Promise<void> {
    const questions = [...this.#missing]
    this.#missing.clear()
    await Promise.all(
      questions.map(async ([key, question]) => {
        this.#answers.set(key, await answerOf(source, question))
      }),
    )
  }
}

const nothing: readonly Question[] = []

async function answerOf(source: FactSource, question: Question): Promise<Answer> {
  try {
    return await source.fetch(question)
  } catch (error) {
    return { known: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * Evaluates, fetches what was asked for and not known, and evaluates again until nothing is missing. `evaluate` must be pure: it may run many times.
 * Chains of facts that depend on each other are bounded; past the bound the last evaluation stands, its unanswered questions being errors in it.
 */
export async function withFacts<T>(evaluate: (facts: Facts) => T, source: FactSource, facts: FactTable = new FactTable()): Promise<T> {
  let result = evaluate(facts)
  for (let round = 0; round < defaultLimits.factRounds && facts.missing.length > 0; round += 1) {
    await facts.fetchMissing(source)
    result = evaluate(facts)
  }
  return result
}
