/**
 * Tells of places in a JSON text whether they stand outside its strings. They are asked in ascending order; all
 * questions together look at each byte once. Of a text that is no JSON the answers mean nothing.
 *
 * It walks back from quote to quote until a stretch between two of them tells what it is: where it does not begin with
 * what may follow a string, it is the content of one. For `"price": 3.0` that is the key. Where nothing tells, the
 * place that was asked before does, or the beginning of the text.
 */
export function outsideStrings(bytes: Uint8Array): (place: number) => boolean {
  let known = 0;
  let isKnownOutside = true;

  const judge = (place: number): boolean => {
    // What to say if the stretch before the last quote seen is outside strings.
    let answer = true;
    for (let at = place - 1; at >= known; at--) {
      if (bytes[at] !== quote) continue;
      const slashes = countSlashes(bytes, at);
      const isContent = slashes % 2 === 1 || !mayFollowString(bytes[at + 1]);
      if (isContent) return !answer;
      // A backslash before a quote that ends a string is in that string.
      if (slashes > 0) return answer;
      answer = !answer;
    }
    return isKnownOutside === answer;
  };

  return (place) => {
    isKnownOutside = judge(place);
    known = place;
    return isKnownOutside;
  };
}

function countSlashes(bytes: Uint8Array, before: number): number {
  let at = before;
  while (bytes[at - 1] === backslash) at--;
  return before - at;
}

function mayFollowString(code: number | undefined): boolean {
  switch (code) {
    case 0x20:
    case 0x09:
    case 0x0a:
    case 0x0d:
    case comma:
    case colon:
    case closeBracket:
    case closeBrace:
      return true;
    default:
      return false;
  }
}

const [quote, comma, colon, backslash, closeBracket, closeBrace] = [0x22, 0x2c, 0x3a, 0x5c, 0x5d, 0x7d];
