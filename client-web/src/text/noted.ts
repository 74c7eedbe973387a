// text: what somebody wrote into a field for warnings, when it is more than "none".

/** The words, or nothing when they only say that there is nothing. */
export function noted(text: string | undefined): string {
  return text && !/^(特に)?(なし|無し|無|ない|特記なし|none|no)[。.]?$/i.test(text.trim()) ? text : ''
}
