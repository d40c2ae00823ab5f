export { default as PersonalDesk } from './PersonalDeskRoute.svelte'
export { default as Settings } from './SettingsRoute.svelte'
