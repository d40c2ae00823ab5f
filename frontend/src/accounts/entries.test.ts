import { describe, expect, it } from 'vitest'
import { entries } from './entries'
import { home, type Me, type Role } from './me'

function someone(...memberships: [string, ...Role[]][]): Me {
  return {
    account: {
      id: 'x',
      email: 'c.bonnet@staubin.example',
      civility: 'Mme',
      first_name: 'Claire',
      last_name: 'Bonnet',
      is_operator: false,
    },
    device: {
      id: 'd',
      name: 'Tablette',
      created_at: '2026-11-01T08:00:00Z',
      last_seen_at: '2026-11-01T08:00:00Z',
      is_current: true,
      is_extra: false,
    },
    memberships: memberships.map(([id, ...roles]) => ({
      authority: {
        id,
        name: id,
        kind: 'commune',
        time_zone: 'Europe/Paris',
        siren: null,
        lease_days: 30,
        lease_days_in_camera: 7,
      },
      member_id: `m-${id}`,
      roles,
    })),
    wipe_proof: '0'.repeat(64),
  }
}
const labels = (me: Me, path: string) => entries(me, path).map((one) => one.label)
const current = (me: Me, path: string) =>
  entries(me, path)
    .filter((one) => one.current)
    .map((one) => one.href)

describe('the navigation', () => {
  it('gives a councillor the sittings', () => {
    const me = someone(['val', 'councillor'], ['epci', 'councillor'])
    expect(labels(me, '/')).toEqual(['Mes séances', 'Mon compte'])
    expect(current(me, '/seances/val/s1')).toEqual(['/'])
    expect(home(me)).toBe('/')
  })
  it('opens the administration for who does nothing else', () => {
    const me = someone(['val', 'admin'])
    expect(labels(me, '/compte')).toEqual([
      'Membres',
      'Assemblées',
      'Groupes',
      'Journal',
      'Réglages',
      'Mon compte',
    ])
    expect(home(me)).toBe('/administration/val')
  })
  it('folds it for a secretary who is also clerk, until they are in it', () => {
    const me = someone(['val', 'clerk', 'admin'])
    expect(labels(me, '/secretariat/val')).toEqual(['Secrétariat', 'Administration', 'Mon compte'])
    expect(labels(me, '/administration/val/groupes')).toContain('Groupes')
    expect(current(me, '/administration/val/groupes')).toEqual(['/administration/val/groupes'])
    expect(home(me)).toBe('/secretariat/val')
  })
  it('stays in the authority being worked on', () => {
    const me = someone(['val', 'clerk'], ['epci', 'clerk'])
    expect(entries(me, '/secretariat/epci/s1')[0]?.href).toBe('/secretariat/epci')
    expect(entries(me, '/compte')[0]?.href).toBe('/secretariat/val')
    expect(entries(me, '/secretariat/elsewhere')[0]?.href).toBe('/secretariat/val')
  })
  it('shows the host to who runs it, and to nobody else', () => {
    const me = someone(['val', 'councillor'])
    expect(labels(me, '/')).not.toContain('Hébergement')
    me.account.is_operator = true
    expect(labels(me, '/')).toEqual(['Mes séances', 'Hébergement', 'Mon compte'])
    expect(current(me, '/hebergement')).toEqual(['/hebergement'])
  })
  it('shows the sittings to a person without any membership left', () => {
    expect(home(someone())).toBe('/')
    expect(labels(someone(), '/')).toEqual(['Mes séances', 'Mon compte'])
  })
})
