// The one manifest of what is run: which services, how many of each, what a deployment has to know of them. `npm run demo`, the tour, the compose file and the Kubernetes manifests all come
// from here. Names only, no addresses.

export interface ServicePlan {
  readonly name: string
  /** Instances at the start. */
  readonly instances: number
  /** Has a store of its own. */
  readonly keeps: boolean
  /** How callers speak to it. */
  readonly protocol: 'http' | 'grpc' | 'mqtt'
  /** Runs only beside a sidecar, in a language of its own. */
  readonly guest?: 'python'
  /** Customers reach it from outside. */
  readonly front?: true
  /** Of a container. Memory measured in the demo, twice over. */
  readonly memoryMb: number
}

export const PLANS: readonly ServicePlan[] = [
  { name: 'broker', instances: 1, keeps: false, protocol: 'mqtt', memoryMb: 128 },
  { name: 'users', instances: 1, keeps: true, protocol: 'http', memoryMb: 192 },
  { name: 'inventory', instances: 1, keeps: true, protocol: 'http', memoryMb: 192 },
  { name: 'payments', instances: 1, keeps: true, protocol: 'grpc', memoryMb: 192 },
  { name: 'orders', instances: 2, keeps: true, protocol: 'http', memoryMb: 192 },
  { name: 'recommendations', instances: 1, keeps: true, protocol: 'http', memoryMb: 192 },
  { name: 'notifications', instances: 1, keeps: true, protocol: 'http', memoryMb: 192 },
  { name: 'storefront', instances: 1, keeps: true, protocol: 'http', front: true, memoryMb: 192 },
]

export const planOf = (name: string): ServicePlan | undefined => PLANS.find(plan => plan.name === name)
