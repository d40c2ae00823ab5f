/** A host for the reader, for tests: papers come from `/corpus/` by plain Range requests. */
import { mount } from 'svelte'
import '../../src/app.css'
import Host from './Host.svelte'

const target = document.getElementById('app')
if (target) mount(Host, { target })
