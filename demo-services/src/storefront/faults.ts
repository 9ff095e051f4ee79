// Trouble that the storefront can be told to make, and what is to be expected of it.

import type { FaultList } from '../kit/faults.js'

export const faults: FaultList = {
  slow: 'Everything that a customer sees takes longer.',
  fail: 'Customers see errors: nobody stands in front of the storefront to try another one.',
}
