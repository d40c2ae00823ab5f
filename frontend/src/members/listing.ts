import type { Contact, Member } from '../local/kinds'

/** One line of the directory: a service, or a colleague. */
export interface Listing {
  id: string
  name: string
  about: string
  phone: string
  email: string
  section: Section
}

/** In the order they are shown. */
export const SECTIONS = ['services', 'colleagues', 'staff'] as const
export type Section = (typeof SECTIONS)[number]

const order = new Intl.Collator('fr', { sensitivity: 'base' })

/** Services, then the elected, then the others; by name in each. Who has left is not listed. */
export function listings(members: Member[], contacts: Contact[]): Listing[] {
  const services = contacts.map(
    ({ id, name, role, phone, email }): Listing => ({
      id,
      name,
      about: role,
      phone,
      email,
      section: 'services',
    }),
  )
  const colleagues = members
    .filter((one) => one.is_active)
    .sort((a, b) => order.compare(a.last_name, b.last_name))
    .map(
      (one): Listing => ({
        id: one.id,
        name: `${one.first_name} ${one.last_name}`.trim(),
        about: one.position,
        phone: one.phone,
        email: one.email,
        section: one.roles.includes('councillor') ? 'colleagues' : 'staff',
      }),
    )
  return [...services.sort((a, b) => order.compare(a.name, b.name)), ...colleagues]
}

/** Those whose name, function, number or address has every word; accents do not count. */
export function matching(all: Listing[], text: string): Listing[] {
  const words = fold(text).split(/\s+/).filter(Boolean)
  const digits = text.replace(/\D/g, '').replace(/^0/, '')
  return all.filter((one) => {
    const said = fold(`${one.name} ${one.about} ${one.email}`)
    return (
      words.every((word) => said.includes(word)) ||
      (digits.length > 3 && one.phone.includes(digits))
    )
  })
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('’', "'").toLowerCase()
}
