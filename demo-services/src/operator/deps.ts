// The operator page asks every service's other face, on the port that its registration names. It calls nobody by name.

import type { Dependencies } from '../kit/dependencies.js'

export const deps: Dependencies = {}
