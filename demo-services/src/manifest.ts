// The one manifest of what is run: which services, how many of each, what a deployment has to know of them. `npm run demo`, the tour, the compose file and the Kubernetes manifests all come
// from here. Names only, no addresses.

export interface ServicePlan {
  readonly name: string
  /** One of it, as deployments are named: `order-service`. */
  readonly one: string
  /** Instances at the start. */
  readonly instances: number
  /** Has a store of its own. */
  readonly keeps: boolean
  /** How callers speak to it. */
  readonly protocol: 'http' | 'grpc' | 'mqtt'
  /** Customers reach it from outside. */
  readonly front?: true
  /** Of a container. Memory measured in the demo, twice over. */
  readonly memoryMb: number
}

export const PLANS: readonly ServicePlan[] = [
  { name: 'broker', one: 'broker', instances: 1, keeps: false, protocol: 'mqtt', memoryMb: 128 },
  { name: 'users', one: 'user', instances: 1, keeps: true, protocol: 'http', memoryMb: 192 },
  { name: 'inventory', one: 'inventory', instances: 1, keeps: true, protocol: 'http', memoryMb: 192 },
  { name: 'payments', one: 'payment', instances: 1, keeps: true, protocol: 'grpc', memoryMb: 192 },
  { name: 'orders', one: 'order', instances: 2, keeps: true, protocol: 'http', memoryMb: 192 },
  { name: 'recommendations', one: 'recommendation', instances: 1, keeps: true, protocol: 'http', memoryMb: 192 },
  { name: 'notifications', one: 'notification', instances: 1, keeps: true, protocol: 'http', memoryMb: 192 },
  { name: 'storefront', one: 'storefront', instances: 1, keeps: true, protocol: 'http', front: true, memoryMb: 192 },
]

/** The guest, which only a sidecar registers. */
export const GUEST = { name: 'delivery', one: 'delivery', needs: 'inventory', memoryMb: 96 } as const

export const planOf = (name: string): ServicePlan | undefined => PLANS.find(plan => plan.name === name)
