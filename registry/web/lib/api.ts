// Requests beside the stream: writes, and the few reads that are asked for once.

export class Refused extends Error {
  constructor (readonly status: number, message: string) { super(message) }
}

/** Longest wait for an answer, ms. */
const PATIENCE_MS = 10_000

/** @throws Refused with the registry's own words; an Error when it cannot be reached */
export async function request (method: string, path: string, body?: unknown): Promise<string> {
  let answer: Response
  try {
    answer = await fetch(path, { method, signal: AbortSignal.timeout(PATIENCE_MS), ...body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) } })
  } catch (error) {
    throw new Error(`The registry did not answer (${(error as Error).message})`)
  }
  const text = await answer.text()
  if (!answer.ok) throw new Refused(answer.status, text.trim() || `The registry answered ${answer.status}`)
  return text
}

/** A path from segments that may hold anything. */
export const pathOf = (...segments: readonly string[]): string => '/' + segments.map(encodeURIComponent).join('/')
