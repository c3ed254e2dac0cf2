import type { Int64 } from './shape.ts';

/**
 * An ISO 8601 date and time as microseconds since 1970, UTC; null when it cannot be parsed.
 *
 * `YYYY-MM-DD`, then `T` or a space, then `hh:mm` with or without `:ss` and 1 to 9 fraction digits (cut to
 * microseconds, never rounded), then `Z`, `+hh`, `+hhmm`, `+hh:mm` or nothing (UTC). The year may have a sign and up to
 * six digits; year 0 is 1 BC. Second 60, hour 24 and 30 February do not parse.
 */
export function parseDateTime(text: string): Int64 | null {
  // Nearly all have four digits of year and seconds; those are read in place, without a regular expression.
  if (text.length < 19 || text.charCodeAt(4) !== dash || text.charCodeAt(16) !== colon)
    return parseRare(text);
  const at = (place: number): number => twoDigits(text, place);
  if (text.charCodeAt(7) !== dash || text.charCodeAt(13) !== colon || !isSeparator(text.charCodeAt(10)))
    return null;
  const seconds = wholeSeconds(at(0) * 100 + at(2), at(5), at(8), at(11), at(14), at(17));
  if (Number.isNaN(seconds)) return null;
  return withRest(text, 19, seconds);
}

const dash = 45;
const colon = 58;
const isSeparator = (code: number): boolean => code === 84 || code === 32 || code === 116;

/** NaN when these two are not digits. */
function twoDigits(text: string, place: number): number {
  const tens = text.charCodeAt(place) - 48;
  const ones = text.charCodeAt(place + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function parseRare(text: string): Int64 | null {
  const match = /^([+-]?\d{4,6})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d))?/.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part = '0') => Number(part));
  const seconds = wholeSeconds(year!, month!, day!, hour!, minute!, second!);
  // Without seconds there is no fraction either.
  if (Number.isNaN(seconds) || (match[6] === undefined && /^[.,]/.test(text.slice(match[0].length))))
    return null;
  return withRest(text, match[0].length, seconds);
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Seconds since 1970; NaN for a date or time that does not exist. */
function wholeSeconds(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  const exists =
    day >= 1 && day <= monthDays[month - 1]! + leap && hour <= 23 && minute <= 59 && second <= 59;
  // False, too, for parts that are NaN.
  if (!exists || Number.isNaN(year)) return Number.NaN;
  return daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
}

/** Of the proleptic Gregorian calendar, whose year is taken to begin in March, so that leap days come last. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}

/** Adds fraction and offset, which begin at `place`. */
function withRest(text: string, place: number, seconds: number): Int64 | null {
  let at = place;
  let micros = 0;
  const mark = text.charCodeAt(at);
  if (mark === 46 || mark === 44) {
    const from = at + 1;
    let unit = 100_000;
    for (at = from; at < text.length; at += 1) {
      const digit = text.charCodeAt(at) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      micros += digit * unit;
      // After the sixth digit the unit is 0: they are cut.
      unit = Math.trunc(unit / 10);
    }
    if (at === from || at - from > 9) return null;
  }
  const offset = offsetSeconds(text, at);
  if (Number.isNaN(offset)) return null;
  const total = seconds - offset;
  const result = total * 1_000_000 + micros;
  return Number.isSafeInteger(result) ? result : BigInt(total) * 1_000_000n + BigInt(micros);
}

/** NaN when there is anything else than an offset from `place` to the end. */
function offsetSeconds(text: string, place: number): number {
  const left = text.length - place;
  if (left === 0) return 0;
  const sign = text.charCodeAt(place);
  if (left === 1) return sign === 90 || sign === 122 ? 0 : Number.NaN;
  if (sign !== 43 && sign !== dash) return Number.NaN;
  const hours = twoDigits(text, place + 1);
  const hasColon = text.charCodeAt(place + 3) === colon;
  const minutes = left === 3 ? 0 : twoDigits(text, place + (hasColon ? 4 : 3));
  if (left !== 3 && left !== (hasColon ? 6 : 5)) return Number.NaN;
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (sign === 43 ? 1 : -1) * (hours * 3600 + minutes * 60);
}
