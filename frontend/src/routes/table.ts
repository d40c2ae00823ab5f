import type { Component } from 'svelte'
import { match, type Params } from './match'

export interface Props {
  params: Params
  query: URLSearchParams
}
export interface Route {
  pattern: string
  /** A screen without parameters takes no props. */
  load: () => Promise<{ default: Component<Props> | Component }>
  /** `open` to anybody; without the navigation: the page fills the screen. */
  frame?: 'open' | 'page'
}

/** Screens that people see once in a while share one piece: the service worker lists each. */
const personal =
  (choose: (all: typeof import('./personal')) => Component<Props> | Component) => async () => ({
    default: choose(await import('./personal')),
  })

/** Fixed words come before parameters: "nouvelle" is not the name of a sitting. */
export const routes: Route[] = [
  { pattern: '/connexion', frame: 'open', load: () => import('./SignInRoute.svelte') },
  {
    pattern: '/connexion/retour/:connection',
    frame: 'open',
    load: () => import('./ComeBackRoute.svelte'),
  },
  { pattern: '/connexion/:authority', frame: 'open', load: () => import('./SignInRoute.svelte') },
  { pattern: '/invitation', frame: 'open', load: () => import('./InvitationRoute.svelte') },
  { pattern: '/lien', frame: 'open', load: () => import('./EmailLinkRoute.svelte') },
  { pattern: '/secours', frame: 'open', load: () => import('./LostRoute.svelte') },
  { pattern: '/effacement', frame: 'open', load: personal((all) => all.KeepAccount) },
  { pattern: '/mentions-legales', frame: 'open', load: personal((all) => all.LegalNotices) },
  { pattern: '/accessibilite', frame: 'open', load: personal((all) => all.Accessibility) },
  { pattern: '/code', frame: 'open', load: () => import('./GivenCodeRoute.svelte') },
  { pattern: '/', load: () => import('./MySittingsRoute.svelte') },
  { pattern: '/seances/:authority/:sitting', load: () => import('./DossierRoute.svelte') },
  {
    pattern: '/seances/:authority/:sitting/preparation',
    load: () => import('./VoteSheetRoute.svelte'),
  },
  {
    pattern: '/seances/:authority/:sitting/notes',
    load: () => import('./SittingNotesRoute.svelte'),
  },
  {
    pattern: '/seances/:authority/:sitting/:document',
    frame: 'page',
    load: () => import('./ReadDocumentRoute.svelte'),
  },
  { pattern: '/bienvenue', frame: 'page', load: () => import('./WelcomeRoute.svelte') },
  { pattern: '/a-recuperer', load: () => import('./RecoverRoute.svelte') },
  { pattern: '/compte', load: () => import('./MyAccountRoute.svelte') },
  { pattern: '/compte/donnees', load: personal((all) => all.MyData) },
  { pattern: '/donnees-personnelles/:authority', load: personal((all) => all.Register) },
  { pattern: '/compte/activite', load: () => import('./ActivityRoute.svelte') },
  { pattern: '/hebergement', load: () => import('./HostingRoute.svelte') },
  { pattern: '/secretariat/:authority', load: () => import('./SittingListRoute.svelte') },
  { pattern: '/secretariat/:authority/nouvelle', load: () => import('./NewSittingRoute.svelte') },
  { pattern: '/secretariat/:authority/codes', load: () => import('./CodesRoute.svelte') },
  {
    pattern: '/secretariat/:authority/:sitting',
    load: () => import('./PrepareSittingRoute.svelte'),
  },
  { pattern: '/administration/:authority', load: () => import('./MembersRoute.svelte') },
  {
    pattern: '/administration/:authority/assemblees',
    load: () => import('./AssembliesRoute.svelte'),
  },
  { pattern: '/administration/:authority/journal', load: () => import('./JournalRoute.svelte') },
  { pattern: '/administration/:authority/groupes', load: () => import('./GroupsRoute.svelte') },
  { pattern: '/administration/:authority/importer', load: () => import('./ImportRoute.svelte') },
  { pattern: '/administration/:authority/mandats', load: () => import('./EndMandateRoute.svelte') },
  {
    pattern: '/administration/:authority/reglages',
    load: async () => ({ default: (await import('./town')).Settings }),
  },
  {
    pattern: '/administration/:authority/connexion',
    load: () => import('./ConnectionsRoute.svelte'),
  },
  {
    pattern: '/administration/:authority/donnees',
    load: async () => ({ default: (await import('./town')).PersonalDesk }),
  },
  { pattern: '/administration/:authority/annuaire', load: () => import('./ContactsRoute.svelte') },
  { pattern: '/administration/:authority/usage', load: () => import('./UsageRoute.svelte') },
  { pattern: '/annuaire', load: () => import('./DirectoryRoute.svelte') },
  { pattern: '/annuaire/:authority', load: () => import('./MyListingRoute.svelte') },
]

export const notFound: Route = { pattern: '', load: () => import('./NotFoundRoute.svelte') }

/** The route of an address and its parameters; `notFound` when there is none. */
export function routeOf(path: string): { route: Route; params: Params } {
  for (const route of routes) {
    const params = match(route.pattern, path)
    if (params) return { route, params }
  }
  return { route: notFound, params: {} }
}
