// view: whether the window is wide enough for the pane with my patients beside the screen.
import { MediaQuery } from 'svelte/reactivity'

export const beside = new MediaQuery('(min-width: 900px)')
