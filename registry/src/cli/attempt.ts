// A call of the client, with what was tried in front of what the client says about it.

import { isRosterClientError } from '@roster/client/api'
import { Failure } from './failure.js'

/**
 * @example await attempt('Error listing nodes', api.catalog.nodes()) fails with `Error listing nodes: Unexpected response code: 500 (…)`
 */
export async function attempt<T> (what: string, work: Promise<T>, code = 1): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (isRosterClientError(error)) throw new Failure(`${what}: ${error.message}`, code)
    throw error
  }
}
