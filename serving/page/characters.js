// The service counts characters, JavaScript counts UTF-16 units: they differ where a text has emoji.

const PAIRED = /[\ud800-\udbff][\udc00-\udfff]/;

// A function from offsets in characters to offsets in units of the text.
export function unitsOf(text) {
  if (!PAIRED.test(text)) return (offset) => offset;
  const starts = [];
  let at = 0;
  for (const character of text) {
    starts.push(at);
    at += character.length;
  }
  starts.push(at);
  return (offset) => starts[Math.min(offset, starts.length - 1)];
}
