// Nobody: stock is known here and nowhere else.

import type { Dependencies } from '../kit/dependencies.js'

export const deps: Dependencies = {}
