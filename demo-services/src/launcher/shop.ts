// The whole shop on one machine: a registry and a process for each instance. What an orchestrator does elsewhere, this does here: start, stop, replace, and bring back what died.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@roster/client'
import type { RosterClient } from '@roster/client'
import { PLANS, planOf } from '../manifest.js'
import { startChild } from './child.js'
import type { Child } from './child.js'
import { freePort } from './free-port.js'
import { registryProcess } from './registry-process.js'
import type { RegistryProcess } from './registry-process.js'

/** Processes run from the build, also when this is run from its source. */
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
/** A shop needs little: a small young generation and a bounded old one keep a dozen processes below a gigabyte. */
const NODE_FLAGS = ['--max-old-space-size=128', '--max-semi-space-size=1']
/** Until an instance must be ready, ms. */
const READY_MS = 150_000

export interface ShopOptions {
  /** 0, the default: any. */
  readonly registryPort?: number
  readonly dnsPort?: number
  /** Of the first storefront; 0, the default: any. */
  readonly pagePort?: number
  /** Services to run. Default: all of the manifest. */
  readonly only?: readonly string[]
  /** Instances, by service, where they differ from the manifest. */
  readonly scale?: Readonly<Record<string, number>>
  /** Services that share a process. */
  readonly together?: ReadonlyArray<readonly string[]>
  /** Order in which instances are started. Default as in the manifest: it does not matter. */
  readonly shuffle?: boolean
  /** What it has to say, a line at a time. */
  readonly say?: (line: string) => void
  /** Given on to the services: OTEL_…, LOG_LEVEL. */
  readonly env?: NodeJS.ProcessEnv
  /** Brings back what ends unasked. Default true. */
  readonly restart?: boolean
}

export interface AddOptions {
  readonly version?: string
  readonly weight?: number
  readonly port?: number
  /** Another way to the registry, for an instance that is to be cut off. */
  readonly registry?: string
  readonly label?: string
}

export interface Instance {
  readonly label: string
  readonly services: readonly string[]
  readonly version: string
  readonly pid: number
  /** Of its own doors, by service. */
  readonly ports: Readonly<Record<string, number>>
  readonly running: boolean
}

interface Kept extends Instance {
  child: Child
  ports: Record<string, number>
  readonly options: AddOptions
  /** Somebody wanted it to end. */
  leaving: boolean
}

export class Shop {
  readonly folder: string
  readonly #options: ShopOptions
  readonly #say: (line: string) => void
  readonly #instances = new Map<string, Kept>()
  #registry: RegistryProcess | undefined
  #roster: RosterClient | undefined
  #closing: Promise<void> | undefined

  constructor (options: ShopOptions = {}) {
    this.#options = options
    this.#say = options.say ?? (() => {})
    this.folder = mkdtempSync(join(tmpdir(), 'roster-shop-'))
    for (const name of [...options.only ?? [], ...Object.keys(options.scale ?? {}), ...(options.together ?? []).flat()]) {
      if (planOf(name) === undefined) throw new Error(`There is no service "${name}" (${PLANS.map(plan => plan.name).join(', ')})`)
    }
  }

  get registry (): RegistryProcess { return this.#registry! }
  /** A client of the registry, as anybody's. */
  get roster (): RosterClient { return this.#roster! }
  get instances (): readonly Instance[] { return [...this.#instances.values()] }
  /** Where the shop's page is. */
  get page (): string {
    const port = this.find('storefront')?.ports['storefront']
    return port === undefined ? '' : `http://127.0.0.1:${port}`
  }

  find (service: string): Instance | undefined { return this.instances.find(({ services, running }) => running && services.includes(service)) }
  all (service: string): readonly Instance[] { return this.instances.filter(({ services, running }) => running && services.includes(service)) }

  /** Resolves when every instance is ready. */
  async start (): Promise<void> {
    const { registryPort, dnsPort, only, scale = {}, together = [], pagePort = 0, shuffle = false } = this.#options
    this.#registry = registryProcess({ folder: this.folder, port: registryPort || await freePort(), dnsPort: dnsPort || await freePort(), onLine: line => this.#say(`registry: ${line}`) })
    await this.#registry.start()
    this.#roster = createClient({ address: this.#registry.url, cacheDir: false, onWarning: () => {} }, { env: {} })
    const wanted = PLANS.filter(({ name }) => only === undefined || only.includes(name))
    const groups = wanted.flatMap(({ name, instances }) => {
      const group = together.find(names => names.includes(name))
      if (group !== undefined) return group[0] === name ? [group] : []
      return Array.from({ length: scale[name] ?? instances }, () => [name])
    })
    if (shuffle) groups.sort(() => Math.random() - 0.5)
    let front = pagePort
    await Promise.all(groups.map(async group => {
      const port = group.includes('storefront') ? front : 0
      if (port !== 0) front = 0
      await this.add(group, port === 0 ? {} : { port })
    }))
  }

  /** Starts one more instance; resolves when it is registered. @param what a service, or several in one process */
  async add (what: string | readonly string[], options: AddOptions = {}): Promise<Instance> {
    const services = typeof what === 'string' ? [what] : [...what]
    const label = options.label ?? this.#freeLabel(services[0]!)
    const kept: Kept = { label, services, version: options.version ?? '1.0.0', options, ports: {}, leaving: false, child: undefined as never, get pid () { return this.child.pid }, get running () { return this.child?.running ?? false } }
    this.#instances.set(label, kept)
    try { await this.#launch(kept) } catch (error) {
      kept.leaving = true
      await kept.child.kill()
      this.#instances.delete(label)
      throw error
    }
    return kept
  }

  async #launch (kept: Kept): Promise<void> {
    const { label, services, options } = kept
    const flags = Object.entries({ label, port: options.port, version: options.version, weight: options.weight }).flatMap(([name, value]) => value === undefined ? [] : [`--${name}`, String(value)])
    let last = ''
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${label} was not ready within ${READY_MS} ms: ${last}`)), READY_MS)
      const waiting = new Set(services)
      kept.ports = {}
      kept.child = startChild({
        args: [...NODE_FLAGS, MAIN, ...services, ...flags],
        cwd: this.folder,
        env: this.#environment(options.registry ?? this.registry.url),
        onLine: line => { last = line; this.#say(`${label}: ${line}`) },
        onMessage: message => {
          const { ready, name, port } = message as { ready?: string, name: string, port: number }
          if (ready === undefined) return
          kept.ports[name] = port
          waiting.delete(name)
          if (waiting.size === 0) { clearTimeout(timer); resolve() }
        },
      })
      const { child } = kept
      void child.ended.then(how => {
        clearTimeout(timer)
        reject(new Error(`${label} ended (${how}): ${last}`))
        if (waiting.size === 0 && !kept.leaving && kept.child === child) this.#lost(kept, how)
      })
    })
  }

  /** Only where the registry is, and what the environment says of tracing and logs. */
  #environment (registry: string): NodeJS.ProcessEnv {
    const { env = process.env } = this.#options
    return { ROSTER_HTTP_ADDR: registry, ...Object.fromEntries(Object.entries(env).filter(([name]) => /^(OTEL_|LOG_LEVEL$)/.test(name))) }
  }

  #lost (kept: Kept, how: number | string): void {
    this.#say(`${kept.label} ended (${how})`)
    if (this.#options.restart === false || this.#closing !== undefined) return
    setTimeout(() => {
      if (this.#closing !== undefined || kept.leaving || kept.running) return
      this.#say(`${kept.label} is started again`)
      this.#launch(kept).catch((error: unknown) => this.#say(String(error)))
    }, 1000)
  }

  /** Kills an instance as a power cut would. It stays away. */
  async kill (label: string): Promise<void> {
    const kept = this.#known(label)
    kept.leaving = true
    await kept.child.kill()
  }

  /** Starts again what was killed or stopped, under its old name. */
  async revive (label: string): Promise<void> {
    const kept = this.#known(label)
    if (kept.running) return
    kept.leaving = false
    await this.#launch(kept)
  }

  /** Lets an instance leave in good order. */
  async remove (label: string): Promise<void> {
    const kept = this.#known(label)
    kept.leaving = true
    await kept.child.stop()
    this.#instances.delete(label)
  }

  /** To so many instances, no more and no less. */
  async scale (service: string, count: number): Promise<void> {
    const alone = this.all(service).filter(({ services }) => services.length === 1)
    await Promise.all([
      ...Array.from({ length: Math.max(0, count - alone.length) }, () => this.add(service)),
      ...alone.slice(count).map(({ label }) => this.remove(label)),
    ])
  }

  /** Everything that runs, the registry included, by process id. */
  get pids (): readonly number[] { return [process.pid, this.registry.pid, ...this.instances.filter(({ running }) => running).map(({ pid }) => pid)] }

  close (): Promise<void> { return this.#closing ??= this.#end() }

  async #end (): Promise<void> {
    for (const kept of this.#instances.values()) kept.leaving = true
    // All at once: nobody needs to see anybody leave.
    await Promise.all([...this.#instances.values()].map(({ child }) => child?.stop('SIGINT', 5000)))
    await this.#roster?.close()
    await this.#registry?.stop()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  #known (label: string): Kept {
    const kept = this.#instances.get(label)
    if (kept === undefined) throw new Error(`There is no instance "${label}"`)
    return kept
  }

  #freeLabel (service: string): string {
    for (let number = 1; ; number++) if (!this.#instances.has(`${service}-${number}`)) return `${service}-${number}`
  }
}
