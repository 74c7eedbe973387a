// text: the access log contradicts what this device has seen before.
import { words } from './words.svelte'

export const headText = words(
  {
    title: 'アクセスログに異常があります',
    shorter: (kept: string, shown: string) =>
      `この端末が以前に受け取った署名つきの記録は${kept}件でしたが、いまサーバーが示すのは${shown}件です。記録が失われたか、消されたおそれがあります。`,
    rewritten: (size: string) =>
      `${size}件目までの記録が、この端末が以前に受け取った署名つきの記録と一致しません。書き換えられたおそれがあります。`,
    another: 'サーバーが示すアクセスログは、この端末が以前に受け取ったものとは別の名前です。',
    act: 'システム管理者と監査担当者に、すぐにこの画面を見せてください。投稿や閲覧は続けられます。',
    evidence: '証拠(以前に受け取った署名つきの記録)',
    evidence_hint: '「tasuki audit verify --against」で確かめられます。',
    copy: '証拠をコピー',
    copied: 'コピーしました',
    accept: '理由がわかったので、いまの記録を正とする',
    accept_hint:
      'バックアップからの復元など、理由が確かめられたときだけ押してください。以前の記録との比較はできなくなります。',
  },
  {
    title: 'The access log contradicts itself',
    shorter: (kept: string, shown: string) =>
      `This device was shown a signed log of ${kept} entries before; now the server shows ${shown}. Entries may have been lost or removed.`,
    rewritten: (size: string) =>
      `The first ${size} entries are not the ones of the signed log that this device was shown before. They may have been rewritten.`,
    another: 'The server shows an access log of another name than the one that this device was shown before.',
    act: 'Show this screen to the system administrator and the auditor at once. You can go on reading and writing.',
    evidence: 'Evidence (the signed log head that was kept)',
    evidence_hint: '“tasuki audit verify --against” checks the log against it.',
    copy: 'Copy the evidence',
    copied: 'Copied',
    accept: 'The reason is known: accept the present log',
    accept_hint:
      'Only when the reason is certain, such as a restored backup. The comparison with the log before ends with it.',
  },
)
