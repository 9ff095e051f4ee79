// Which routes are slow by nature: long polls, exports, reports. A route that is slow on every instance says nothing about any of them, so its times stay out of the averages.
// (Finagle documents that peak EWMA breaks with long polling; this is the missing part.)

export interface RouteTimes {
  /** Known to be slow everywhere: not to be measured, and not to be counted as work in progress. */
  isLong (route: string, now: number): boolean
  /**
   * Takes note of an answer's time.
   * @param typicalMs what the service usually takes
   * @returns whether the instance may be measured by it
   */
  observe (route: string, instance: string, ms: number, typicalMs: number, now: number): boolean
}

interface Window { answers: number, slow: number, readonly slowOn: Set<string> }
interface Route { now: Window, before: Window, since: number }

/** Nothing below this is slow by nature, ms. */
const LONG_MS = 1000
/** And nothing that does not take this many times the service's usual time. */
const LONG_FACTOR = 10
/** Answers until a route is known, and share of them that must be slow: a poll may answer at once when there is news. */
const ENOUGH = 3
const SHARE = 0.5
/** How long answers are remembered, once to twice this, ms. Also how long a quick route that turns slow everywhere is still measured: that is overload, and must be seen. */
const WINDOW_MS = 60_000
/** Routes remembered; the one not seen for longest is forgotten. */
const MAX_ROUTES = 256

const empty = (): Window => ({ answers: 0, slow: 0, slowOn: new Set() })

/**
 * A route is long when at least half of its answers of the last minute or two were slow, on two instances at least: one slow instance does not make a long route.
 * Until a route is known, a slow answer is not held against the instance.
 */
export function routeTimes (): RouteTimes {
  const routes = new Map<string, Route>()
  let last: string | undefined
  const current = (route: Route, now: number): Route => {
    const age = now - route.since
    if (age >= WINDOW_MS) {
      route.before = age >= 2 * WINDOW_MS ? empty() : route.now
      route.now = empty()
      route.since = now
    }
    return route
  }
  const answers = (route: Route) => route.now.answers + route.before.answers
  const long = (route: Route) => answers(route) >= ENOUGH && (route.now.slow + route.before.slow) >= SHARE * answers(route) && new Set([...route.now.slowOn, ...route.before.slowOn]).size >= 2
  return {
    isLong (name, now) {
      const route = routes.get(name)
      return route !== undefined && long(current(route, now))
    },
    observe (name, instance, ms, typicalMs, now) {
      const route = current(routes.get(name) ?? { now: empty(), before: empty(), since: now }, now)
      const slow = ms >= LONG_MS && ms >= LONG_FACTOR * typicalMs
      route.now.answers++
      if (slow) {
        route.now.slow++
        // Two are enough to know.
        if (route.now.slowOn.size < 2) route.now.slowOn.add(instance)
      }
      // Most often the same one comes again.
      if (name !== last) {
        last = name
        routes.delete(name)
        routes.set(name, route)
        if (routes.size > MAX_ROUTES) routes.delete(routes.keys().next().value!)
      }
      return !(slow && (answers(route) < ENOUGH || long(route)))
    },
  }
}
