// The page begins.
import { mount } from 'svelte'
import './style/base.css'
import App from './view/App.svelte'

const target = document.getElementById('page')
if (target) mount(App, { target })
void import('./style/fonts.css').then(async () => {
  // Asked for before the first words stand: what stands already is laid out anew when its font arrives.
  for (const weight of [400, 700]) void document.fonts.load(`${String(weight)} 1em 'BIZ UDPGothic'`, 'あ')
  return import('./style/rare.css')
})
