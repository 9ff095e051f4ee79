// Server processes that a test starts, changes and kills; and load on them that does not wait for answers.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { RegisterOptions, Service } from '../../src/index.js'

/** How a server answers. `bounded`: so many at once, so many wait, 503 beyond. */
export type Behaviour = { readonly kind: 'well', readonly ms: number } | { readonly kind: 'failing' | 'silent' | 'dies' | 'cuts' } | { readonly kind: 'bounded', readonly slots: number, readonly ms: number, readonly queue: number }

export interface Worker {
  readonly id: string
  readonly child: ChildProcess
  behave (behaviour: Behaviour): Promise<void>
  /** Requests that have arrived. */
  seen (): Promise<number>
  /** Farewell by SIGTERM. @returns its exit code */
  leave (): Promise<number | null>
}

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url))

/** Resolves when it is registered. Gone with the test. */
export async function worker (t: Test, registry: string, options: Partial<RegisterOptions> = {}): Promise<Worker> {
  const child = fork(WORKER, [registry, JSON.stringify(options)], { execArgv: ['--import=tsx'], env: { ...process.env, NODE_OPTIONS: '' } })
  const gone = once(child, 'exit') as Promise<[number | null]>
  t.teardown(async () => { child.kill('SIGKILL'); await gone })
  const said = async (field: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const [message] = await Promise.race([once(child, 'message'), gone.then(() => { throw new Error('the server process has ended') })]) as [Record<string, unknown>]
      if (field in message) return message
    }
  }
  const { id } = await said('id') as { id: string }
  return {
    id,
    child,
    behave: async behaviour => { const heard = said('behaves'); child.send(behaviour); await heard },
    seen: async () => { const heard = said('seen'); child.send('count'); return (await heard)['seen'] as number },
    leave: async () => { child.kill('SIGTERM'); return (await gone)[0] },
  }
}

/** One call that has ended. `by`: id of the server; absent: it failed. `cut`: it failed within the body. */
export interface Ended { readonly method: string, readonly begun: number, readonly ms: number, readonly by?: string, readonly cut: boolean, readonly error?: unknown }

export interface Load {
  readonly calls: Ended[]
  readonly sent: number
  /** Those that began since then. @param since of `performance.now()` */
  since (since: number): Ended[]
  /** No more calls; resolves when all have ended. */
  stop (): Promise<Ended[]>
}

/** `perSecond` calls at even distances, whatever becomes of them. Every fifth is a POST if `posts`. */
export function openLoad (service: Service, perSecond: number, { posts = false }: { posts?: boolean } = {}): Load {
  const calls: Ended[] = []
  const open = new Set<Promise<void>>()
  const start = performance.now()
  let sent = 0
  const call = async (method: string): Promise<void> => {
    const begun = performance.now()
    let head = false
    try {
      const response = await service.fetch('/', { method, ...method === 'POST' && { body: 'pay' } })
      if (!response.ok) throw new Error(`status ${response.status}`)
      head = true
      const { id } = JSON.parse(await response.text()) as { id: string }
      calls.push({ method, begun, ms: performance.now() - begun, by: id, cut: false })
    } catch (error) { calls.push({ method, begun, ms: performance.now() - begun, cut: head, error }) }
  }
  const timer = setInterval(() => {
    for (const due = (performance.now() - start) * perSecond / 1000; sent < due; sent++) {
      const one = call(posts && sent % 5 === 0 ? 'POST' : 'GET').finally(() => open.delete(one))
      open.add(one)
    }
  }, 5)
  return {
    calls,
    get sent () { return sent },
    since: since => calls.filter(({ begun }) => begun >= since),
    async stop () {
      clearInterval(timer)
      await Promise.all(open)
      return calls
    },
  }
}

export const share = (calls: readonly Ended[], id: string): number => calls.filter(({ by }) => by === id).length / Math.max(1, calls.length)
export const failed = (calls: readonly Ended[]): readonly Ended[] => calls.filter(({ by }) => by === undefined)
export const passed = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
