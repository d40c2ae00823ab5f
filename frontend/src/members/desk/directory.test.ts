import { describe, expect, it } from 'vitest'
import { byRank, directory, inOffice, sortSeats, stateOf, todayIn } from './directory'
import type { MemberLine, Seat } from './shapes'

function member(first: string, last: string, more: Partial<MemberLine> = {}): MemberLine {
  return {
    id: `${first}${last}`,
    civility: '',
    first_name: first,
    last_name: last,
    position: '',
    email: `${last.toLowerCase()}@staubin.example`,
    phone: '',
    entry: 'accepted',
    invited_at: null,
    accepted_at: '2026-11-02T08:00:00Z',
    mail: null,
    roles: ['councillor'],
    group_id: null,
    seats: [],
    is_active: true,
    deactivated_at: null,
    created_at: '2026-11-01T08:00:00Z',
    last_seen_at: '2026-11-20T08:00:00Z',
    devices: [],
    ...more,
  }
}
const seat = (id: string, starts_on: string, ends_on: string | null = null): Seat => ({
  id,
  assembly_id: 'council',
  starts_on,
  ends_on,
  is_voting: true,
  position: '',
  rank: 0,
  substitutes: [],
})
const none = { text: '', role: '', state: '', group: '', assembly: '' } as const
const people = [
  member('Gérard', 'Simon', { is_active: false, last_seen_at: null }),
  member('Élodie', 'Évrard', { roles: ['clerk', 'admin'] }),
  member('Claire', 'Bonnet', { last_seen_at: null }),
  member('Yann', 'Le Goff', { position: 'Adjoint à l’urbanisme' }),
]
const names = (filter: Partial<Parameters<typeof directory>[1]>) =>
  directory(people, { ...none, ...filter }).map((one) => one.last_name)

describe('the directory', () => {
  it('goes by family name, as French sorts it', () => {
    expect(names({})).toEqual(['Bonnet', 'Évrard', 'Le Goff', 'Simon'])
  })
  it('finds whatever the accents, in names, addresses and functions', () => {
    expect(names({ text: 'evrard elodie' })).toEqual(['Évrard'])
    expect(names({ text: "l'urba" })).toEqual(['Le Goff'])
    expect(names({ text: 'SIMON@' })).toEqual(['Simon'])
    expect(names({ text: 'nobody' })).toEqual([])
  })
  it('filters by role and by state', () => {
    expect(names({ role: 'admin' })).toEqual(['Évrard'])
    expect(names({ state: 'inactive' })).toEqual(['Simon'])
    expect(names({ state: 'never' })).toEqual(['Bonnet'])
    expect(names({ state: 'active' })).toEqual(['Bonnet', 'Évrard', 'Le Goff'])
  })
  it('filters by group, and by assembly for who sits there that day', () => {
    const some = [
      member('A', 'In', { group_id: 'g', seats: [seat('1', '2026-01-01')] }),
      member('B', 'Past', { seats: [seat('2', '2020-01-01', '2026-01-01')] }),
    ]
    const kept = (filter: object) =>
      directory(some, { ...none, ...filter }, '2026-06-01').map((one) => one.last_name)
    expect(kept({ group: 'g' })).toEqual(['In'])
    expect(kept({ assembly: 'council' })).toEqual(['In'])
    expect(kept({ assembly: 'bureau' })).toEqual([])
  })
  it('calls a closed access closed, even when it never served', () => {
    expect(people.map(stateOf)).toEqual(['inactive', 'active', 'never', 'active'])
  })
})

describe('seats', () => {
  it('are held from their first day to their last', () => {
    const one = seat('a', '2026-03-22', '2026-11-20')
    expect(
      ['2026-03-21', '2026-03-22', '2026-11-20', '2026-11-21'].map((day) => inOffice(one, day)),
    ).toEqual([false, true, true, false])
    expect(inOffice(seat('b', '2026-03-22'), '2099-01-01')).toBe(true)
  })
  it('are listed as held, to come, ended', () => {
    const seats = [
      seat('old', '2014-04-01', '2020-05-01'),
      seat('next', '2027-01-01'),
      seat('now', '2026-03-22'),
    ]
    expect(sortSeats(seats, '2026-11-21').map((one) => one.id)).toEqual(['now', 'next', 'old'])
  })
  it('count the days of their authority', () => {
    const late = new Date('2026-11-21T23:30:00Z')
    expect(todayIn('Europe/Paris', late)).toBe('2026-11-22')
    expect(todayIn('America/Martinique', late)).toBe('2026-11-21')
  })
})

describe('assemblies', () => {
  it('come by rank, then by name', () => {
    const lines = (
      ['committee Urbanisme', 'council Conseil', 'committee Écoles', 'bureau Bureau'] as const
    ).map((line) => {
      const [kind, name] = line.split(' ') as ['council' | 'bureau' | 'committee', string]
      return { id: name, name, kind, seats_in_office: 0, voting_seats: 0 }
    })
    expect(byRank(lines).map((one) => one.name)).toEqual([
      'Conseil',
      'Bureau',
      'Écoles',
      'Urbanisme',
    ])
  })
})
