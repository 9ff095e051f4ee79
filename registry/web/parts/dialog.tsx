// Asking before something is written: what will happen, to whom, and in whose words the registry answers.

import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { readOnly } from '../live/connection.js'

export interface Question {
  readonly title: string
  readonly body: ComponentChildren
  readonly action: string
  readonly severe?: boolean
  /** A text that goes with it. */
  readonly ask?: string
  readonly run: (text: string) => Promise<unknown>
  readonly done: string
}

const asked = signal<Question | undefined>(undefined)
/** What was done last, for a moment. */
export const notice = signal<string | undefined>(undefined)

export function tell (text: string): void {
  notice.value = text
  setTimeout(() => { if (notice.peek() === text) notice.value = undefined }, 6000)
}

export const confirm = (question: Question): void => { asked.value = question }

export function Confirmation () {
  const question = asked.value
  const element = useRef<HTMLDialogElement>(null)
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<string | undefined>(undefined)
  const [text, setText] = useState('')
  useEffect(() => {
    setRefused(undefined)
    setBusy(false)
    setText('')
    if (question !== undefined) element.current?.showModal()
    else element.current?.close()
  }, [question])
  const close = (): void => { asked.value = undefined }
  const run = async (): Promise<void> => {
    setBusy(true)
    try {
      await question!.run(text)
      tell(question!.done)
      close()
    } catch (error) {
      setRefused((error as Error).message)
      setBusy(false)
    }
  }
  return (
    <dialog ref={element} onClose={close} aria-labelledby='question'>
      {question !== undefined && <div class='question'>
        <h2 id='question'>{question.title}</h2>
        <div>{question.body}</div>
        {question.ask !== undefined && <label>{question.ask} <input value={text} onInput={event => setText(event.currentTarget.value)} /></label>}
        {refused !== undefined && <p class='refused' role='alert'>{refused}</p>}
        <div class='buttons'>
          <button type='button' onClick={close} autofocus>Cancel</button>
          <button type='button' class={question.severe === true ? 'severe' : 'main'} disabled={busy} onClick={() => { void run() }}>{question.action}</button>
        </div>
      </div>}
    </dialog>
  )
}

/** A button that writes: not there in a page that only shows. */
export const Write = ({ children, question, severe = false }: { children: ComponentChildren, question: () => Question, severe?: boolean }) => readOnly.value
  ? null
  : <button type='button' class={severe ? 'severe' : ''} onClick={() => confirm(question())}>{children}</button>
