// The page begins.
import { mount } from 'svelte'
import './style/base.css'
import './style/everyday.css'
import App from './view/App.svelte'

// Asked for before the first words stand: what stands already is laid out anew when its font arrives.
const fonts = [400, 700].map(async (weight) =>
  document.fonts.load(`${String(weight)} 1em 'BIZ UDPGothic'`, 'あ'),
)
const target = document.getElementById('page')
if (target) mount(App, { target })
// After them: whatever they do not hold yet would be asked of the small files. Without network the device's own fonts do.
void Promise.allSettled(fonts)
  .then(async () => import('./style/rare.css'))
  .catch(() => undefined)
