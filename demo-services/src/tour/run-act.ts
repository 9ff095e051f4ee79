// Plays one act and says how it went, whatever happens in it.

import { textOf } from '../kit/errors.js'
import type { Act, ActResult, Stage } from './act.js'
import { settled } from './support.js'

export async function runAct (act: Act, stage: Stage): Promise<ActResult> {
  const began = performance.now()
  const result = await act.play(stage).catch((error: unknown) => ({ passed: false, measured: `could not be played: ${textOf(error)}` }))
  // The next act finds the shop in order.
  const order = await settled(stage.shop).then(() => undefined, (error: unknown) => textOf(error))
  return {
    passed: result.passed && order === undefined,
    measured: order === undefined ? result.measured : `${result.measured}; afterwards the shop was not in order: ${order}`,
    seconds: Math.round((performance.now() - began) / 100) / 10,
  }
}
