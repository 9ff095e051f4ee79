// The policy file: read once at the start, and again whenever it changes. A file that cannot be used never takes the place of one that could.

import { readFile } from 'node:fs/promises'
import { InvalidPolicyError } from '../api/errors.js'
import type { CancelTimer, Clock } from '../clock.js'
import { systemClock } from '../clock.js'
import { checkPolicyFile } from './check.js'
import type { PolicyFile } from './policy.js'

/** A policy is a page of text; what is larger is some other file. */
const MAX_BYTES = 1024 * 1024

/**
 * @throws InvalidPolicyError: the file cannot be read, is no JSON (with line and column), or says what cannot be used (with the path of the key)
 */
export const loadPolicyFile = async (file: string): Promise<PolicyFile> => parsePolicyFile(await readPolicyFile(file), file)

async function readPolicyFile (file: string): Promise<string> {
  try { return await readFile(file, 'utf8') } catch (cause) { throw new InvalidPolicyError('', `it cannot be read (${(cause as Error).message})`, { file, cause }) }
}

/** @param file name for messages */
export function parsePolicyFile (source: string, file?: string): PolicyFile {
  if (source.length > MAX_BYTES) throw new InvalidPolicyError('', `it has more than ${MAX_BYTES} bytes`, { file })
  let value: unknown
  try {
    // A byte order mark is what some editors leave, and JSON does not know.
    value = JSON.parse(source.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new InvalidPolicyError('', `it is no JSON${placeOf(cause as Error, source)}`, { file, cause })
  }
  try { return checkPolicyFile(value) } catch (error) {
    if (error instanceof InvalidPolicyError) throw new InvalidPolicyError(error.path, error.problem, { file, cause: error })
    throw error
  }
}

/** @example ' (line 3, column 14)' */
function placeOf ({ message }: Error, source: string): string {
  const position = /position (\d+)/.exec(message)?.[1]
  const before = source.slice(0, position === undefined ? source.length : Number(position)).split('\n')
  return ` (line ${before.length}, column ${before.at(-1)!.length + 1})`
}

export interface WatchedPolicyFile {
  readonly current: PolicyFile
  /** Looks now, instead of at the next turn. @throws InvalidPolicyError; `current` stays as it was */
  reload (): Promise<PolicyFile>
  close (): void
}

export interface PolicyWatch {
  readonly clock?: Clock
  /** Distance of the looks, ms. Default 2,000. Looking is a read of a small file: it finds what file events lose (network file systems, mounted config maps, editors that rename). */
  readonly everyMs?: number
  /** Told of each policy that is not the one before. */
  readonly onChange?: (file: PolicyFile) => void
  /** Told once of each new reason why the file cannot be used; the last good one goes on. */
  readonly onError?: (error: Error) => void
}

/** @throws InvalidPolicyError when there is no usable file at the start */
export async function watchPolicyFile (file: string, options: PolicyWatch = {}): Promise<WatchedPolicyFile> {
  const source = await readPolicyFile(file)
  return followPolicyFile(file, source, parsePolicyFile(source, file), options)
}

/** The same for whoever has read the file already. @param source its text @param first what it says */
export function followPolicyFile (file: string, source: string, first: PolicyFile, { clock = systemClock, everyMs = 2000, onChange, onError }: PolicyWatch = {}): WatchedPolicyFile {
  let current = first
  let problem = ''
  let closed = false
  let cancel: CancelTimer = () => {}
  const look = async () => {
    const now = await readPolicyFile(file)
    if (now !== source) {
      const next = parsePolicyFile(now, file)
      source = now
      current = next
      if (!closed) onChange?.(next)
    }
    problem = ''
    return current
  }
  const turn = () => {
    cancel = clock.after(everyMs, () => {
      void look().catch((error: Error) => {
        if (error.message !== problem) onError?.(error)
        problem = error.message
      }).finally(() => { if (!closed) turn() })
    })
  }
  turn()
  return {
    get current () { return current },
    reload: look,
    close () { closed = true; cancel() },
  }
}
