import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import subsetFont from 'subset-font'
import type { Plugin } from 'vite'

const PACKAGE = 'node_modules/@expo-google-fonts/biz-udpgothic'
const MADE = 'node_modules/.tasuki-fonts'
const WEIGHTS = { 400: '400Regular/BIZUDPGothic_400Regular.ttf', 700: '700Bold/BIZUDPGothic_700Bold.ttf' }

/** Rows of JIS X 0208, by the encoding that follows them. */
const jis = new TextDecoder('euc-jp')
function rows(from: number, to: number): string {
  const cells = Array.from({ length: (to - from + 1) * 94 }, (_, at) =>
    jis.decode(new Uint8Array([0xa0 + from + Math.floor(at / 94), 0xa1 + (at % 94)])),
  )
  return cells.filter((cell) => !cell.includes('\uFFFD')).join('')
}
function range(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, at) => String.fromCodePoint(from + at)).join('')
}

/** 常用漢字 (2010) outside JIS level 1. */
const JOYO = '丼傲刹剝哺喩嗅嘲塡彙恣惧慄憬拉摯曖楷毀璧瘍箋籠緻羞訃諧貪踪辣錮頰鬱𠮟'
/** 人名用漢字 outside JIS level 1, and the forms that families write: 髙, 﨑. */
const NAMES =
  '乘亞佛來侑俐俠俱傳僞價儉兒凉凛凜凰剩劍勁勳卷卽吞單嚴圈國圓團堯增壘壞壯壽奎奧奬孃寢實寬將專峽崚巖巢巫已帶' +
  '廣廳彈彌彗從徠徵德恆惠惡惺愼應懷戰戲拂拔拜揭搖搜摑擊攝收敍昊昴晄晏晚晝晟晨暉曆曉栞梛條椰榮槇樂樣橙橫檜檢' +
  '櫂櫻步歷每毬氣洵洸涉淚淨渴渾溫滉滯漱澁澪濕瀨焰煌熙燎燒燿爭爲狀狹獸珀珈琥瑶疊瘦皓盜盡眞眸碎祕祿禪禮禱稟稻' +
  '穗穰穹笙簞粹絆綠綸綺緖緣縣縱繡繫纖羚翔聽脩臟與苺茉莉莊菫萊萠萬蔣蕾薰藏藝藥虛蟬蠟衞裝覽詢諄謠讓賣賴赳轉迪' +
  '逞遙郞醉醬釀釉錄鍊鎭鑄陷險雜靜頌顚顯颯飜騷驍驗髮鷄鷗麒黃黎黑默齊髙﨑濵邊邉齋嶌桒栁𠮷羗咊籔藪渕澤濱嵜襷龜' +
  '柗槗靏靎埇冝凬'

/** What a care record is written with, outside JIS level 1. */
const CARE =
  '褥瘡瘻嘔痙攣痺譫蕁嗽喀痰嚥膵臍腋窩頸顆踵骶腟痂皸皺眩暈齲齦瞼眦眵涎疣肛脛腓腱靱橈疱瘢搔痒癬疥瘤癤攪揉嚙咀' +
  '嚼嗄鼾痲浣屎溲瀉罨麩饂飩疼滲稠癲癇蠕鬆顫噎噯胱膠脾蹊蹠趾跛躓躊躇徘徊咬齟齬悸憔悴朦朧濾癰癜痼皰睫羸臀蛆褪' +
  '踝蹲踞鉗鑷顱顴齧膣睾癆疸疽痾瘋瘧瘁'

/** Marks beyond those of JIS: units, circled numbers, arrows that phones write. */
const MARKS = '℃℉㎎㎍㎖㏄㏈½¼¾±µ·•–—―‐‑‘’“”…‥※†‡§¶©®™°′″←↑→↓⇒⇔↗↘↖↙✓✔✕✖☎☆★♪♂♀●○◎■□▲△▼▽◆◇〒〜～−‖'

/** The characters of everyday writing. */
function everyday(): Set<string> {
  return new Set(
    [
      range(0x20, 0x7e),
      range(0xa0, 0xff),
      rows(1, 8),
      rows(13, 13),
      rows(16, 47),
      range(0xff61, 0xff9f),
    ].join('') +
      MARKS +
      JOYO +
      NAMES +
      CARE,
  )
}

/**
 * The rest of the font, block by block of Unicode: few files with wide ranges, since a browser looks at every rule of a
 * family each time that it draws. A name with one rare character costs one of them.
 */
const RARE = [
  [0x0100, 0x2fff],
  [0x3000, 0x4dff],
  [0x4e00, 0x56ff],
  [0x5700, 0x5fff],
  [0x6000, 0x68ff],
  [0x6900, 0x71ff],
  [0x7200, 0x7aff],
  [0x7b00, 0x83ff],
  [0x8400, 0x8cff],
  [0x8d00, 0x95ff],
  [0x9600, 0x9fff],
  [0xf900, 0xffef],
  [0x20000, 0x2ffff],
] as const

interface Cut {
  name: string
  /** The family of the style sheet, and in it what the file is asked for; everything without. */
  family: string
  asked?: string
  characters: string
}

function cuts(): Cut[] {
  const first = everyday()
  const rest = RARE.map(([from, to]) => ({
    name: `rare-${from.toString(16)}`,
    family: 'BIZ UDPGothic Rare',
    asked: `U+${from.toString(16)}-${to.toString(16)}`,
    characters: Array.from(range(from, to))
      .filter((one) => !first.has(one))
      .join(''),
  }))
  return [{ name: 'everyday', family: 'BIZ UDPGothic', characters: [...first].join('') }, ...rest]
}

/**
 * Cuts the page's font before the page is built: one file a weight holds everyday writing, because a page is laid out
 * anew each time that a font arrives; the rest is in files that are asked for when a character needs them. Writes the
 * style sheets `everyday.css` and `rare.css` beside them. Does nothing when everything is there already.
 */
export const fonts: Plugin = {
  name: 'fonts',
  async buildStart() {
    const sources = Object.entries(WEIGHTS).map(([weight, path]) => ({
      weight,
      font: readFileSync(join(PACKAGE, path)),
    }))
    const recipe = createHash('sha256').update(readFileSync(import.meta.filename))
    for (const { font } of sources) recipe.update(font)
    const [stamp, wanted] = [join(MADE, 'recipe'), recipe.digest('hex')]
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
    mkdirSync(MADE, { recursive: true })
    const rules: Record<string, string[]> = {}
    for (const { name, family, asked, characters } of cuts())
      for (const { weight, font } of sources) {
        // The page writes in lines from left to right and asks for no other shapes.
        const cut = await subsetFont(font, characters, { targetFormat: 'woff2', keepFeatures: ['ccmp'] })
        writeFileSync(join(MADE, `${name}-${weight}.woff2`), cut)
        const range = asked === undefined ? '' : ` unicode-range: ${asked};`
        ;(rules[family] ??= []).push(
          `@font-face { font-family: '${family}'; font-weight: ${weight}; font-display: swap;${range} src: url('./${name}-${weight}.woff2') format('woff2') }`,
        )
      }
    for (const [sheet, family] of Object.entries({ everyday: 'BIZ UDPGothic', rare: 'BIZ UDPGothic Rare' }))
      writeFileSync(join(MADE, `${sheet}.css`), `${(rules[family] ?? []).join('\n')}\n`)
    writeFileSync(stamp, wanted)
  },
}
