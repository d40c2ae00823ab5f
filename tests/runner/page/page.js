const opened = indexedDB.open('carnet', 1)
opened.onupgradeneeded = () => opened.result.createObjectStore('notes', { autoIncrement: true })
const database = new Promise((resolve) => {
  opened.onsuccess = () => resolve(opened.result)
})

async function show() {
  const store = (await database).transaction('notes').objectStore('notes')
  const all = store.getAll()
  all.onsuccess = () => {
    const lines = all.result.map((note) => {
      const line = document.createElement('li')
      line.textContent = note
      return line
    })
    document.querySelector('#notes').replaceChildren(...lines)
  }
}

document.querySelector('#form').addEventListener('submit', async (event) => {
  event.preventDefault()
  const note = Object.values(Object.fromEntries(new FormData(event.target))).join(' | ')
  const deed = (await database).transaction('notes', 'readwrite')
  deed.objectStore('notes').add(note)
  deed.oncomplete = show
})

const received = (files) => {
  const names = [...files].map((file) => `${file.name} ${file.size}`)
  document.querySelector('#received').textContent = names.join(', ')
}
document.querySelector('#papers').addEventListener('change', (event) => received(event.target.files))
const zone = document.querySelector('#zone')
zone.addEventListener('dragover', (event) => event.preventDefault())
zone.addEventListener('drop', (event) => {
  event.preventDefault()
  received(event.dataTransfer.files)
})

const isDark = matchMedia('(prefers-color-scheme: dark)').matches
document.querySelector('#scheme').textContent = isDark ? 'sombre' : 'clair'
await navigator.serviceWorker.register('worker.js')
await navigator.serviceWorker.ready
document.querySelector('#state').textContent = 'Prête hors ligne'
await show()
