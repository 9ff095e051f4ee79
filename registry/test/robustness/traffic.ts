// Clients that write, lock and read a few keys at once over HTTP, and the history of what they were told. Who judges it is linearizable.ts.
import { Agent, request } from 'node:http'
import type { Action, Operation } from './linearizable.js'

export interface TrafficOptions {
  /** `http://127.0.0.1:port`; asked anew for each request, so that a server may come back elsewhere. */
  readonly url: () => string
  readonly clients: number
  /** Of each client. */
  readonly operations: number
  readonly keys: readonly string[]
  /** A session for each client; locks are left out without. */
  readonly sessions?: readonly string[]
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** True: the client ends before its next operation. */
  readonly over?: () => boolean
  /** Makes values unique over several rounds. */
  readonly round?: number
  /** Of reads, such as `?consistent` where several servers answer. */
  readonly readQuery?: string
}

interface Pair { readonly Value: string | null, readonly Session?: string, readonly ModifyIndex: number }

/** Drives the clients to the end. An operation whose connection broke has no answer. */
export async function traffic (options: TrafficOptions): Promise<Operation[]> {
  const history: Operation[] = []
  const agent = new Agent({ keepAlive: true })
  await Promise.all(Array.from({ length: options.clients }, (_, client) => drive(client, options, agent, history)))
  agent.destroy()
  return history
}

async function drive (client: number, { url, operations, keys, sessions, random, over = () => false, round = 0, readQuery = '' }: TrafficOptions, agent: Agent, history: Operation[]): Promise<void> {
  /** What this client last read of each key. */
  const known = new Map<string, { readonly value: string | undefined, readonly index: number }>()
  const session = sessions?.[client]
  for (let n = 0; n < operations && !over(); n++) {
    const key = keys[Math.floor(random() * keys.length)]!
    const action = choose(`${round}-${client}-${n}`, known.get(key), session, random)
    const called = performance.now()
    let answered = Infinity
    let said: Operation['said'] = false
    try {
      const answer = await send(agent, url(), key, action, known.get(key)?.index ?? 0, readQuery)
      answered = performance.now()
      said = answer.said
      if (answer.index !== undefined && typeof said === 'object') known.set(key, { value: said.value, index: answer.index })
    } catch {
      if (over()) {
        history.push({ key, client, action, called, answered, said })
        return
      }
    }
    history.push({ key, client, action, called, answered, said })
  }
}

function choose (value: string, known: { readonly value: string | undefined } | undefined, session: string | undefined, random: () => number): Action {
  const dice = random()
  if (known === undefined || dice < 0.35) return { do: 'get' }
  if (dice < 0.5) return { do: 'put', value }
  if (dice < 0.75) return { do: 'cas', expect: known.value, value }
  if (dice < 0.8) return { do: 'delete' }
  if (dice < 0.85 || session === undefined) return { do: 'delete-cas', expect: known.value }
  return { do: dice < 0.93 ? 'acquire' : 'release', session, value }
}

async function send (agent: Agent, url: string, key: string, action: Action, index: number, readQuery: string): Promise<{ readonly said: Operation['said'], readonly index?: number }> {
  const ask = async (method: string, query: string, body?: string): Promise<{ readonly status: number, readonly text: string }> => {
    const answer = await exchange(agent, method, `${url}/v1/kv/${key}${query}`, body)
    // A server that has no leader, or is about to end, promises nothing.
    if (answer.status >= 500) throw new Error(answer.text)
    return answer
  }
  switch (action.do) {
    case 'get': {
      const { status, text } = await ask('GET', readQuery)
      const [pair] = status === 404 ? [] : JSON.parse(text) as Pair[]
      return { said: { value: pair === undefined ? undefined : Buffer.from(pair.Value ?? '', 'base64').toString(), holder: pair?.Session ?? '' }, index: pair?.ModifyIndex ?? 0 }
    }
    case 'put': return { said: (await ask('PUT', '', action.value)).text === 'true' }
    case 'delete': return { said: (await ask('DELETE', '')).text === 'true' }
    case 'cas': return { said: (await ask('PUT', `?cas=${index}`, action.value)).text === 'true' }
    case 'delete-cas': return { said: (await ask('DELETE', `?cas=${index}`)).text === 'true' }
    default: return { said: (await ask('PUT', `?${action.do}=${action.session}`, action.value)).text === 'true' }
  }
}

export const exchange = (agent: Agent | undefined, method: string, url: string, body?: string): Promise<{ readonly status: number, readonly text: string }> => new Promise((resolve, reject) => {
  const sent = request(url, { method, ...(agent === undefined ? {} : { agent }), timeout: 10_000 }, answer => {
    let text = ''
    answer.setEncoding('utf8').on('data', (part: string) => { text += part }).on('error', reject)
    answer.on('end', () => answer.complete ? resolve({ status: answer.statusCode!, text }) : reject(new Error('cut short')))
  })
  sent.on('error', reject).on('timeout', () => sent.destroy(new Error('no answer'))).end(body)
})
