// The shop's services: a new one is a folder and a line here. Loaded one by one, since most processes run only one of them.

import type { ServiceDefinition } from './kit/definition.js'

export const services: Readonly<Record<string, () => Promise<ServiceDefinition>>> = {
  broker: async () => (await import('./broker/app.js')).broker,
  inventory: async () => (await import('./inventory/app.js')).inventory,
  notifications: async () => (await import('./notifications/app.js')).notifications,
  orders: async () => (await import('./orders/app.js')).ordersService,
  payments: async () => (await import('./payments/app.js')).payments,
  recommendations: async () => (await import('./recommendations/app.js')).recommendations,
  storefront: async () => (await import('./storefront/app.js')).storefront,
  users: async () => (await import('./users/app.js')).users,
}
