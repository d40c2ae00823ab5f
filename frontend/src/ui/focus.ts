import { tick } from 'svelte'

/** For `{@attach}`: the field to start with when a dialog opens. */
export function startHere(node: HTMLElement): void {
  // The dialog gives the focus to its title as it opens: this comes after.
  void tick().then(() => node.focus())
}

/** Brings the person to the first field that is wrong, once the screen says what is. */
export async function focusWrong(form: HTMLElement): Promise<void> {
  await tick()
  form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
