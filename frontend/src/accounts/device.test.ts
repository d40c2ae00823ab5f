import { describe, expect, it } from 'vitest'
import { deviceIcon, deviceName, platform } from './device'

const IPAD =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15'
const TABLET =
  'Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36'
const PHONE =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36'
const WINDOWS =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36'

describe('a device', () => {
  it.each([
    [IPAD, 5, 'ipad', 'iPad', 'tablet'],
    [IPAD, 0, 'computer', 'Ordinateur Mac', 'screen'],
    [TABLET, 5, 'android', 'Tablette Android', 'tablet'],
    [PHONE, 5, 'android', 'Téléphone Android', 'phone'],
    [WINDOWS, 10, 'computer', 'Ordinateur Windows', 'screen'],
  ])('is known by what its browser says', (userAgent, maxTouchPoints, kind, name, icon) => {
    const browser = { userAgent, maxTouchPoints }
    expect(platform(browser)).toBe(kind)
    expect(deviceName(browser)).toBe(name)
    expect(deviceIcon(name)).toBe(icon)
  })
})
