// text: reading without network.
import { words } from './words.svelte'

export const lentText = words(
  {
    open: 'オフラインで開く(キーで確認)',
    open_hint: (until: string) =>
      `${until}までは、この端末にある今日のルームの写しを読み、投稿を書けます。この端末で最後にログインしたときのキーを使ってください。`,
    room: (at: string, until: string) =>
      `${at}の写しを表示しています(${until}まで)。添付ファイルは、つながると開けます。`,
    room_over: 'この写しを読める時間が終わりました。ネットワークがつながると、続きを読めます。',
    room_none: 'このルームの写しは、この端末にありません。ネットワークがつながると開きます。',
    home: 'オフラインです。担当する利用者のルームは、この端末にある写しを読めます。投稿は、つながると自動で送られます。',
    kept: (rooms: number, until: string) =>
      `オフラインのための写し ${String(rooms)}室(${until}まで。暗号にして残し、ログアウトすると消えます)`,
    kept_lasting: '読み込み直したあとも、あなたのキーで開けます。',
    kept_page: 'このキーでは、読み込み直したあとはオフラインで読めません。画面を開いている間だけ読めます。',
    over: 'オフラインで読める時間が終わりました。つながったら、もう一度ログインしてください。',
  },
  {
    open: 'Open offline (with your key)',
    open_hint: (until: string) =>
      `Until ${until} you can read the copies of today’s rooms on this device, and write posts. Use the key of your last sign-in here.`,
    room: (at: string, until: string) =>
      `This is the copy of ${at} (until ${until}). Attachments open when the network is back.`,
    room_over: 'The time for reading this copy is over. You can read on when the network is back.',
    room_none: 'This device has no copy of this room. It opens when the network is back.',
    home: 'You are offline. The rooms of your patients can be read from the copies on this device. Posts are sent by themselves when the network is back.',
    kept: (rooms: number, until: string) =>
      `Copies for reading offline: ${String(rooms)} ${rooms === 1 ? 'room' : 'rooms'} (until ${until}; encrypted, gone when you sign out)`,
    kept_lasting: 'Your key opens them after a reload, too.',
    kept_page: 'With this key there is no reading offline after a reload: only while the page stays open.',
    over: 'The time for reading offline is over. Please sign in again when the network is back.',
  },
)
