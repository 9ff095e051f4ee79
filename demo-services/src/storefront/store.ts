// Sessions of browsers: who is signed in, and what lies in the basket.
//
//   session/<id>
//   age/<when>/<id>   by when it was made, so that old ones can be found

import { get, ordered, put, range, remove } from '../kit/store/work.js'
import type { Work } from '../kit/store/work.js'

export interface Session {
  readonly id: string
  readonly madeAt: number
  readonly token?: string
  readonly name?: string
  readonly basket: Readonly<Record<string, number>>
}

export function * find (id: string): Work<Session | undefined> { return yield * get<Session>(`session/${id}`) }

export function * save (id: string, change: Partial<Session>, now: number): Work<Session> {
  const before = yield * get<Session>(`session/${id}`)
  if (before === undefined) yield * put(`age/${ordered(now)}/${id}`, id)
  const next = { id, madeAt: now, basket: {}, ...before, ...change }
  yield * put(`session/${id}`, next)
  return next
}

/** Forgets sessions that were made before that moment. @returns how many */
export function * forget (before: number, limit = 100): Work<number> {
  const old = (yield * range<string>('age/', limit)).filter(([key]) => key < `age/${ordered(before)}/`)
  for (const [key, id] of old) {
    yield * remove(key)
    yield * remove(`session/${id}`)
  }
  return old.length
}
