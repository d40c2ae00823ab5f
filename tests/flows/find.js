// Finds elements as people and screen readers name them: by role and accessible name. The same code
// runs in every engine, so that a story never passes in one because its driver looks differently.
// Follows HTML-AAM and accname for what our pages use. An expression: { find, roleOf, nameOf, fold }.
(() => {
  const candidates = {
    alert: '[role=alert]',
    button: 'button, summary, input[type=button], input[type=submit], input[type=reset]',
    checkbox: 'input[type=checkbox]',
    combobox: 'select:not([multiple])',
    dialog: 'dialog',
    field:
      'input:not([type=button], [type=submit], [type=reset], [type=hidden]), textarea, select, ' +
      '[contenteditable], [role=textbox], [role=combobox], [role=searchbox], [role=spinbutton]',
    file: 'input[type=file]',
    group: 'fieldset, details, optgroup',
    heading: 'h1, h2, h3, h4, h5, h6',
    img: 'img, svg[aria-label], svg[aria-labelledby]',
    link: 'a[href], area[href]',
    list: 'ul, ol',
    listitem: 'li',
    main: 'main',
    navigation: 'nav',
    option: 'option',
    progressbar: 'progress',
    radio: 'input[type=radio]',
    region: 'section[aria-label], section[aria-labelledby]',
    row: 'tr',
    searchbox: 'input[type=search]',
    slider: 'input[type=range]',
    spinbutton: 'input[type=number]',
    status: 'output',
    table: 'table',
    textbox:
      'textarea, input:not([type]), input[type=text], input[type=email], input[type=password], ' +
      'input[type=tel], input[type=url]',
  }
  const fold = (text) =>
    (text ?? '').normalize('NFC').replace(/\u2019/g, "'").replace(/[\s\u00a0\u202f]+/g, ' ').trim()

  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false }) &&
    !element.closest('[inert], [aria-hidden=true]')

  const contents = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data
    if (node.nodeType !== Node.ELEMENT_NODE) return ''
    const style = getComputedStyle(node)
    if (style.display === 'none' || style.visibility === 'hidden') return ''
    if (node.matches('[aria-hidden=true], input, select, textarea')) return ''
    const own = node.getAttribute('aria-label') || (node.matches('img, area') ? node.alt : '')
    const text = own || [...node.childNodes].map(contents).join('')
    return style.display.startsWith('inline') && style.display !== 'inline-block' ? text : ` ${text} `
  }

  const nameOf = (element) => {
    const ids = element.getAttribute('aria-labelledby')?.trim()
    if (ids) {
      const root = element.getRootNode()
      const named = ids.split(/\s+/).map((id) => root.getElementById(id))
      return fold(named.map((each) => (each ? contents(each) : '')).join(' '))
    }
    const label = element.getAttribute('aria-label')
    if (label?.trim()) return fold(label)
    if (element.labels?.length) return fold([...element.labels].map(contents).join(' '))
    if (element.matches('input[type=submit], input[type=button], input[type=reset]'))
      return fold(element.value)
    if (element.matches('img')) return fold(element.alt)
    if (element.matches('fieldset')) return fold(element.querySelector('legend')?.textContent)
    if (element.matches('table')) return fold(element.caption?.textContent)
    if (element.matches('input, select, textarea, dialog, nav, main, section, ul, ol'))
      return fold(element.title || element.getAttribute('placeholder'))
    return fold([...element.childNodes].map(contents).join('')) || fold(element.title)
  }

  const roleOf = (element) => {
    const explicit = element.getAttribute('role')?.trim().split(/\s+/)[0]
    if (explicit) return explicit
    const named = Object.keys(candidates).filter((role) => role !== 'field')
    return named.find((role) => element.matches(candidates[role])) ?? element.localName
  }

  // Visible matches in page order. `name` null: any. `within`: a CSS selector, or null.
  const find = (role, name, exact, within) => {
    const selector = [`[role~=${role}]`, candidates[role]].filter(Boolean).join(', ')
    const scopes = within ? [...document.querySelectorAll(within)] : [document]
    const wanted = name === null ? null : fold(name)
    const found = scopes.flatMap((scope) => [...scope.querySelectorAll(selector)])
    return [...new Set(found)].filter((element) => {
      // A hidden file field behind a button is still how files are chosen.
      if (role !== 'file' && !isShown(element)) return false
      if (role !== 'field' && roleOf(element) !== role) return false
      if (wanted === null) return true
      return exact ? nameOf(element) === wanted : nameOf(element).includes(wanted)
    })
  }
  return { find, roleOf, nameOf, fold }
})()
