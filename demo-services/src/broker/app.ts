// The message broker: MQTT, embedded. Any other broker does as well, if it is registered under the same name.

import { createServer } from 'node:net'
import { Aedes } from 'aedes'
import type { ServiceDefinition } from '../kit/definition.js'
import { deps } from './deps.js'
import { faults } from './faults.js'

export const broker: ServiceDefinition = {
  name: 'broker',
  version: '1.0.0',
  owner: 'team-platform',
  purpose: 'Carries events from those who have something to tell to those who want to know.',
  deps,
  faults,
  keeps: false,

  async start ({ host, port: wanted }) {
    const aedes = await Aedes.createBroker({ concurrency: 100, queueLimit: 1000, connectTimeout: 5000 })
    const server = createServer(aedes.handle)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(wanted, host, () => resolve())
    })
    const { port } = server.address() as { port: number }
    const close = async (): Promise<void> => {
      await new Promise<void>(resolve => aedes.close(() => resolve()))
      if (server.listening) await new Promise<void>(resolve => server.close(() => resolve()))
    }
    return { offer: { port, server }, close }
  },
}
