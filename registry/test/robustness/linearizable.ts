// A checker of linearizability for histories of one key: is there an order of the operations, each taking effect at one moment between its call and its
// answer, in which a register with check-and-set and a lock says what was said? The search is Wing and Gong's ("Testing and Verifying Concurrent Objects",
// 1993), with Lowe's memory of places already seen (2017). Keys are independent of one another, so each is judged alone.
//
// Values of a history must be unique: then a ModifyIndex stands for the value that was written with it.

export type Action =
  | { readonly do: 'put', readonly value: string }
  | { readonly do: 'delete' }
  /** `expect`: the value that the index was read with, `undefined` for absent. */
  | { readonly do: 'cas', readonly expect: string | undefined, readonly value: string }
  | { readonly do: 'delete-cas', readonly expect: string | undefined }
  | { readonly do: 'acquire' | 'release', readonly session: string, readonly value: string }
  | { readonly do: 'get' }

export interface Operation {
  readonly key: string
  readonly client: number
  readonly action: Action
  /** On one clock for all; a call and an answer at the same time count as call first. */
  readonly called: number
  /** Infinity: no answer came. It took effect at some time after the call, or never. */
  readonly answered: number
  /** What was said: done or not, or what was read. Of no meaning without an answer. */
  readonly said: boolean | { readonly value: string | undefined, readonly holder: string }
}

interface Register { readonly value: string | undefined, readonly holder: string }

const ABSENT: Register = { value: undefined, holder: '' }

/** The register after an operation, and what it says; the sequential rules. */
function apply (state: Register, action: Action): { readonly state: Register, readonly says: boolean | Register } {
  const stays = (says: boolean) => ({ state, says })
  switch (action.do) {
    case 'put': return { state: { ...state, value: action.value }, says: true }
    case 'delete': return { state: ABSENT, says: true }
    case 'cas': return state.value === action.expect ? { state: { ...state, value: action.value }, says: true } : stays(false)
    case 'delete-cas': return state.value === undefined ? stays(true) : state.value === action.expect ? { state: ABSENT, says: true } : stays(false)
    case 'acquire': return state.holder === '' || state.holder === action.session ? { state: { value: action.value, holder: action.session }, says: true } : stays(false)
    case 'release': return state.value !== undefined && state.holder === action.session ? { state: { value: action.value, holder: '' }, says: true } : stays(false)
    case 'get': return { state, says: state }
  }
}

const agrees = (op: Operation, says: boolean | Register): boolean => op.answered === Infinity ||
  (typeof says === 'boolean' ? op.said === says : typeof op.said === 'object' && op.said.value === says.value && op.said.holder === says.holder)

export interface Verdict {
  readonly ok: boolean
  /** The longest order found that fits, by place in the history; what could not follow it is the trouble. */
  readonly longest: readonly number[]
}

/** Judges the history of one key that began absent. */
export function linearizable (history: readonly Operation[]): Verdict {
  const ops = [...history].sort((a, b) => a.called - b.called)
  const done = new Uint8Array(ops.length)
  const seen = new Set<string>()
  let longest: number[] = []
  const order: number[] = []
  let answeredLeft = ops.filter(op => op.answered !== Infinity).length

  /** @param from operations before it are done */
  const search = (state: Register, from: number): boolean => {
    while (from < ops.length && done[from] === 1) from++
    if (order.length > longest.length) longest = [...order]
    // Those that were never answered need not have happened.
    if (answeredLeft === 0) return true
    const place = `${from} ${window(done, from)} ${state.value ?? '\0'} ${state.holder}`
    if (seen.has(place)) return false
    seen.add(place)
    let firstAnswer = Infinity
    for (let i = from; i < ops.length && ops[i]!.called <= firstAnswer; i++) if (done[i] === 0) firstAnswer = Math.min(firstAnswer, ops[i]!.answered)
    for (let i = from; i < ops.length && ops[i]!.called <= firstAnswer; i++) {
      if (done[i] === 1) continue
      const next = apply(state, ops[i]!.action)
      if (!agrees(ops[i]!, next.says)) continue
      // Without an answer and without an effect: as if it had not happened.
      if (ops[i]!.answered === Infinity && next.state.value === state.value && next.state.holder === state.holder) continue
      const counts = ops[i]!.answered === Infinity ? 0 : 1
      done[i] = 1
      order.push(i)
      answeredLeft -= counts
      if (search(next.state, from)) return true
      answeredLeft += counts
      order.pop()
      done[i] = 0
    }
    return false
  }
  const ok = search(ABSENT, 0)
  const places = new Map(history.map((op, i) => [op, i]))
  return { ok, longest: (ok ? order : longest).map(i => places.get(ops[i]!)!) }
}

/** Which of the operations from `from` on are done, up to the last that is. */
function window (done: Uint8Array, from: number): string {
  const last = done.lastIndexOf(1)
  return last < from ? '' : done.subarray(from, last + 1).join('')
}

/** Judges a history of many keys; gives a report of the first that does not hold. */
export function judge (history: readonly Operation[]): string | undefined {
  for (const key of new Set(history.map(op => op.key))) {
    const ops = history.filter(op => op.key === key)
    const { ok, longest } = linearizable(ops)
    if (!ok) return `${key} is not linearizable; an order fits up to ${longest.slice(-3).map(i => show(ops[i]!)).join(' → ')}, none goes on with any of:\n${stuck(ops, longest).map(show).join('\n')}`
  }
  return undefined
}

/** What could have come next, had it fitted. */
function stuck (ops: readonly Operation[], longest: readonly number[]): Operation[] {
  const left = ops.filter((_, i) => !longest.includes(i))
  const firstAnswer = Math.min(...left.map(op => op.answered))
  return left.filter(op => op.called <= firstAnswer)
}

const show = ({ client, action, called, answered, said }: Operation): string => `[${called.toFixed(3)}–${answered.toFixed(3)}] client ${client}: ${JSON.stringify(action)} => ${JSON.stringify(said)}`
