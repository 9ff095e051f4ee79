// The message broker, found like any other service: where it is now is asked before every attempt to connect, so it may move, and may be any MQTT broker that is registered as `broker`.

import { setTimeout as pause } from 'node:timers/promises'
import type { RosterClient } from '@roster/client'
import type { FastifyBaseLogger } from 'fastify'
import { connectAsync } from 'mqtt'
import type { MqttClient } from 'mqtt'
import { textOf } from './errors.js'

export interface BrokerOptions {
  readonly log: FastifyBaseLogger
  /** What is listened to. */
  readonly topic?: string
  readonly onMessage?: (payload: string) => void
  /** After each new connection: what was said meanwhile was missed. */
  readonly onConnected?: () => void
}

export interface Broker {
  /** Resolves when the broker has it (QoS 1). @throws when there is none */
  publish (topic: string, payload: string): Promise<void>
  close (): Promise<void>
}

/** Between two attempts, ms. */
const AGAIN_MS = 1000
const CONNECT_MS = 3000
const PUBLISH_MS = 3000

export function connectBroker (roster: RosterClient, { log, topic, onMessage, onConnected }: BrokerOptions): Broker {
  const service = roster.service('broker')
  const closing = new AbortController()
  let client: Promise<MqttClient> | undefined

  /** One connection at a time, to whoever is the broker now. */
  const connected = (): Promise<MqttClient> => client ??= join().catch((error: unknown) => { client = undefined; throw error })

  async function join (): Promise<MqttClient> {
    await service.ready()
    const picked = service.pick()
    const { address, port } = picked
    try {
      // Its own reconnecting would go back to an address that may be nobody's by then.
      const mqtt = await connectAsync({ reconnectPeriod: 0, connectTimeout: CONNECT_MS, keepalive: 10, host: address, port, protocol: 'mqtt' } as never)
      mqtt.on('error', error => log.debug({ err: error }, 'broker'))
      mqtt.once('close', () => { client = undefined; picked.done({ ok: true }) })
      if (onMessage !== undefined) mqtt.on('message', (_topic, payload) => onMessage(payload.toString('utf8')))
      if (topic !== undefined) await mqtt.subscribeAsync(topic, { qos: 1 })
      onConnected?.()
      return mqtt
    } catch (error) {
      picked.done({ ok: false })
      throw error
    }
  }

  /** Who listens stays connected, whatever happens. */
  async function listen (): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const mqtt = await connected()
        await new Promise<void>(resolve => { if (mqtt.connected) mqtt.once('close', () => resolve()); else resolve() })
      } catch (error) { log.info(`no broker: ${textOf(error)}`) }
      await pause(AGAIN_MS, undefined, { signal: closing.signal }).catch(() => {})
    }
  }
  if (topic !== undefined) void listen()

  return {
    async publish (to, payload) {
      const mqtt = await connected()
      let gone = (): void => {}
      let late: NodeJS.Timeout | undefined
      const lost = new Promise<never>((_resolve, reject) => {
        gone = () => reject(new Error('The broker went away'))
        late = setTimeout(() => reject(new Error('The broker does not answer')), PUBLISH_MS)
      })
      mqtt.once('close', gone)
      try { await Promise.race([mqtt.publishAsync(to, payload, { qos: 1 }), lost]) } finally {
        clearTimeout(late)
        mqtt.off('close', gone)
      }
    },
    async close () {
      closing.abort()
      const mqtt = await client?.catch(() => undefined)
      client = undefined
      await mqtt?.endAsync(true).catch(() => {})
    },
  }
}
