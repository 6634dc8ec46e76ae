/** Brings the first thing that keeps a form from being sent into sight and under the cursor. */
import { nextTick } from 'vue'

export async function toFirstProblem(form: HTMLElement | null): Promise<void> {
  await nextTick()
  const item = form?.querySelector<HTMLElement>('.el-form-item.is-error')
  const control = item?.querySelector<HTMLElement>('input, textarea, button')
  // A day's field would open its calendar over the words that say what is wrong.
  if (control && !control.closest('.el-date-editor')) control.focus({ preventScroll: true })
  const place = item ?? form?.querySelector<HTMLElement>('[role=alert]')
  place?.scrollIntoView({ block: 'center' })
}

/** For a dialog's `open-auto-focus`: the dialog takes the focus for itself after saying so, and gives it up a frame later. */
export function focusField(field: { focus: () => void } | null): void {
  requestAnimationFrame(() => field?.focus())
}
