// The page begins.
import { mount } from 'svelte'
import './style/base.css'
import App from './view/App.svelte'

const target = document.getElementById('page')
if (target) mount(App, { target })
void import('./style/fonts.css')
void import('./style/rare.css')
