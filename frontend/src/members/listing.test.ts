import { describe, expect, it } from 'vitest'
import type { Contact, Member } from '../local/kinds'
import { listings, matching } from './listing'

const member = (first_name: string, last_name: string, more: Partial<Member> = {}): Member => ({
  id: last_name,
  civility: '',
  first_name,
  last_name,
  position: '',
  roles: ['councillor'],
  is_active: true,
  email: '',
  phone: '',
  ...more,
})
const contact: Contact = {
  id: 'c',
  name: 'Accueil',
  role: 'Mairie',
  phone: '+33102030405',
  email: 'mairie@val.example',
}
const all = listings(
  [
    member('Zoé', 'Zola', { position: 'Adjointe aux écoles' }),
    member('Éric', 'Évrard', { phone: '+33612345678' }),
    member('Gone', 'Away', { is_active: false }),
    member('Claire', 'Bonnet', { roles: ['clerk'] }),
  ],
  [contact],
)

describe('the directory', () => {
  it('lists services, the elected by family name, then the staff, without who left', () => {
    expect(all.map(({ name, section }) => `${section} ${name}`)).toEqual([
      'services Accueil',
      'staff Claire Bonnet',
      'colleagues Éric Évrard',
      'colleagues Zoé Zola',
    ])
  })
  it.each([
    ['ecoles', ['Zoé Zola']],
    ['evrard eric', ['Éric Évrard']],
    ['06 12 34', ['Éric Évrard']],
    ['mairie@', ['Accueil']],
    ['personne', []],
  ])('finds « %s »', (text, names) => {
    expect(matching(all, text).map(({ name }) => name)).toEqual(names)
  })
})
