// /v1/explain/:service: why a reader of health gets whom it gets, for the same parameters. Roster's own, beside the compatible API.

import { compile } from './filtered.js'
import { instanceQuestion } from './instance-question.js'
import { checkDatacenter, checkEnterprise } from './params.js'
import { answerRead } from './read.js'
import { explain } from '../catalog/explain.js'
import { nearSort } from '../catalog/nearness.js'
import { topics } from '../state/topic-names.js'
import type { Handler, Route } from './route.js'

const explainService: Handler = async (request, roster) => {
  checkEnterprise(request)
  return await answerRead(request, roster, { effectiveConsistency: true }, () => {
    checkDatacenter(request, roster)
    const question = instanceQuestion(request, 'service')
    const { state } = roster
    const [near, text] = [request.query.get('near'), request.query.get('filter')]
    const keeps = compile(request, 'healthEntry')
    // Whether removals are held back is told, so that it counts, too.
    const dependsOn = [topics.health(question.name), topics.guard, ...near === '' ? [] : [topics.coordinates]]
    return {
      topics: dependsOn,
      value () {
        const guard = roster.guard.status()
        const { Service, ...rest } = explain(state, question, {
          ...text === '' ? {} : { filter: { text, keeps } },
          ...near === '' ? {} : { near: { node: near, sort: list => nearSort(state, roster, near, list, ({ node }) => node.value.name) } },
          ...guard.active ? { guard } : {},
        })
        return { Service, Index: state.index(dependsOn), ...rest }
      },
    }
  })
}

export const explainRoutes: readonly Route[] = [
  { path: '/v1/explain/', methods: { GET: explainService } },
]
