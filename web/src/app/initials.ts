/** Pinyin initials of a page's name, from the order the browser sorts Chinese in: nobody has to keep them beside it. */
import first from './initials.json'

/** By letter, the character that sorts first among those whose reading begins with it; in the order of letters. */
const FIRST = Object.entries(first)
const order = new Intl.Collator('zh-CN-u-co-pinyin')

function letterOf(character: string): string {
  if (/[a-z0-9]/i.test(character)) return character.toLowerCase()
  if (!/[\u4e00-\u9fa5]/.test(character)) return ''
  let found = ''
  for (const [letter, lowest] of FIRST) {
    if (order.compare(lowest, character) > 0) break
    found = letter
  }
  return found
}

/** The first letter of each reading; of English, the first letters of its words: Move-in requests gives mir. */
export function initialsOf(text: string): string {
  if (/[\u4e00-\u9fa5]/.test(text)) return [...text].map(letterOf).join('')
  return (text.match(/[A-Za-z0-9]+/g) ?? []).map((word) => word.charAt(0).toLowerCase()).join('')
}
