// What alias checks see: the agent's own services with their newest outputs, or a service of any node as the catalog shows it.

import { topics } from '../state/topic-names.js'
import type { CancelTimer, Clock } from '../clock.js'
import type { AliasSource, AliasTarget, AliasView } from '../health/alias.js'
import type { CheckRecord } from '../state/checks.js'
import type { State } from '../state/state.js'

type Listener = () => void

/** ms until aliases hear of checks of the node. */
const NODE_CHECKS_MS = 60_000

export class AgentAliases implements AliasSource {
  readonly #state: State
  readonly #clock: Clock
  readonly #liveOutput: (checkId: string) => string | undefined
  /** By id of the service at this agent. */
  readonly #listeners = new Map<string, Set<Listener>>()

  #cancel: CancelTimer | undefined

  constructor (state: State, clock: Clock, liveOutput: (checkId: string) => string | undefined) {
    this.#state = state
    this.#clock = clock
    this.#liveOutput = liveOutput
  }

  /** The node's own checks count too, but for its aliases: one that saw itself would stay critical for good. */
  view ({ node, service }: AliasTarget): AliasView {
    const { agent, checks, services } = this.#state
    if (node === '') {
      const own = [...agent.checksOf(''), ...agent.checksOf(service)].map(({ value: { check } }) => check)
      return { exists: agent.services.has(service), checks: own.filter(mayBeMirrored).map(check => seen(check, this.#liveOutput(check.checkId))) }
    }
    const ofService = service === '' ? [] : checks.ofInstance(node, service).filter(({ value }) => value.serviceId === service)
    const all = [...checks.nodeWide(node), ...ofService].map(({ value }) => value).filter(mayBeMirrored).map(check => seen(check))
    return { exists: service === '' ? all.length > 0 : services.get(node, service)?.value.id === service, checks: all }
  }

  subscribe ({ node, service }: AliasTarget, changed: Listener): () => void {
    return node === '' ? this.#listen(service, changed) : this.#follow([topics.node(node), topics.nodeChecks(node)], changed)
  }

  /**
   * Something of a service at this agent, or of its checks, is other than it was. '' stands for checks of the node: those count for every instance on it
   * anyway, so aliases hear of them within a minute, and not each for itself.
   */
  changed (serviceId: string): void {
    if (serviceId !== '') for (const listener of this.#listeners.get(serviceId) ?? []) listener()
    else if (this.#listeners.size > 0) {
      this.#cancel ??= this.#clock.after(NODE_CHECKS_MS, () => {
        this.#cancel = undefined
        for (const listeners of this.#listeners.values()) for (const listener of listeners) listener()
      })
    }
  }

  /** Idempotent. */
  stop (): void { this.#cancel?.() }

  #listen (serviceId: string, changed: Listener): () => void {
    const set = this.#listeners.get(serviceId)
    if (set === undefined) this.#listeners.set(serviceId, new Set([changed]))
    else set.add(changed)
    return () => {
      const set = this.#listeners.get(serviceId)
      if (set?.delete(changed) === true && set.size === 0) this.#listeners.delete(serviceId)
    }
  }

  /** A waiter is told once, so it waits again each time. */
  #follow (names: readonly string[], changed: Listener): () => void {
    let off = (): void => {}
    const wait = (): void => {
      off = this.#state.topics.subscribe(names, () => {
        wait()
        changed()
      })
    }
    wait()
    return () => off()
  }
}

const mayBeMirrored = ({ serviceId, type }: CheckRecord): boolean => serviceId !== '' || type !== 'alias'

const seen = ({ name, status, output }: CheckRecord, liveOutput = output) => ({ name, status, output: liveOutput })
