import { mount } from 'svelte'
import App from './App.svelte'
import './app.css'
import { openAccount } from './accounts/account.svelte'
import { listenForInstall } from './accounts/install'
import { listenForProof } from './accounts/proof.svelte'
import { bindTablet } from './accounts/tablet.svelte'
import { followNotifications } from './notifications/opened'
import { watchForUpdates } from './sync/updates.svelte'
import { startNavigation } from './ui/navigation.svelte'

startNavigation()
listenForInstall()
listenForProof()
bindTablet()
followNotifications()
void watchForUpdates()
void openAccount()

const target = document.getElementById('app')
if (target) mount(App, { target })
