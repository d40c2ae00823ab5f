/** The styles behind each short name, so that no two different ones share it. */
const taken = new Map()

/** The class that keeps a component's styles its own: three letters weigh less than fourteen. */
function cssHash({ hash, css }) {
  const whole = hash(css)
  for (let length = 3; ; length++) {
    const name = `s${whole.slice(0, length)}`
    const other = taken.get(name)
    if (other === undefined || other === css || length > whole.length) {
      taken.set(name, css)
      return name
    }
  }
}

export default { compilerOptions: { runes: true, cssHash } }
