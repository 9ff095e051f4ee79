// What alias checks see: the agent's own services with their newest outputs, or a service of any node as the catalog shows it.

import { topics } from '../state/topic-names.js'
import type { AliasSource, AliasTarget, AliasView } from '../health/alias.js'
import type { CheckRecord } from '../state/checks.js'
import type { State } from '../state/state.js'

type Listener = () => void

export class AgentAliases implements AliasSource {
  readonly #state: State
  readonly #liveOutput: (checkId: string) => string | undefined
  /** By id of the service at this agent. */
  readonly #listeners = new Map<string, Set<Listener>>()

  constructor (state: State, liveOutput: (checkId: string) => string | undefined) {
    this.#state = state
    this.#liveOutput = liveOutput
  }

  view ({ node, service }: AliasTarget): AliasView {
    const { agent, checks, services } = this.#state
    if (node === '') {
      return {
        exists: agent.services.has(service),
        checks: agent.checksOf(service).map(({ value: { check } }) => seen(check, this.#liveOutput(check.checkId))),
      }
    }
    const ofService = service === '' ? [] : checks.ofInstance(node, service).filter(({ value }) => value.serviceId === service)
    const all = [...checks.nodeWide(node), ...ofService].map(({ value }) => seen(value))
    return { exists: service === '' ? all.length > 0 : services.get(node, service)?.value.id === service, checks: all }
  }

  subscribe ({ node, service }: AliasTarget, changed: Listener): () => void {
    return node === '' ? this.#listen(service, changed) : this.#follow([topics.node(node), topics.nodeChecks(node)], changed)
  }

  /** Something of a service at this agent, or of its checks, is other than it was. */
  changed (serviceId: string): void {
    for (const listener of this.#listeners.get(serviceId) ?? []) listener()
  }

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

const seen = ({ name, status, output }: CheckRecord, liveOutput = output) => ({ name, status, output: liveOutput })
