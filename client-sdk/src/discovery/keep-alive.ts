// While someone awaits something of ours, the process stays: the timers of this package keep nobody alive, and Node would end a program that waits for them alone (exit code 13).

/** Longest delay of a Node timer, ms. */
const LONG_MS = 2 ** 31 - 1

/** `promise` itself, with the process kept from ending until it settles. */
export async function keptAlive<T> (promise: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, LONG_MS)
  try { return await promise } finally { clearInterval(timer) }
}
