import { describe, expect, it } from 'vitest'
import { birthDate, civilDate, clock, fromCivil, moment } from './time'

describe('times for people', () => {
  it('shows Tokyo, whatever the device believes', () => {
    const midnight = fromCivil('2026-11-22')
    expect(clock(midnight)).toBe('0:00')
    expect(civilDate(midnight)).toBe('2026-11-22')
    expect(civilDate(midnight - 1)).toBe('2026-11-21')
  })
  it('names the day only when it is not today', () => {
    const now = fromCivil('2026-11-22', '14:00')
    expect(moment(fromCivil('2026-11-22', '09:05'), now)).toBe('9:05')
    expect(moment(fromCivil('2026-11-21', '09:05'), now)).toContain('11月21日')
  })
  it('has the era beside a birth date', () => {
    expect(birthDate('1939-03-02')).toBe('1939年(昭和14年)3月2日')
    expect(birthDate('2019-05-01')).toContain('令和元年')
  })
})
