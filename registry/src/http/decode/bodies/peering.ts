// Bodies of peering/token and peering/establish.

import { textMap, texts } from '../collection-kinds.js'
import { text } from '../scalar-kinds.js'
import { field, table } from '../table.js'

export const peeringToken = table({ name: 'PeeringGenerateTokenRequest', type: 'api.PeeringGenerateTokenRequest' }, {
  PeerName: field('PeerName', text),
  Partition: field('Partition', text),
  Meta: field('Meta', textMap),
  ServerExternalAddresses: field('ServerExternalAddresses', texts),
})

export const peeringEstablish = table({ name: 'PeeringEstablishRequest', type: 'api.PeeringEstablishRequest' }, {
  PeerName: field('PeerName', text),
  PeeringToken: field('PeeringToken', text),
  Partition: field('Partition', text),
  Meta: field('Meta', textMap),
})
