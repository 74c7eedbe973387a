// state: bringing different writings of the same word together, as the server's directory does.

/** Width, case and the two kana are one: `ｻﾄｳ`, `サトウ` and `さとう` are the same. */
export function foldKana(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[ァ-ヶ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60))
}
