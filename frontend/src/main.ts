import { mount } from 'svelte'
import App from './App.svelte'
import './app.css'
import { openAccount } from './accounts/account.svelte'
import { startNavigation } from './ui/navigation.svelte'

startNavigation()
void openAccount()

const target = document.getElementById('app')
if (target) mount(App, { target })
