/** Country codes of French numbers: each is dialled with a 0 inside the country. */
const FRENCH = ['33', '590', '594', '596', '262']

/** « 06 12 34 56 78 » for a French number (E.164 given), else the number with its country code. */
export function phoneInWords(phone: string): string {
  for (const code of FRENCH) {
    if (phone.startsWith(`+${code}`) && phone.length === code.length + 10) {
      return (`0${phone.slice(code.length + 1)}`.match(/\d\d/g) ?? []).join('\u00a0')
    }
  }
  return phone
}
